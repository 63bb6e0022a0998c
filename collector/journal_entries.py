"""The journal as the engine reads it: its entries in commit order."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

from collector.acts.table import ActTable
from collector.raw_table import identity_text
from seepline.acts.document import AcceptedAct, read_accepted
from seepline.reading import RawReading

_ENTRIES = (
    "SELECT id, kind, arrival_ms, logger, block, time_ms, tq, ring, seq, identity_conflict FROM lines"
    " WHERE id > ? ORDER BY id LIMIT ?"
)
_VALUES = (
    "SELECT r.line, c.name, r.value, r.status, r.rank FROM readings r JOIN channels c ON c.id = r.channel"
    " WHERE r.line > ? AND r.line <= ? ORDER BY r.line, c.name"
)


class Kind(IntEnum):
    """What a line of the journal is."""

    READINGS = 0
    TICK = 1  # the collector's clock passed a deadline
    START = 2  # a collector began to listen
    ACT = 3  # a named person did something


class KeptValue(NamedTuple):
    """One channel of a journal line; rank 0 is current, a higher one a conflicting value that came later.

    A rank below 0 is that of a value dated too far ahead of its arrival: evidence, never judged.
    """

    reading: RawReading
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal, as the engine reads it. `tq` as in seepline.wire.status, or 3 = arrival time.

    `block` 255 is what a logger says of itself (seepline.wire.event); None came from a foreign writer.
    `act` is set for what a person did.
    """

    id: int
    kind: Kind
    arrival_ms: int
    logger: str
    block: int | None
    time_ms: int
    tq: int | None
    identity: str
    identity_conflict: bool
    values: tuple[KeptValue, ...]
    act: AcceptedAct | None = None

    @property
    def current(self) -> list[RawReading]:
        """The readings that are the first of their channel and time."""
        return [one.reading for one in self.values if one.rank == 0]


def entries_after(connection: sqlite3.Connection, line: int, limit: int) -> list[Entry]:
    """Return up to `limit` entries that were committed after entry `line`, in commit order."""
    lines = connection.execute(_ENTRIES, (line, limit)).fetchall()
    values = _values_by_line(connection, line, lines[-1][0]) if lines else {}
    return [_entry(connection, row, values.get(row[0], ())) for row in lines]


def _values_by_line(connection: sqlite3.Connection, after: int, last: int) -> dict[int, list[tuple[Any, ...]]]:
    """Return (line, channel name, value, status, rank) of some lines' values by line, ordered by name."""
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in connection.execute(_VALUES, (after, last)):
        found.setdefault(row[0], []).append(row)
    return found


def _entry(connection: sqlite3.Connection, row: tuple[Any, ...], values: Iterable[tuple[Any, ...]]) -> Entry:
    number, kind, arrival_ms, logger, block, time_ms, tq, ring, seq, conflict = row
    identity = identity_text(logger, ring, seq)
    return Entry(
        id=number,
        kind=Kind(kind),
        arrival_ms=arrival_ms,
        logger=logger,
        block=block,
        time_ms=time_ms,
        tq=tq,
        identity=identity,
        identity_conflict=bool(conflict),
        values=tuple(
            [
                KeptValue(RawReading(name, time_ms, value, status, identity), rank)
                for _, name, value, status, rank in values
            ]
        ),
        act=read_accepted(ActTable(connection).text_of(number)) if kind == Kind.ACT else None,
    )
