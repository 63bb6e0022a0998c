"""A maker's calibration sheet, believed only after its own calibration points were recomputed."""
