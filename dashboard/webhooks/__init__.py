"""Messages to other people's servers when a wait crosses a threshold or a state changes."""
