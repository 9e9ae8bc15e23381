"""The back-test that is always on: what was told against what came, kept, counted and published."""
