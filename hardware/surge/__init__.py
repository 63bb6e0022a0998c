"""Surge at the bus and at a coil: the standards' generators into arresters, resistors, clamps, by ngspice."""
