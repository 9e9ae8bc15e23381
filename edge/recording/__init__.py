"""Pictures from files and folders, and `lanewatch-edge count` over them."""
