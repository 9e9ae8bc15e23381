"""Published waits as CloudEvents on a broker for the public."""
