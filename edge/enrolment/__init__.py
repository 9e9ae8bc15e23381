"""How a node gets its certificate, and a new one before that runs out."""
