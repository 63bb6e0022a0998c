"""Flags of readings that come in order of time, as a replay has them: flat memory, however many there are."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from seepline.quality.flags import judge
from seepline.quality.looks import Sample
from seepline.quality.series import Flagger, Series, widest
from seepline.quality.table import TESTS, neighbour_of
from seepline.reading import Reading
from seepline.site import Site


def flagged(site: Site, readings: Iterable[Reading]) -> Iterator[Reading]:
    """Yield readings in their own order, each with its flags as soon as nothing that follows can change them."""
    if not site.quality_rules:
        yield from readings
        return
    reach, kept = widest(site), _Kept(frozenset(_looked_at(site)))
    flagger = Flagger(site, kept.samples)
    waiting: deque[Reading] = deque()
    for reading in readings:
        while waiting and waiting[0].time_ms + reach.after_ms < reading.time_ms:
            yield _with_flags(flagger, waiting.popleft())
        kept.add(reading, forget_before_ms=_oldest_ms(waiting, reading) - reach.before_ms)
        waiting.append(reading)
    for reading in waiting:
        yield _with_flags(flagger, reading)


def _with_flags(flagger: Flagger, reading: Reading) -> Reading:
    if reading.value is None:
        return reading
    this = Sample(reading.time_ms, reading.value)
    return judge(reading, flagger.flags((reading.point, reading.quantity), this))


def _looked_at(site: Site) -> Iterator[Series]:
    for rule in site.quality_rules:
        yield rule.point, rule.quantity
        beside = neighbour_of(TESTS[rule.test], rule)
        if beside is not None:
            yield beside


def _oldest_ms(waiting: Sequence[Reading], reading: Reading) -> int:
    return waiting[0].time_ms if waiting else reading.time_ms


class _Kept:
    """The values that a test may still look at, by series."""

    def __init__(self, looked_at: frozenset[Series]) -> None:
        self._samples: dict[Series, list[Sample]] = {series: [] for series in looked_at}

    def add(self, reading: Reading, forget_before_ms: int) -> None:
        """Take in a reading, the newest of its series."""
        samples = self._samples.get((reading.point, reading.quantity))
        if samples is None or reading.value is None:
            return
        samples.append(Sample(reading.time_ms, reading.value))
        old = bisect_left(samples, (forget_before_ms,))
        if 2 * old > len(samples):
            del samples[:old]

    def samples(self, point: str, quantity: str, from_ms: int, to_ms: int) -> Sequence[Sample]:
        """Return the samples of a series from one time to another, both inclusive."""
        samples = self._samples[point, quantity]
        return samples[bisect_left(samples, (from_ms,)) : bisect_right(samples, (to_ms, float("inf")))]
