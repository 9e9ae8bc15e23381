"""The port's own certificate authority: who a node is, for how long, and what it may say and hear."""
