"""Previews that somebody asked for on a page: one at a time, in a thread of its own, bounded in size and time.

NoPreviewError    it is not begun: one sentence that says why and what to do
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

from collector.recompute.preview import PreviewError, preview
from collector.recompute.runs import Run
from collector.recompute.seen import Seen
from collector.web.words import noted
from seepline.site import Site

MOST_STORE_BYTES = 2_000_000_000  # a copy of it is made
LONGEST_S = 1800.0
_KEPT = 8
_LAST_TURN_S = 10.0
_log = logging.getLogger("collector")

_BUSY = noted("Another preview is running: wait until it is at its end.")
_LARGE = noted(
    "The store is too large for a preview on a page: `seepline collector recompute preview` makes it beside."
)
_LONG = noted("It was broken off after half an hour: ask for fewer points, or use the command.")
_ENDED = noted("It was broken off, for the collector ends.")
_BROKE = noted("It broke off; the collector's log says why.")


class NoPreviewError(Exception):
    """A preview is not begun."""


@dataclass(frozen=True, slots=True)
class About:
    """What is previewed: `kind` is running, file or sheet; `name` that of a sheet, or the digest of a file.

    `as_if` says that the sheet begins later, and is looked at as if it were in force already.
    """

    kind: str
    name: str = ""
    as_if: bool = False


@dataclass(slots=True)
class Job:
    """One preview. At its end it has `seen`, or `fault`, a sentence; before, `run` says how far it is."""

    id: str
    about: About
    asked: Run
    run: Run | None = None
    seen: Seen | None = None
    fault: str = ""

    @property
    def runs(self) -> bool:
        """Tell whether it is not at its end."""
        return self.seen is None and not self.fault


@dataclass
class Previews:
    """The previews of one collector, the last few of them remembered."""

    journal: Path
    store: Path
    make: Callable[[Site, Path, Path, Run, Path | None, Callable[[Run], None]], Seen] = preview
    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _ends: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def begin(self, site: Site, about: About, asked: Run) -> Job:
        """Begin a preview by a site. Raises NoPreviewError."""
        if self.store.exists() and self.store.stat().st_size > MOST_STORE_BYTES:
            raise NoPreviewError(_LARGE)
        with self._lock:
            if any(one.runs for one in self._jobs.values()):
                raise NoPreviewError(_BUSY)
            job = Job(secrets.token_hex(8), about, asked)
            self._jobs[job.id] = job
            for old in list(self._jobs)[:-_KEPT]:
                del self._jobs[old]
        self._thread = Thread(target=self._work, args=(job, site), name="preview", daemon=True)
        self._thread.start()
        return job

    def find(self, job_id: str) -> Job | None:
        """Return a preview, None for one that is not remembered."""
        return self._jobs.get(job_id)

    def close(self) -> None:
        """Break off what runs, and wait a moment for it: a large copy goes on until it is whole."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join(_LAST_TURN_S)

    def _work(self, job: Job, site: Site) -> None:
        last_s = monotonic() + LONGEST_S

        def progress(run: Run) -> None:
            job.run = run
            if self._ends.is_set():
                raise PreviewError(_ENDED)
            if monotonic() > last_s:
                raise PreviewError(_LONG)

        try:
            job.seen = self.make(site, self.journal, self.store, job.asked, None, progress)
        except PreviewError as error:
            job.fault = str(error)
        except Exception:
            _log.exception("A preview broke off.")
            job.fault = _BROKE


def asked_for(points: tuple[str, ...], from_ms: int, now_ms: int) -> Run:
    """Return the run of a preview."""
    return Run(
        number=0,
        id="preview",
        person="",
        reason="preview",
        points=" ".join(points),
        from_ms=from_ms,
        asked_ms=now_ms,
    )


def points_of(site: Site, instrument: str) -> tuple[str, ...]:
    """Return the points that an instrument measures or measured."""
    return tuple(dict.fromkeys(one.point for one in site.assignments if one.instrument == instrument))
