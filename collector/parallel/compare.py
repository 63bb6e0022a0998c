"""Two series of one gauge: which readings are pairs, how far they are apart, and whether that has passed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from collector.parallel.settings import Gauge, Run

Series = Sequence[tuple[int, float]]  # (time ms, value) in order of time

_DAY_MS = 86_400_000


class Pair(NamedTuple):
    """Two readings of one moment; the time is ours."""

    time_ms: int
    ours: float
    theirs: float

    @property
    def difference(self) -> float:
        """Ours less theirs."""
        return self.ours - self.theirs


class Mark(NamedTuple):
    """One thing that a gauge has to reach: what it is, what was reached, what was asked, in `unit`."""

    name: str
    reached: float
    asked: float
    unit: str

    @property
    def passed(self) -> bool:
        """Tell whether enough was reached."""
        return self.reached >= self.asked


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of one gauge. `mean` and the following are of the differences, None without a pair."""

    gauge: Gauge
    ours: int
    theirs: int
    pairs: tuple[Pair, ...]
    mean: float | None
    deviation: float | None
    worst: Pair | None
    marks: tuple[Mark, ...]

    @property
    def passed(self) -> bool:
        """Tell whether every mark was reached."""
        return all(mark.passed for mark in self.marks)


def pairs_of(ours: Series, theirs: Series, within_ms: int) -> list[Pair]:
    """Return each of our readings with the nearest of theirs, no further away than `within_ms`, each used once.

    >>> pairs_of([(0, 1.0), (900, 2.0)], [(10, 1.5), (2000, 9.0)], 60)
    [Pair(time_ms=0, ours=1.0, theirs=1.5)]
    """
    found: list[Pair] = []
    place = 0
    for number, (time_ms, value) in enumerate(ours):
        while place < len(theirs) and theirs[place][0] < time_ms - within_ms:
            place += 1
        best = _nearest(theirs, place, time_ms, within_ms)
        if best is None or _is_nearer(ours, number + 1, theirs[best][0], time_ms):
            continue
        found.append(Pair(time_ms, value, theirs[best][1]))
        place = best + 1
    return found


def _nearest(theirs: Series, place: int, time_ms: int, within_ms: int) -> int | None:
    best = None
    while place < len(theirs) and theirs[place][0] <= time_ms + within_ms:
        if best is None or abs(theirs[place][0] - time_ms) < abs(theirs[best][0] - time_ms):
            best = place
        place += 1
    return best


def _is_nearer(ours: Series, number: int, theirs_ms: int, time_ms: int) -> bool:
    """Tell whether the reading after this one is the better partner."""
    return number < len(ours) and abs(ours[number][0] - theirs_ms) < abs(time_ms - theirs_ms)


def compared(gauge: Gauge, run: Run, ours: Series, theirs: Series) -> Comparison:
    """Return what came of one gauge."""
    pairs = tuple(pairs_of(ours, theirs, round(1000 * run.within_s)))
    off = [one.difference for one in pairs]
    mean = sum(off) / len(off) if off else None
    spread = sqrt(sum((one - mean) ** 2 for one in off) / len(off)) if mean is not None else None
    return Comparison(
        gauge=gauge,
        ours=len(ours),
        theirs=len(theirs),
        pairs=pairs,
        mean=mean,
        deviation=spread,
        worst=max(pairs, key=lambda one: abs(one.difference), default=None),
        marks=tuple(_marks(gauge, run, pairs, len(ours), len(theirs))),
    )


def _marks(gauge: Gauge, run: Run, pairs: Sequence[Pair], ours: int, theirs: int) -> list[Mark]:
    days = len({one.time_ms // _DAY_MS for one in pairs})
    within = sum(abs(one.difference) <= gauge.tolerance for one in pairs)
    return [
        Mark("days with pairs", days, run.days, "d"),
        Mark("pairs within the tolerance", _percent(within, len(pairs)), gauge.within_percent, "%"),
        Mark("our readings with a partner", _percent(len(pairs), ours), gauge.paired_percent, "%"),
        Mark("their readings with a partner", _percent(len(pairs), theirs), gauge.paired_percent, "%"),
    ]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
