"""How right detectors are: labelled sets, figures, the worst misses, the page that they go to."""
