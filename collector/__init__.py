"""The server: keeps raw readings, converts, judges, warns, shows."""
