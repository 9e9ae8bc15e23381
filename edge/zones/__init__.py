"""Setting a camera up: remarks on its lanes, and the local page that draws them."""
