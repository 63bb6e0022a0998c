"""Level 1: a logger from modules on a DIN rail; its table, its drawings, its assembly guide."""
