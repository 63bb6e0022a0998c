"""The newest raw readings of channels, read from the journal by a connection of its own that cannot write."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from collector.sqlite_file import open_for_reading

_NEWEST = (
    "SELECT r.time_ms, r.value, r.status FROM readings r JOIN channels c ON c.id = r.channel"
    " WHERE c.name = ? AND r.rank = 0 ORDER BY r.time_ms DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class RawNow:
    """What a channel said last: value in the channel's unit or None, and status bits."""

    channel: str
    time_ms: int
    value: float | None
    status: int


def newest_raw(journal: Path, channels: Iterable[str]) -> dict[str, RawNow]:
    """Return the newest raw reading of each channel that has one."""
    found = {}
    with closing(open_for_reading(journal)) as connection:
        for name in channels:
            row = connection.execute(_NEWEST, (name,)).fetchone()
            if row is not None:
                found[name] = RawNow(name, *row)
    return found
