"""What the gateway looks after every ten seconds: its disk, its clock, and once an hour the rows that may go."""

import asyncio
import logging
from pathlib import Path

from gateway import disk
from gateway.clock import Clock
from gateway.loggers.plan import DAY_MS
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile, OutboxFull

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 10.0
_TIDY_EVERY_S = 3600.0


class Upkeep:
    """Looks after one outbox folder. Without `keep_days` no row is ever deleted."""

    def __init__(self, directory: Path, file: OutboxFile, backlog: Backlog, clock: Clock) -> None:
        self._directory = directory
        self._file = file
        self._backlog = backlog
        self._clock = clock
        self._clock_was_known = True  # a clock that is known from the start is no news
        self._tidied_at_s = -_TIDY_EVERY_S
        self.keep_days: int | None = None
        self.disk: disk.Disk | None = None
        self.troubles: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Look after things until cancelled."""
        while True:
            await self.look()
            now_s = asyncio.get_running_loop().time()
            if now_s - self._tidied_at_s >= _TIDY_EVERY_S:
                self._tidied_at_s = now_s
                self._delete_old()
            await asyncio.sleep(_LOOK_EVERY_S)

    async def look(self, sysfs: Path = disk.SYSFS) -> None:
        """Look at disk and clock, and record what has changed."""
        try:
            self.disk = await asyncio.to_thread(disk.look, self._directory, sysfs)
        except OSError as error:
            log.warning("the disk of %s cannot be asked: %s", self._directory, error)
            return
        before, self.troubles = self.troubles, disk.troubles(self.disk, self._file.commit_times.means)
        for kind, text in disk.news(before, self.troubles):
            self._note(kind, "disk", text)
        self._look_at_clock()

    def _look_at_clock(self) -> None:
        known, self._clock_was_known = self._clock_was_known, self._clock.known
        if self._clock.known and not known:
            self._note("clock_known", "gateway", f"the time is known by now: {self._clock.known_by}")
        if known and not self._clock.known:
            text = "the time is not known (no NTP, no logger that agrees): loggers' times are used, none is told"
            self._note("clock_unknown", "gateway", text)

    def _note(self, kind: str, subject: str, text: str) -> None:
        try:
            self._file.note(kind, subject, text, self._clock.now_ms())
        except OutboxFull as error:
            log.error("%s could not be recorded: %s", kind, error)  # noqa: TRY400 - a full disk, no mistake of ours

    def _delete_old(self) -> None:
        if self.keep_days is None or not self._clock.known:
            return
        try:
            deleted = self._backlog.delete_sent(self._clock.now_ms() - self.keep_days * DAY_MS)
            log.info("%d sent records older than %d days deleted", deleted, self.keep_days)
        except OutboxFull as error:
            log.warning("old records cannot be deleted: %s", error)
