"""The channels by which people are told: one module per kind."""
