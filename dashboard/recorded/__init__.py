"""Recorded ports, and the wait engine run over them."""
