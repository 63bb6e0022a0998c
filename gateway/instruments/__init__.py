"""Third-party instruments: what a profile file says of one, asking it, and what its registers mean."""
