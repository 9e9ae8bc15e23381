"""Vehicle boxes in a picture: ONNX detectors of several layouts, and the packs that they come in."""
