"""Kills at random, and the proof that nothing was lost or stored twice (scripts/bench chaos)."""
