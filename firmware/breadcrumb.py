"""What the logger knows of its own last moments: a few bytes that outlive a reset, though not a loss of power.

    "CRMB" | version u8 | state u8 | task u8 | standing u8 | uptime s u32 | UTC s u32 | supply mV u16
           | slew of the day, ms u16 | age of that day, s u32 | CRC-32

It lies in the RTC memory of the ESP32 (`board.recall`, `board.remember`), is written every 10 s and whenever
another task moves, and costs no flash. A write cut in two, and the noise that the memory holds after power-up,
fail the CRC: then nothing is known, which is said as such.

`task` is the task that moved last, `standing` the one that the supervisor found standing (0 = none). The first is
a hint only: when the whole program is stuck inside one task, it moved last unless another was due in between.
"""

import struct
from collections import namedtuple

from seepline.wire.crc import crc32

RUNNING, LEFT, CRASHED, ASLEEP = 1, 2, 3, 4  # state; LEFT: restarted on purpose

Crumb = namedtuple(
    "Crumb", ("state", "task", "standing", "uptime_s", "utc_s", "supply_mv", "slewed_ms", "slew_day_s")
)

_MAGIC, _VERSION = b"CRMB", 1
_LAYOUT = ">4sBBBBIIHHI"
_BYTES = struct.calcsize(_LAYOUT)
LENGTH = _BYTES + 4


def packed(crumb: Crumb) -> bytes:
    """Return a breadcrumb as bytes."""
    data = struct.pack(_LAYOUT, _MAGIC, _VERSION, *crumb)
    return data + struct.pack(">I", crc32(data))


def parsed(data: bytes) -> Crumb | None:
    """Return the breadcrumb in some memory, None when there is none that is whole."""
    if len(data) < _BYTES + 4 or data[:5] != _MAGIC + bytes((_VERSION,)):
        return None
    if struct.unpack_from(">I", data, _BYTES)[0] != crc32(data[:_BYTES]):
        return None
    return Crumb(*struct.unpack_from(_LAYOUT, data, 0)[2:])
