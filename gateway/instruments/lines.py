"""From an instrument's readings to a line of line protocol, stamped with the gateway's time. Pure.

    raw,site=S,logger=<station> <channel>=<float>,<channel>_status=<i>i <ms>

The outbox adds ring (its own id) and seq (its own row), which are the identity of a third-party reading.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from gateway.instruments.decode import Decoded
from gateway.loggers.plan import settle_s
from gateway.outbox.intake import LineArrival
from gateway.uplink.lines import escape


class LineStore(Protocol):
    """What the poller needs of the outbox."""

    def append_lines(self, arrivals: Iterable[LineArrival]) -> object:
        """Store lines in one commit."""

    def note(self, kind: str, subject: str, text: str, at_ms: int) -> None:
        """Record an event."""


def scan_time_ms(now_ms: int, scan_s: int, rate: float = 1.0) -> int:
    """Return the time of readings taken now: that of their scan, or this very moment when they are late for it.

    Stations that are read one after the other so share the time of one scan, as the slots of a logger do.

    >>> scan_time_ms(900_000 + 4_000, 900), scan_time_ms(900_000 + 400_000, 900)
    (900000, 1300000)
    """
    due_ms = now_ms - now_ms % (scan_s * 1000)
    return due_ms if now_ms - due_ms <= 1000 * settle_s(scan_s, rate) else now_ms


def line_of(
    site: str, station: str, channels: Mapping[str, str], found: Mapping[str, Decoded], time_ms: int
) -> str:
    """Return the line of one scan; a channel without a value has its status only.

    >>> found = {"p1": Decoded(96.1, 0), "t": Decoded(None, 1024)}
    >>> line_of("dam", "k1", {"p1": "pressure", "t": "water"}, found, 7)
    'raw,site=dam,logger=k1 pressure=96.1,water_status=1024i 7'
    """
    parts = [part for field, channel in channels.items() for part in _fields(escape(channel), found[field])]
    return f"raw,site={escape(site)},logger={escape(station)} {','.join(parts)} {time_ms}"


def _fields(name: str, one: Decoded) -> list[str]:
    parts = [] if one.value is None else [f"{name}={float(one.value)!r}"]
    return [*parts, f"{name}_status={one.status}i"] if one.status else parts
