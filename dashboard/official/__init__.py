"""Reading the official feeds, so that a manager sees the published figure beside ours."""
