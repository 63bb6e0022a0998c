"""A dam on a desk: the RS-485 bus, the real logger program, recordings and scenarios, faults on the line."""
