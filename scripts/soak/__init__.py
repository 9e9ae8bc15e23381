"""What `scripts/bench soak` is made of: films that spoil, a port of one node, faults, what is watched."""
