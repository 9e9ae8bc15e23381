"""The published formats, one a file: pure functions from a board to text or plain values."""
