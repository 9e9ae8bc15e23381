"""The running node: cameras in, reports out, kept on disk until central has stored them."""
