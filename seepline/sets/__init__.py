"""Sets of limits that several persons decide together: their file, what changes between two, their life. Pure."""
