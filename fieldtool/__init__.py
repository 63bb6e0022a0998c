"""The operator's laptop: flash, configure, commission, check (later)."""
