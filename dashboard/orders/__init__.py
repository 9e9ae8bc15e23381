"""What the manager orders: staffing announcements, hold and withdrawal of figures, notices."""
