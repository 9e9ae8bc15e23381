"""Cameras: pictures with times from files, folders, streams and devices, and whether to trust a view."""
