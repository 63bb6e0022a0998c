"""What a logger is told at commissioning, once it is checked; firmware/config.py checks it and leaves the heap."""

from collections import namedtuple

NOBODY = 0xFFFFFFFE  # the logger id that no site gives

Settings = namedtuple(
    "Settings",
    (
        "logger_id",
        "address",
        "baud",
        "scan_s",
        "window_s",
        "supply_low_mv",
        "parity",
        "mode",
        "mains_hz",
        "blocks",
        "instruments",
        "triggers",
    ),
)

# One live block: its number, its payload type on the wire, what that type is, and the kind of input per slot.
Block = namedtuple("Block", ("block", "payload_type", "payload", "slots"))


class ConfigError(ValueError):
    """The configuration cannot be used: names the key, what it is and what was expected."""
