"""Simulated chips, register by register: what each answers, and how each fails. They run on MicroPython too."""
