"""The manager's desk: pages for people who watch lanes and give orders, in both languages."""
