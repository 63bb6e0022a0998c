"""Memory for tests that the logger does not have to spare: its flash, and what a test remembers of it."""

FLASH_BYTES = 6 * 4096


def outside(size):
    """Return a bytearray outside the heap where that can be made, once and for good."""
    try:
        import ffi
        import uctypes
    except ImportError:  # the runner with words of 64 bits, whose heap is large
        return bytearray(size)
    return uctypes.bytearray_at(ffi.open("libc.so.6").func("P", "calloc", "II")(size, 1), size)


ARENA = outside(FLASH_BYTES)
