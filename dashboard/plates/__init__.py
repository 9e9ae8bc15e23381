"""Tokens of plates, matched in memory: only travel times leave this room, and nothing of it is written."""
