"""`lanewatch-edge doctor`: what keeps a box from measuring and reporting, a line each with what to do."""
