"""The simulated board: what `firmware/board.py` is on an ESP32, for the same logger program on a desk."""
