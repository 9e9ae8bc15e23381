"""/metrics: what central counts and how its nodes are, for Prometheus."""
