"""The work of a recompute, one turn in one transaction, between two looks of the engine at the journal.

    turn: the next readings of the run's step, newest first -> made again -> new versions where they differ,
          counts, and the place to go on from

Whatever ends the process, the next turn goes on behind the last whole one. What comes live meanwhile is judged by
the same site, and the engine itself carries it on to all that is made of it.
"""

from dataclasses import replace

from collector.recompute.evidence import Evidence
from collector.recompute.keeping import Keeping, LimitsOf
from collector.recompute.making import Making
from collector.recompute.order import Step, steps
from collector.recompute.runs import NEWEST_MS, Run
from collector.store_writing import StoreWriter
from seepline.convert import MAX_AGE_MS
from seepline.quality.series import widest
from seepline.site import Site
from seepline.site_digest import site_digest

READINGS_A_TURN = 200
OTHER_SITE = "not done: the collector runs with another site file than the one that was previewed"


class Recompute:
    """Makes history again by one site. Belongs to the thread of the store.

    Parameters
    ----------
    site
        By which everything is made.
    evidence, store
        The journal to read and the store to write, both of one collector.
    limits_of
        (point, quantity, time) -> the limits in force then; they are kept beside a value and step no alarm.
    """

    def __init__(self, site: Site, evidence: Evidence, store: StoreWriter, limits_of: LimitsOf) -> None:
        self._site = site
        self._digest = site_digest(site)
        self._evidence = evidence
        self._store = store
        self._todo: tuple[int, tuple[Step, ...]] = (0, ())
        self._making = Making(site, evidence, store)
        self._limits_of = limits_of
        self._forward_ms = widest(site).after_ms + MAX_AGE_MS * (1 + len(site.derived_by_output))

    def close(self) -> None:
        """Close the journal's file."""
        self._evidence.close()

    def advance(self, now_ms: int, readings: int = READINGS_A_TURN) -> bool:
        """Do one turn of the first open run, of so many readings; tell whether there was one."""
        run = self._store.recomputes.next_open()
        if run is None:
            return False
        with self._store.transaction():
            self._evidence.raw.up_to_line = self._store.mark(self._evidence.mark)
            self._store.recomputes.keep(self._turn(run, now_ms, readings))
        return True

    def _turn(self, run: Run, now_ms: int, readings: int) -> Run:
        if run.wanted not in ("", self._digest):
            return replace(run, what=OTHER_SITE, ended_ms=now_ms)
        todo = self._steps_of(run)
        if run.site != self._digest:
            run = self._store.recomputes.begin(run, self._digest, len(todo), now_ms)
        if run.step == len(todo):
            return replace(run, what="", ended_ms=now_ms)
        step = todo[run.step]
        times = self._making.times_back(step, self._oldest_ms(step, run), run.below_ms, readings)
        self._do(step, times, run, now_ms)
        if len(times) == readings:
            return replace(run, what=step.words, below_ms=times[-1])
        return replace(run, what=step.words, step=run.step + 1, below_ms=NEWEST_MS)

    def _steps_of(self, run: Run) -> tuple[Step, ...]:
        if self._todo[0] != run.number:
            stored = self._store.recomputes.stored_series()
            self._todo = (run.number, steps(self._site, run.points.split(), stored))
        return self._todo[1]

    def _oldest_ms(self, step: Step, run: Run) -> int:
        """Return the oldest time of a step: what looks forward is reached from behind its own time."""
        return run.from_ms if step.kind == "measured" else run.from_ms - self._forward_ms

    def _do(self, step: Step, times: list[int], run: Run, now_ms: int) -> None:
        """Make the readings of a step at some times, newest first, and keep what they say."""
        keeping = Keeping(self._site, self._store, self._limits_of, run.number, now_ms)
        if step.kind == "flags" and times:
            keeping.flags(step.series, times[-1], times[0])
        for time_ms in times:
            if step.kind == "withdrawn" and not self._making.is_made(step.series, time_ms):
                keeping.withdraw(*step.series, time_ms)
            for reading in self._making.readings(step, time_ms):
                keeping.put(reading)
        keeping.count()
