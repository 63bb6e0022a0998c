"""What a bus does next: pure decisions about live polls, back-fill, dead loggers and the time broadcast.

    group      what is read     when
    fast       live blocks      every 10 s while a logger scans fast, once after a repeat was asked for
    slow       live blocks      at two moments of each scan interval: soon after the scan, and at half the
                                interval when the first brought nothing new
    once       identification   first, after a failure or a new boot, before a gap is believed, hourly
    back-fill  two records      in the rest of the time; who is furthest behind comes first

Site time decides when; back-off is real time.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeVar

from gateway.loggers.client import Identity
from seepline.wire import status as bits

DAY_MS = 86_400_000
LONGEST_RETRY_S = 600.0
DEAD_SHARE = 0.02  # of the bus, at most, goes to loggers that do not answer
LONGEST_IDLE_S = 5.0
NEVER_SET_RETRY_S = 60.0
FAST_SCAN_S = 10  # of a logger in fast scans
DOUBT_OF_FAILURE, MOST_DOUBT = 4, 16  # a good poll takes one back
FULL_USE = 0.6  # of a bus whose live polls come late
_LATE_SHARE = 0.1  # of a scan
_IDENTITY_SITE_S = 3600.0
_IDENTITY_REAL_S = 10.0
_SETTLE_SITE_S = 10.0  # a scan of four vibrating wires takes some seconds
_SETTLE_REAL_S = 0.25


class Moments(NamedTuple):
    """The two moments of the present scan interval at which a logger may be polled, in site milliseconds."""

    first_ms: int
    second_ms: int


def poll_moments(now_ms: int, scan_s: int, rate: float) -> Moments:
    """Return the poll moments of the scan interval that holds `now_ms`.

    >>> poll_moments(1_000_000, 900, 1.0), poll_moments(1_000_000, 900, 900.0)
    (Moments(first_ms=910000, second_ms=1350000), Moments(first_ms=990000, second_ms=1350000))
    """
    scan_ms = scan_s * 1000
    start_ms = now_ms - now_ms % scan_ms
    return Moments(start_ms + int(1000 * settle_s(scan_s, rate)), start_ms + scan_ms // 2)


def settle_s(scan_s: int, rate: float = 1.0) -> float:
    """Return how long after a scan's time its records are there to be read, in site seconds.

    >>> settle_s(900), settle_s(10)
    (10.0, 1.0)
    """
    return min(scan_s / 10, max(_SETTLE_SITE_S, _SETTLE_REAL_S * rate))


def live_due(now_ms: int, moments: Moments, polled_ms: int, new_ms: int) -> bool:
    """Tell whether a live poll is due: last polled at `polled_ms`, last brought a new record at `new_ms`.

    A last poll that lies ahead of now was before somebody set this machine's clock back.
    """
    if polled_ms > now_ms:
        return True
    if now_ms >= moments.second_ms and new_ms < moments.first_ms:
        return polled_ms < moments.second_ms
    return moments.first_ms <= now_ms and polled_ms < moments.first_ms


def idle_s(now_ms: int, scan_s: int, rate: float) -> float:
    """Return how long nothing can become due, in real seconds."""
    first, second = poll_moments(now_ms, scan_s, rate)
    next_first = poll_moments(now_ms + scan_s * 1000, scan_s, rate).first_ms
    next_ms = min(moment for moment in (first, second, next_first) if moment > now_ms)
    return min(LONGEST_IDLE_S, (next_ms - now_ms) / 1000 / rate + 0.001)


def retry_after_s(failures: int, scan_s: int, rate: float, cost_s: float = 0.0) -> float:
    """Return how long a logger that failed so many times in a row is left alone, in real seconds.

    Each time longer; from the second on so long that tries of `cost_s` take at most DEAD_SHARE of the bus.

    >>> [retry_after_s(failures, 900, 1.0) for failures in (1, 2, 3, 9)], retry_after_s(2, 10, 1.0, cost_s=0.8)
    ([10.0, 20.0, 40.0, 600.0], 40.0)
    """
    cycle_s = min(10.0, scan_s / rate)
    share_s = cost_s / DEAD_SHARE if failures > 1 else 0.0
    return float(max(min(LONGEST_RETRY_S, cycle_s * 2 ** min(failures - 1, 20)), share_s))


class Cost(NamedTuple):
    """What a try that brought nothing took of the bus, and how many loggers fail at the moment."""

    seconds: float
    failing: int = 1

    @property
    def share_s(self) -> float:
        """The cost to reckon with, so that all who fail together keep within DEAD_SHARE."""
        return self.seconds * max(1, self.failing)


def identity_lasts_s(rate: float) -> float:
    """Return how long an identification is good, in real seconds: an hour of site time."""
    return max(_IDENTITY_REAL_S, _IDENTITY_SITE_S / rate)


def late_s(now_ms: int, moments: Moments) -> float:
    """Return how late a live poll comes after the moment it was meant for, in site seconds.

    >>> late_s(12_000, Moments(10_000, 450_000)), late_s(5_000, Moments(10_000, 450_000))
    (2.0, 0.0)
    """
    meant_ms = moments.second_ms if now_ms >= moments.second_ms else moments.first_ms
    return max(0.0, (now_ms - meant_ms) / 1000)


def fill_pause_s(took_s: float, late_s: float, scan_s: float) -> float:
    """Return how long back-fill rests after an exchange: where live polls come late, the bus is used to FULL_USE.

    >>> fill_pause_s(0.3, 0.2, 10), round(fill_pause_s(0.3, 2.0, 10), 3)
    (0.0, 0.2)
    """
    return took_s * (1 / FULL_USE - 1) if late_s > _LATE_SHARE * scan_s else 0.0


class Behind(Protocol):
    """A logger with records to fetch: how far in site time its history has been read."""

    reached_ms: int


_Behind = TypeVar("_Behind", bound=Behind)


def furthest_behind(loggers: Iterable[_Behind]) -> _Behind | None:
    """Return the logger whose history is read least far, so that all advance together."""
    return min(loggers, key=lambda logger: logger.reached_ms, default=None)


def clock_is_wrong(identity: Identity, offset_ms: int, rate: float) -> bool:
    """Tell whether a logger needs the time: never synchronised, or off by more than two seconds of real time."""
    return identity.time_quality != bits.TIME_SYNCED or abs(offset_ms) > 2000 * max(rate, 1.0)


class Told(NamedTuple):
    """When the time was last broadcast: site milliseconds and real seconds."""

    site_ms: int
    real_s: float


def time_due(told: Told | None, now: Told, any_wrong: bool, any_never_set: bool) -> bool:
    """Tell whether to tell the time: at start, daily, and soon again while a clock was never set."""
    if not any_wrong:
        return False
    if told is None or now.site_ms - told.site_ms >= DAY_MS:
        return True
    return any_never_set and now.real_s - told.real_s >= NEVER_SET_RETRY_S


def first_gap(identity: Identity, wanted: int) -> int | None:
    """Return the last sequence that the logger has overwritten before it was read, None when nothing is lost.

    >>> ring = dict(ring=1, boot=1, uptime_s=0, utc_ms=0, time_quality=2, scan_s=900, blocks=(0,))
    >>> first_gap(Identity(oldest=9, newest=20, **ring), 5), first_gap(Identity(oldest=1, newest=0, **ring), 1)
    (8, None)
    """
    return identity.oldest - 1 if identity.oldest > wanted and identity.newest >= identity.oldest else None
