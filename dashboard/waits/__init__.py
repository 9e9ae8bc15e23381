"""The wait engine: LaneMinute rows in, the state of each stream out. Pure: no clock, no socket, no log."""
