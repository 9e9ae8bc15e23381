"""What node and central need as long-running processes: logs that stop nothing, word to systemd."""
