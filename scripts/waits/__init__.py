"""Parts of `scripts/evaluate waits`: minutes side by side with their truth, coverage, plots, LIMITS.md."""
