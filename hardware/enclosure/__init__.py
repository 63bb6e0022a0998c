"""Plate, cable wall, bracket and label of the box: from box.toml to STL, DXF and 1:1 templates."""
