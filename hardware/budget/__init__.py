"""Curves of the calculators in seepline/reckoning/: accuracy, sun, the bus at rest."""
