"""Flags that depend on the series a value stands in, for values that come in any order.

Whenever a value comes, changes or is withheld, the flags of every current value that looks at it are made again;
a new version is stored where they changed. The value and its place in alarm evaluation never change by this.
"""

from collections.abc import Iterator
from dataclasses import replace

from collector.series_table import Flagged
from collector.store_writing import StoreWriter
from seepline.quality import Flagger, Sample, Series, joined, judge, reached, reaches
from seepline.reading import Reading
from seepline.site import Site


class SeriesFlags:
    """The quality tests of one site's series, over one store. Belongs to the store's thread."""

    def __init__(self, site: Site, store: StoreWriter) -> None:
        self._site = site
        self._store = store
        self._reaches = reaches(site)
        self._only_behind = {  # series whose values flag no others but later ones of their own
            series
            for series, seen in self._reaches.items()
            if all(one.flagged == series and not one.before_ms for one in seen)
        }

    def judged(self, reading: Reading) -> Reading:
        """Return a reading, not stored yet, with its series' flags; its own are kept beside it."""
        series = (reading.point, reading.quantity)
        if reading.value is None or series not in self._site.quality_rules_by_series:
            return reading
        self._store.series.keep_own(reading)
        flagger = Flagger(self._site, self._store.series.samples)
        return judge(reading, flagger.flags(series, Sample(reading.time_ms, reading.value)))

    def follow(self, reading: Reading, arrived_ms: int) -> list[tuple[Series, int]]:
        """Make the flags again that look at a reading's value, which was stored just now; return whose changed."""
        series, changed = (reading.point, reading.quantity), list[tuple[Series, int]]()
        if series not in self._reaches:
            return changed
        if series in self._only_behind and self._store.readings.is_newest(series, reading.time_ms):
            return changed
        for flagged, (from_ms, to_ms) in reached(self._reaches, series, reading.time_ms).items():
            own_ms = reading.time_ms if flagged == series else None  # its flags were made just now
            if not self._store.series.has_others(*flagged, from_ms, to_ms, own_ms):
                continue
            for one in self.remade(flagged, from_ms, to_ms):
                before = self._store.current(*flagged, one.reading.time_ms)
                self._store.put(replace(one.reading, arrived_ms=arrived_ms), before)
                changed.append((flagged, one.reading.time_ms))
        return changed

    def remade(self, series: Series, from_ms: int, to_ms: int) -> Iterator[Flagged]:
        """Yield the readings of a series whose flags are others now than those stored, with these."""
        flagger = Flagger(self._site, self._store.series.samples)
        for one in self._store.series.flagged(*series, from_ms, to_ms):
            stored = one.reading
            if stored.value is None:
                continue
            flags = flagger.flags(series, Sample(stored.time_ms, stored.value))
            quality, reasons = joined(one.own_quality, one.own_reasons, flags)
            if (quality, reasons) != (stored.quality, stored.reasons):
                yield one._replace(reading=replace(stored, quality=quality, reasons=reasons))
