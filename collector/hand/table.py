"""What people wrote down, as the store keeps it: one row for each thing that an act says.

Of several acts about one thing at one time the first signed is current; one that another corrects is not,
whichever came first. So what is current is the same for every order of arrival.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from seepline.acts.hand import MOST_PHOTO_BYTES

SCHEMA = """
CREATE TABLE IF NOT EXISTS hand_taken (
  name TEXT NOT NULL, time_ms INTEGER NOT NULL, signed_ms INTEGER NOT NULL, act TEXT NOT NULL,
  person TEXT NOT NULL, corrects TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (name, act)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hand_time ON hand_taken (name, time_ms, signed_ms, act);
CREATE INDEX IF NOT EXISTS hand_act ON hand_taken (act);
CREATE INDEX IF NOT EXISTS hand_corrects ON hand_taken (corrects) WHERE corrects != '';
CREATE TABLE IF NOT EXISTS hand_bases (
  act TEXT PRIMARY KEY, name TEXT NOT NULL, survey TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hand_photos (
  sha256 TEXT NOT NULL, act TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (sha256, act)) WITHOUT ROWID;
"""

_ROW = "name, time_ms, signed_ms, act, person, corrects, body"
_STANDS = "NOT EXISTS (SELECT 1 FROM hand_taken c WHERE c.corrects = t.act)"
_AT = f"SELECT {_ROW} FROM hand_taken t WHERE name = ? AND time_ms = ?"  # noqa: S608
_ORDER = "ORDER BY time_ms, signed_ms, act"
_STANDING_AT = f"{_AT} AND {_STANDS} {_ORDER}"
_STANDING = f"SELECT {_ROW} FROM hand_taken t WHERE name = ? AND {_STANDS} {_ORDER}"  # noqa: S608
_BASE = (
    "SELECT t.name, t.time_ms, t.signed_ms, t.act, t.person, t.corrects, t.body FROM hand_bases b"  # noqa: S608
    f" JOIN hand_taken t ON t.act = b.survey AND t.name = b.name WHERE b.name = ? AND t.time_ms <= ? AND {_STANDS}"
    " ORDER BY t.time_ms DESC, t.signed_ms, t.act LIMIT 1"
)


class Row(NamedTuple):
    """One thing that an act says: `name` is 'point/method' or 'round ID', `body` what was written down."""

    name: str
    time_ms: int
    signed_ms: int
    act: str
    person: str
    corrects: str
    body: Mapping[str, Any]


def _row(found: tuple[Any, ...]) -> Row:
    name, time_ms, signed_ms, act, person, corrects, body = found
    return Row(name, time_ms, signed_ms, act, person, corrects, json.loads(body))


class HandTable:
    """The tables on an open connection of the store. A reading connection may look, only the writer may add."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, row: Row) -> None:
        """Keep what an act says; the same again changes nothing."""
        text = json.dumps(row.body, sort_keys=True)
        self._connection.execute(
            "INSERT OR IGNORE INTO hand_taken VALUES (?, ?, ?, ?, ?, ?, ?)", (*row[:-1], text)
        )

    def add_base(self, act: str, name: str, survey: str) -> None:
        """Keep that a survey is the base of a hole."""
        self._connection.execute("INSERT OR IGNORE INTO hand_bases VALUES (?, ?, ?)", (act, name, survey))

    def add_photos(self, act: str, photos: Mapping[str, int]) -> None:
        """Keep which photos an act names."""
        rows = [(name, act, size) for name, size in photos.items()]
        self._connection.executemany("INSERT OR IGNORE INTO hand_photos VALUES (?, ?, ?)", rows)

    def name_photos(self, act: str, names: Iterable[str]) -> None:
        """Keep which photos an act names that does not say how large they are."""
        self.add_photos(act, dict.fromkeys(names, MOST_PHOTO_BYTES))

    def photo_bytes(self, sha256: str) -> int | None:
        """Return how large a photo may be that an act names, None when none does."""
        sql = "SELECT MAX(bytes) FROM hand_photos WHERE sha256 = ?"
        found: int | None = self._connection.execute(sql, (sha256,)).fetchone()[0]
        return found

    def photos_of(self, act: str) -> list[str]:
        """Return the photos that an act names."""
        sql = "SELECT sha256 FROM hand_photos WHERE act = ? ORDER BY sha256"
        return [row[0] for row in self._connection.execute(sql, (act,))]

    def standing_at(self, name: str, time_ms: int) -> list[Row]:
        """Return what stands of a thing at a time, the current one first."""
        return [_row(found) for found in self._connection.execute(_STANDING_AT, (name, time_ms))]

    def everything_at(self, name: str, time_ms: int) -> list[Row]:
        """Return what was ever said of a thing at a time."""
        return [_row(found) for found in self._connection.execute(f"{_AT} {_ORDER}", (name, time_ms))]

    def standing(self, name: str) -> Iterator[Row]:
        """Yield what stands of a thing at each time, the current ones, oldest first."""
        last_ms: int | None = None
        for found in self._connection.execute(_STANDING, (name,)).fetchall():
            if found[1] != last_ms:
                last_ms = found[1]
                yield _row(found)

    def newest(self, limit: int) -> list[Row]:
        """Return what was written down last, newest first; corrected ones are among it."""
        sql = f"SELECT {_ROW} FROM hand_taken ORDER BY time_ms DESC, act LIMIT ?"  # noqa: S608
        return [_row(found) for found in self._connection.execute(sql, (limit,))]

    def of_act(self, act: str) -> list[Row]:
        """Return everything that an act says."""
        sql = f"SELECT {_ROW} FROM hand_taken WHERE act = ? ORDER BY name"  # noqa: S608
        return [_row(found) for found in self._connection.execute(sql, (act,))]

    def corrections_of(self, act: str) -> list[str]:
        """Return the acts that correct an act."""
        sql = "SELECT DISTINCT act FROM hand_taken WHERE corrects = ? ORDER BY act"
        return [row[0] for row in self._connection.execute(sql, (act,))]

    def base_at(self, name: str, time_ms: int) -> Row | None:
        """Return the base survey of a hole that is in force at a time."""
        found = self._connection.execute(_BASE, (name, time_ms)).fetchone()
        return None if found is None else _row(found)

    def is_base(self, survey: str) -> bool:
        """Tell whether an engineer named a survey as a base."""
        sql = "SELECT 1 FROM hand_bases WHERE survey = ? LIMIT 1"
        return self._connection.execute(sql, (survey,)).fetchone() is not None
