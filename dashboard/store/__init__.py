"""Every report that central holds, once each, in the order in which it came."""
