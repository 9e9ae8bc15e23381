"""What `scripts/evaluate counts` is made of: recordings, judgement, page, plots."""
