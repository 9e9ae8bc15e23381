"""Cumulative reports become one LaneMinute per lane and slice. Pure."""
