"""Reading of plates: what `scripts/evaluate plates` measures, and its page."""
