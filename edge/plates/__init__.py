"""Number plates of tracks become tokens of the day. Off by default; texts and pictures stay in memory."""
