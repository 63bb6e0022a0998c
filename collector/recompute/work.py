"""The work of a recompute, one turn in one transaction, between two looks of the engine at the journal.

    turn: the next readings of the run's step, newest first -> made again -> new versions where they differ,
          counts, and the place to go on from

Whatever ends the process, the next turn goes on behind the last whole one. What comes live meanwhile is judged by
the same site, and the engine itself carries it on to all that is made of it.
"""

from dataclasses import replace

from collector.engine import Engine
from collector.recompute.evidence import Evidence
from collector.recompute.keeping import Keeping
from collector.recompute.making import Making
from collector.recompute.order import Step, steps
from collector.recompute.runs import NEWEST_MS, Run
from collector.series_flags import SeriesFlags
from collector.store_writing import StoreWriter
from seepline.convert import MAX_AGE_MS
from seepline.quality.series import widest
from seepline.site import Site
from seepline.site_digest import site_digest

READINGS_A_TURN = 200
OTHER_SITE = "not done: the collector runs with another site file than the one that was previewed"
NO_ROOM = "not done: the disk has less room than a second version of every reading would need"


class Recompute:
    """Makes history again as an engine makes the present. Belongs to the thread of the store.

    Parameters
    ----------
    engine
        Whose site, formulas and limits make everything; none of its alarms is stepped.
    evidence, store
        The journal to read and the store to write, both of one collector.
    """

    def __init__(self, engine: Engine, evidence: Evidence, store: StoreWriter) -> None:
        self._engine = engine
        self._evidence = evidence
        self._store = store
        self._by: _By | None = None
        self._todo: tuple[int, tuple[Step, ...]] = (0, ())

    def close(self) -> None:
        """Close the journal's file."""
        self._evidence.close()

    def advance(self, now_ms: int, readings: int = READINGS_A_TURN) -> bool:
        """Do one turn of the first open run, of so many readings; tell whether there was one."""
        self._judged_by(now_ms)
        run = self._store.recomputes.next_open()
        if run is None:
            return False
        with self._store.transaction():
            self._evidence.raw.up_to_line = self._store.mark(self._evidence.mark)
            self._store.recomputes.keep(self._turn(run, now_ms, readings))
        return True

    def _turn(self, run: Run, now_ms: int, readings: int) -> Run:
        by = self._judged_by(now_ms)
        if run.wanted not in ("", by.digest):
            return replace(run, what=OTHER_SITE, ended_ms=now_ms)
        todo = self._steps_of(run, by.site)
        if run.site != by.digest:
            if self._evidence.free_bytes() < self._store.recomputes.bytes():
                return replace(run, what=NO_ROOM, ended_ms=now_ms)
            run = self._store.recomputes.begin(run, by.digest, len(todo), now_ms)
        if run.step == len(todo):
            return replace(run, what="", ended_ms=now_ms)
        step = todo[run.step]
        oldest_ms = run.from_ms if step.kind == "measured" else run.from_ms - by.forward_ms
        times = by.making.times_back(step, oldest_ms, run.below_ms, readings)
        by.making.look_at(self._evidence.raw.up_to_line, times)
        self._do(step, times, by, Keeping(self._store, by.flags, self._engine.limits_of, run.number, now_ms))
        if len(times) == readings:
            return replace(run, what=step.words, below_ms=times[-1])
        return replace(run, what=step.words, step=run.step + 1, below_ms=NEWEST_MS)

    def _judged_by(self, now_ms: int) -> "_By":
        if self._by is None or self._by.site is not self._engine.judged_site:
            self._by = _By(self._engine, self._evidence, self._store)
            self._todo = (0, ())
            self._store.recomputes.judged_by(self._by.digest, now_ms)
        return self._by

    def _steps_of(self, run: Run, site: Site) -> tuple[Step, ...]:
        if self._todo[0] != run.number:
            stored = self._store.recomputes.stored_series()
            self._todo = (run.number, steps(site, run.points.split(), stored))
        return self._todo[1]

    def _do(self, step: Step, times: list[int], by: "_By", keeping: Keeping) -> None:
        """Make the readings of a step at some times, newest first, and keep what they say."""
        if times:
            keeping.look_at(times[-1], times[0])
        if step.kind == "flags" and times:
            keeping.flags(step.series, times[-1], times[0])
        for time_ms in times:
            if step.kind == "withdrawn" and not by.making.is_made(step.series, time_ms):
                keeping.withdraw(*step.series, time_ms)
            for reading in by.making.readings(step, time_ms):
                keeping.put(reading)
        keeping.count()


class _By:
    """What makes readings by one site.

    `forward_ms`: what looks forward in time is reached from so far behind its own time.
    """

    def __init__(self, engine: Engine, evidence: Evidence, store: StoreWriter) -> None:
        self.site = engine.judged_site
        self.digest = site_digest(self.site)
        self.making = Making(self.site, evidence, store, engine.derivations)
        self.flags = SeriesFlags(self.site, store)
        self.forward_ms = widest(self.site).after_ms + MAX_AGE_MS * (1 + len(self.site.derived_by_output))
