"""Readings made again from what a journal and a store hold, by the functions that made them live."""

from collections.abc import Iterable, Sequence

from collector.affected import Affected
from collector.derived import Derivations, Due
from collector.engine import Wait
from collector.recompute.evidence import Evidence
from collector.recompute.order import Step
from collector.store_writing import StoreWriter
from seepline.convert import due, kind_of, primary_channels, quantities_at
from seepline.derive.evaluation import derived_at, inputs_of
from seepline.derive.formulas import FORMULAS
from seepline.quality import Series
from seepline.reading import Reading
from seepline.site import Site


class Making:
    """The readings of one site at one time each."""

    def __init__(self, site: Site, evidence: Evidence, store: StoreWriter, derivations: Derivations) -> None:
        self._site = site
        self._evidence = evidence
        self._store = store
        self._primaries = primary_channels(site)
        self._affected = Affected(site, evidence.raw)
        self._derivations = derivations

    def look_at(self, line: int, times: Sequence[int]) -> None:
        """Get ready for some times, newest first, with what was known at a line of the journal."""
        self._affected.follow(-1, ())  # nothing that it holds is of this line
        self._evidence.raw.show(line, *((times[-1], times[0]) if times else (0, 0)))

    def times_back(self, step: Step, from_ms: int, below_ms: int, limit: int) -> list[int]:
        """Return the newest times of a step's work with from_ms <= time < below_ms, newest first."""
        if step.kind == "measured":
            return self._evidence.times_back(step.series[1], from_ms, below_ms, limit)
        sources = self._drivers(step.series) if step.kind == "derived" else (step.series,)
        found = {one for key in sources for one in self._store.readings.times_back(key, from_ms, below_ms, limit)}
        return sorted(found, reverse=True)[:limit]

    def _drivers(self, series: Series) -> Iterable[Series]:
        return {next(iter(inputs_of(one).values())) for one in self._site.derived_by_output[series]}

    def readings(self, step: Step, time_ms: int) -> Sequence[Reading]:
        """Return the readings of a measured or derived step at a time; () where the engine waits with them."""
        if step.kind == "measured":
            return list(self._measured(step.series[1], time_ms))
        return self._derived(step.series, time_ms) if step.kind == "derived" else ()

    def _measured(self, channel: str, time_ms: int) -> Iterable[Reading]:
        for assignment in due(self._site, self._primaries, channel, time_ms):
            made = self._affected.evaluate((assignment, time_ms))
            if not (made.open and self._is_awaited(made.readings, "")):
                yield from made.readings

    def _derived(self, series: Series, time_ms: int) -> Sequence[Reading]:
        declared = derived_at(self._site, *series, time_ms)
        if declared is None or not self._derivations.is_driven(now := Due(declared, time_ms)):
            return ()
        reading = self._derivations.evaluate(now)
        awaited = self._derivations.is_open(now) and self._is_awaited((reading,), reading.quantity)
        return () if awaited else (reading,)

    def _is_awaited(self, readings: Sequence[Reading], quantity: str) -> bool:
        """Tell whether the engine is about to publish these for the first time, and to judge them then."""
        if not readings or any(self._store.current(one.point, one.quantity, one.time_ms) for one in readings):
            return False
        waits = self._store.states("wait", Wait).values()
        place = (readings[0].point, readings[0].time_ms, quantity)
        return any((one.point, one.time_ms, one.quantity) == place for one in waits)

    def is_made(self, series: Series, time_ms: int) -> bool:
        """Tell whether a stored reading stays: the site makes it, or it was not made of raw that is at hand."""
        if series in self._site.derived_by_output:
            declared = derived_at(self._site, *series, time_ms)
            return declared is not None and self._derivations.is_driven(Due(declared, time_ms))
        return self._is_measured(series, time_ms) or not self._could_be_made(series, time_ms)

    def _is_measured(self, series: Series, time_ms: int) -> bool:
        point, quantity = series
        return any(
            quantity in quantities_at(self._site, one, time_ms)
            for channel in self._channels_of(point)
            if self._evidence.raw.times(channel, time_ms, time_ms)
            for one in due(self._site, self._primaries, channel, time_ms)
            if one.point == point
        )

    def _channels_of(self, point: str) -> Iterable[str]:
        assignments = self._site.assignments_by_point.get(point, ())
        return {one.inputs[kind_of(self._site, one).primary] for one in assignments}

    def _could_be_made(self, series: Series, time_ms: int) -> bool:
        """Tell whether a reading came of raw readings that are at hand: by hand or of an event, it did not."""
        current = self._store.current(*series, time_ms)
        if current is None:
            return False
        stored = self._store.version(*series, time_ms, current.version)
        if stored.instrument in self._site.instrument_by_id:
            return self._evidence.holds(stored.inputs, self._site.channel_by_name, time_ms)
        return not stored.instrument and stored.calibration.rpartition(":")[0] in FORMULAS
