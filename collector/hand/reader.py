"""What the pages ask of readings by hand: read-only, one connection for each call, from any thread."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from collector.hand.duties import DutyState
from collector.hand.table import HandTable, Row
from collector.sqlite_file import open_for_reading
from collector.store import read_states


class HandReader:
    """The store's file, opened read-only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(open_for_reading(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    @contextmanager
    def _table(self) -> Iterator[HandTable]:
        with closing(open_for_reading(self._path)) as connection:
            yield HandTable(connection)

    def duties(self) -> dict[str, DutyState]:
        """Return what is known of each duty by its name."""
        with self._connected() as connection:
            return read_states(connection, "duty", DutyState)

    def photo_bytes(self, sha256: str) -> int | None:
        """Return the size of a photo that an accepted act names, None when none does."""
        with self._table() as table:
            return table.photo_bytes(sha256)

    def photos_of(self, act: str) -> list[str]:
        """Return the photos that an act names."""
        with self._table() as table:
            return table.photos_of(act)

    def newest(self, limit: int) -> list[tuple[Row, list[str]]]:
        """Return what was written down last, newest first, each with the photos of its act."""
        with self._table() as table:
            return [(row, table.photos_of(row.act)) for row in table.newest(limit)]

    def surveys(self, name: str) -> list[tuple[Row, Row | None]]:
        """Return the standing surveys of a hole, oldest first, each with its base survey."""
        with self._table() as table:
            return [(row, table.base_at(name, row.time_ms)) for row in table.standing(name)]
