"""What to build: one table of pins, one of channels, and what is drawn and checked from them."""
