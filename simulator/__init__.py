"""A port with known truth: traffic, rendered camera views."""
