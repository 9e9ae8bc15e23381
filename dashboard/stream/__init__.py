"""The live stream: what changes on the board, as server-sent events for many readers."""
