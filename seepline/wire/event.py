"""Event records: what happened to the logger itself, in the same 120-byte record as its readings.

    payload   code u16, detail u16, up to 20 values i32          block 255, payload type 3, channels = values

They stand in the same ring under the same sequence numbers, so a gateway fetches and keeps them like readings.
What codes and values mean stands in seepline/logger_words.py, which a logger need not carry.
A value that is not known is MISSING_I32. Times are whole seconds since 2020-01-01 (they fit i32 until 2088).
"""

import struct
from collections import namedtuple

from seepline.wire.record import MISSING_I32

EVENT_BLOCK = 255
MOST_VALUES = 20
EPOCH_2020_S = 1577836800

_HEAD = ">HH"
_HEAD_BYTES = 4

Event = namedtuple("Event", ("code", "detail", "values"))

BOOT = 1
RING_FORMATTED = 2
CLOCK_STEPPED = 3
CLOCK_SLEWED = 4
CLOCK_REFUSED = 5
CLOCK_DRIFT = 6
SAFE_MODE = 7
CONFIGURED = 8
COMMAND_REFUSED = 9
UPDATE = 10
FAST_SCAN = 11
INSTRUMENT = 12
STRONG_MOTION = 13
KEY_SET = 14
SUPPLY_LOW = 15
HELD_BACK = 16


def encode_event(event: Event) -> bytes:
    """Return the payload of an event record.

    >>> encode_event(Event(CLOCK_REFUSED, 3, (3600,))).hex()
    '0005000300000e10'
    """
    return struct.pack(_HEAD, event.code, event.detail & 0xFFFF) + b"".join(
        [struct.pack(">i", _within(value)) for value in event.values]
    )


def decode_event(payload: bytes, count: int) -> Event:
    """Return the event in a payload whose record says that it has `count` values.

    >>> decode_event(bytes.fromhex("0005000300000e10"), 1)
    Event(code=5, detail=3, values=(3600,))
    """
    code, detail = struct.unpack_from(_HEAD, payload, 0)
    return Event(code, detail, struct.unpack_from(">%di" % min(count, MOST_VALUES), payload, _HEAD_BYTES))


def as_i32(value: int) -> int:
    """Return a u32 as the i32 of the same bits: checksums and fingerprints travel so.

    >>> as_i32(0xFFFFFFFE), as_i32(5)
    (-2, 5)
    """
    return value - 0x100000000 if value >= 0x80000000 else value


def _within(value: int) -> int:
    return max(MISSING_I32, min(value, -MISSING_I32 - 1))
