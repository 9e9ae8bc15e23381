"""Who may do what over HTTP: accounts, sessions, roles, and the trail of what was done."""
