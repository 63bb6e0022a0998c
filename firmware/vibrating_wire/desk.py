"""MicroPython's `micropython` for CPython: kernels.py then runs as plain Python, to the same integers."""

from array import array


def viper(kernel):
    """Return the kernel as it is."""
    return kernel


def whole(words: array) -> array:
    """Return the array itself, where viper has a pointer to its first word."""
    return words
