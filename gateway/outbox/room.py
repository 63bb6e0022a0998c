"""What is done when the disk is full, one measure after the other, none of them in silence.

    1  remove segments that every destination has and that are older than `keep_days`
    2  take no more history: the loggers keep it in their rings, and back-fill goes on when there is room again
    3  remove segments that every destination has, though they are younger than that
    4  with when_full = "thin": thin the oldest rows not sent yet, by the rule of thinning.py, with the ballast as
       room to work in
    5  give up the ballast, 8 MiB kept for this: live readings and a clean stop still find room
    6  refuse: the loggers keep the live readings too
    7  only for the accounts of what was sent: give up another 256 KiB, or nothing sent could ever be removed

Whatever was done is told as events as soon as there is room for an event.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

DAY_MS = 86_400_000
BALLAST = "ballast"
ACCOUNT_BYTES = 256 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the outbox takes. `keep_days` is for sent rows; `when_full` is what then happens."""

    segment_bytes: int = 16 << 20
    ballast_bytes: int = 8 << 20
    keep_days: int = 7
    when_full: Literal["stop", "thin"] = "stop"


LIMITS = Limits()


class Told(NamedTuple):
    """A measure that was taken: the kind of its event, and a sentence; an empty sentence is not worth an event."""

    kind: str
    text: str


Measure = Callable[[], Told | None]


class Ballast:
    """Two files that are there to be given up, and whether history is taken."""

    def __init__(self, directory: Path, size_bytes: int) -> None:
        self._path = directory / BALLAST
        self._last = directory / f"{BALLAST}.accounts"
        self._size_bytes = size_bytes
        self.takes_history = True
        self._is_full()

    def stop_history(self) -> Told | None:
        """Take no more history."""
        if not self.takes_history:
            return None
        self.takes_history = False
        return Told("disk_full", "the disk is full: no more history is read, the loggers keep it")

    def give_up(self) -> Told | None:
        """Give the reserve to live readings."""
        if not self._path.exists():
            return None
        self._path.unlink()
        return Told("disk_full", f"the reserve of {self._size_bytes >> 10} KiB is opened for live readings")

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let something be done in the room of the reserve, which is kept again afterwards."""
        self._path.unlink(missing_ok=True)
        yield
        self._is_full()

    def give_up_last(self) -> Told | None:
        """Give the last reserve to the accounts."""
        if not self._last.exists():
            return None
        self._last.unlink()
        return Told("disk_full", "the last reserve is opened to write down what was sent")

    def recover(self) -> Told | None:
        """Keep a reserve and take history again, when the disk has room for another reserve beyond it."""
        if self.takes_history or self._free_bytes() < self._size_bytes * (1 if self._path.exists() else 2):
            return None
        if self._is_full():
            return None
        self.takes_history = True
        return Told("disk_free", "the disk has room again: history is read on")

    def _free_bytes(self) -> int:
        found = os.statvfs(self._path.parent)
        return found.f_bavail * found.f_frsize

    def _is_full(self) -> bool:
        """Make the files that are not there; tell whether one could not be made."""
        return not (_allocated(self._last, ACCOUNT_BYTES) and _allocated(self._path, self._size_bytes))


def _allocated(path: Path, size_bytes: int) -> bool:
    if path.exists() and path.stat().st_size == size_bytes:
        return True
    try:
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size_bytes)
    except OSError:  # no room, or no right: there is none to give up, which the first full disk tells
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return False
    return True


class Room:
    """The measures in their order, and the last one for accounts alone. `tell` keeps an event and may fail."""

    def __init__(self, measures: Sequence[Measure], last: Measure, tell: Callable[[Told], None]) -> None:
        self._measures = measures
        self._last = last
        self._tell = tell
        self._untold: list[Told] = []

    def make(self, *, account: bool) -> bool:
        """Take the next measure; tell whether there was one."""
        for measure in (*self._measures, self._last) if account else self._measures:
            told = measure()
            if told is not None:
                self._untold.append(told)
                return True
        return False

    def catch_up(self) -> None:
        """Tell what was not told yet."""
        while self._untold:
            self._tell(self._untold[0])
            self._untold.pop(0)
