"""What every sensor on a simulated board is: it turns wire integers back into physics.

A channel without a value is a fault of the sensor or its cable: no current, an open thermistor, a wire that does
not ring, a probe that does not answer, the maker's number for no reading where others of the same probe have one.
"""

from seepline.wire.record import MISSING_I32


class Sensor:
    """Made of (bench, options of the instrument). `number` and `socket` are for those that have a socket alone."""

    number = 0
    socket = None

    def feel(self, channels: list) -> None:
        """Set the inputs to what the table shows now: a channel of a record for each channel of the driver."""

    def count(self, channels: list) -> None:
        """Take what a row of the table adds once."""


def value_of(channel) -> int | None:
    """Return the wire integer of a scalar channel."""
    return None if channel.value == MISSING_I32 else channel.value
