"""Everything beside the lane: cameras in, reports out."""
