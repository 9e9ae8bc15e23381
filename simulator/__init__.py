"""A port with known truth: traffic, rendered camera views and the files that describe them."""
