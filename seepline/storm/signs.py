"""What changed in a channel since a storm, against its own baseline before it.

No limit is read from a table: a sign is a median that lies outside everything in the baseline, or a share of scans
(no signal, refused frames) that chance does not explain. Both need enough scans on either side.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Literal

from seepline.wire import status as bits

LEAST_SCANS = 8  # on either side: fewer cannot tell a change from one odd scan
SIGNIFICANT_SIGMAS = 3.0  # of a difference of two shares; by chance once in 700 (one-sided, normal)

Change = Literal["", "fell", "rose"]

# What a logger says of a wire that is evidence of cable and insulation.
EVIDENCE = (
    bits.NO_SIGNAL,
    bits.LOW_SIGNAL,
    bits.DISAGREE,
    bits.THERMISTOR_OPEN,
    bits.THERMISTOR_SHORT,
    bits.LOOP_FAULT,
    bits.CLIPPED,
    bits.INSTRUMENT_FAULT,
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading of a channel: value in the channel's unit or None, and status bits."""

    value: float | None
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Values of a channel before and since, in its unit. `before` is (smallest, median, largest)."""

    before: tuple[float, float, float] | None
    since: float | None
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How often something happened: (times, scans) before and since; `more`: chance does not explain the rise."""

    before: tuple[int, int]
    since: tuple[int, int]
    more: bool


def levels(before: Iterable[Scan], since: Iterable[Scan]) -> Levels:
    """Return how the values of a channel stand against its baseline.

    >>> calm = [Scan(9.0 + n % 3, 0) for n in range(20)]
    >>> levels(calm, [Scan(4.0, 0)] * 8).change, levels(calm, [Scan(4.0, 0)] * 7).change
    ('fell', '')
    """
    old = [one.value for one in before if one.value is not None]
    new = [one.value for one in since if one.value is not None]
    known = (min(old), median(old), max(old)) if old else None
    now = median(new) if new else None
    return Levels(before=known, since=now, change=_change(known, now, min(len(old), len(new))))


def _change(known: tuple[float, float, float] | None, now: float | None, scans: int) -> Change:
    if known is None or now is None or scans < LEAST_SCANS:
        return ""
    return "fell" if now < known[0] else "rose" if now > known[2] else ""


def share(bit: int, before: Sequence[Scan], since: Sequence[Scan]) -> Share:
    """Return how often a status bit was set, before and since."""
    return compared(_counted(bit, before), _counted(bit, since))


def compared(before: tuple[int, int], since: tuple[int, int]) -> Share:
    """Return two shares, each (times, of so many), and whether the second is more than chance explains.

    The difference of two shares over its standard error, pooled. Source: NIST/SEMATECH e-Handbook of Statistical
    Methods, 7.3.3.

    >>> compared((1, 1000), (9, 40)).more, compared((1, 1000), (0, 40)).more, compared((0, 0), (5, 5)).more
    (True, False, False)
    """
    (old, of_old), (new, of_new) = before, since
    if min(of_old, of_new) < LEAST_SCANS:
        return Share(before=before, since=since, more=False)
    pooled = (old + new) / (of_old + of_new)
    error = sqrt(pooled * (1 - pooled) * (1 / of_old + 1 / of_new))
    rise = new / of_new - old / of_old
    return Share(before=before, since=since, more=rise > SIGNIFICANT_SIGMAS * error)


def evidence(before: Sequence[Scan], since: Sequence[Scan]) -> dict[int, Share]:
    """Return, by status bit, what was seen at all of the evidence of cable and insulation."""
    found = {bit: share(bit, before, since) for bit in EVIDENCE}
    return {bit: one for bit, one in found.items() if one.before[0] or one.since[0]}


def _counted(bit: int, scans: Sequence[Scan]) -> tuple[int, int]:
    due = [one for one in scans if not one.status & bits.NOT_DUE]
    return sum(bool(one.status & bit) for one in due), len(due)
