"""The public side: what travellers, dispatchers and readers of the feeds see."""
