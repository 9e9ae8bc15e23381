"""From boxes to crossings, queues and booths. Pure: no clock, no socket, no log."""
