"""The central side: ingest, store, waits, feeds, web."""
