"""The main job on one machine: broker, central and nodes on a recording whose truth is known."""
