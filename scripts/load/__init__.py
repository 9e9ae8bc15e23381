"""Load on central: reports of many nodes, and the bare floor beside what we do with them."""
