"""The carrier's circuit, one sheet of the schematic a module."""
