"""Who asked for a recompute, how far it is and what it has changed: tables of the store, on one connection.

    recomputes         one row a run, in the order of asking; `step` and `below_ms` are the place to go on from
    recomputed         of each series: how many readings were made again, and how many of them say something else
    recomputed_levels  of each series: how many readings reach another level than before
    judging_sites      by which site readings were made from when on

A series is (point, quantity).
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace

SCHEMA = """
CREATE TABLE IF NOT EXISTS recomputes (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL,
  reason TEXT NOT NULL, points TEXT NOT NULL, from_ms INTEGER NOT NULL, asked_ms INTEGER NOT NULL,
  wanted TEXT NOT NULL, site TEXT NOT NULL, step INTEGER NOT NULL, steps INTEGER NOT NULL, what TEXT NOT NULL,
  below_ms INTEGER NOT NULL, begun_ms INTEGER, ended_ms INTEGER);
CREATE TABLE IF NOT EXISTS judging_sites (number INTEGER PRIMARY KEY, site TEXT NOT NULL,
  since_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS recomputed (run INTEGER NOT NULL, point TEXT NOT NULL, quantity TEXT NOT NULL,
  compared INTEGER NOT NULL, changed INTEGER NOT NULL, flagged INTEGER NOT NULL, made INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL, differences INTEGER NOT NULL, difference_sum REAL NOT NULL, most REAL NOT NULL,
  most_ms INTEGER, PRIMARY KEY (run, point, quantity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recomputed_levels (run INTEGER NOT NULL, point TEXT NOT NULL, quantity TEXT NOT NULL,
  level_from INTEGER NOT NULL, level_to INTEGER NOT NULL, readings INTEGER NOT NULL, first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL, PRIMARY KEY (run, point, quantity, level_from, level_to)) WITHOUT ROWID;
"""
NEWEST_MS = 2**62  # above every time: a step begins here and goes back

_ADD = """INSERT INTO recomputed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
  compared = compared + excluded.compared, changed = changed + excluded.changed,
  flagged = flagged + excluded.flagged, made = made + excluded.made, withdrawn = withdrawn + excluded.withdrawn,
  differences = differences + excluded.differences, difference_sum = difference_sum + excluded.difference_sum,
  most_ms = CASE WHEN abs(excluded.most) > abs(most) THEN excluded.most_ms ELSE most_ms END,
  most = CASE WHEN abs(excluded.most) > abs(most) THEN excluded.most ELSE most END"""
# one look into the index for each series, however many readings it has: SELECT DISTINCT would read all of them
_STORED = """WITH RECURSIVE series (point, quantity) AS (
  SELECT * FROM (SELECT point, quantity FROM readings ORDER BY point, quantity LIMIT 1)
  UNION ALL SELECT next.point, next.quantity FROM series, readings next WHERE next.rowid = (
    SELECT rowid FROM readings WHERE (point, quantity) > (series.point, series.quantity)
    ORDER BY point, quantity LIMIT 1)
) SELECT point, quantity FROM series"""
# when the present site came after another one, and no recompute by it is at its end
_MIXED = """SELECT since_ms FROM judging_sites now
  WHERE number > 1 AND number = (SELECT max(number) FROM judging_sites) AND NOT EXISTS (
  SELECT 1 FROM recomputes r WHERE r.site = now.site AND r.ended_ms >= now.since_ms AND r.what = '')"""
_ADD_LEVEL = """INSERT INTO recomputed_levels VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET
  readings = readings + 1, first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One recompute. `points` are those asked for, separated by spaces, '' for all; `from_ms` its oldest reading.

    `wanted` is the digest of the site that was previewed, '' for any; `site` that of the one it runs by, '' before
    it begins. Of its `steps`, `step` are done; the next one is `what`, done from the newest reading back to
    `below_ms`, exclusive. `ended_ms` None: not at its end.
    """

    number: int
    id: str
    person: str
    reason: str
    points: str
    from_ms: int
    asked_ms: int
    wanted: str = ""
    site: str = ""
    step: int = 0
    steps: int = 0
    what: str = ""
    below_ms: int = NEWEST_MS
    begun_ms: int | None = None
    ended_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class Count:
    """What came of the readings of one series; `most` is the largest difference, new less old, at `most_ms`.

    compared   made again by conversion or formula
    changed    another value, or one where there was none, or none where there was one
    flagged    the same value with another flag, reason, bound, input or limit
    made       no reading stood at that time before
    withdrawn  the site makes no such reading any more
    """

    point: str
    quantity: str
    compared: int = 0
    changed: int = 0
    flagged: int = 0
    made: int = 0
    withdrawn: int = 0
    differences: int = 0
    difference_sum: float = 0.0
    most: float = 0.0
    most_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Readings of one series that reach `level_to` by their new value and reached `level_from` by the old one."""

    point: str
    quantity: str
    level_from: int
    level_to: int
    readings: int
    first_ms: int
    last_ms: int


class RunTable:
    """The runs of one store; written on its writing connection, inside its transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(self, run: Run) -> None:
        """Keep a new run behind all others; its number is given here. One that is known by its id stays."""
        names = [one.name for one in fields(Run) if one.name != "number"]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT OR IGNORE INTO recomputes ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
        self._connection.execute(sql, astuple(run)[1:])

    def next_open(self) -> Run | None:
        """Return the first run that is not at its end, None when there is none."""
        return next(self._runs("WHERE ended_ms IS NULL ORDER BY number LIMIT 1"), None)

    def all(self) -> list[Run]:
        """Return all runs, the newest first."""
        return list(self._runs("ORDER BY number DESC"))

    def _runs(self, where: str) -> Iterator[Run]:
        names = [one.name for one in fields(Run)]
        for row in self._connection.execute(f"SELECT {', '.join(names)} FROM recomputes {where}"):  # noqa: S608
            yield Run(**dict(zip(names, row, strict=True)))

    def keep(self, run: Run) -> None:
        """Keep how far a run is."""
        sql = (
            "UPDATE recomputes SET site = ?, step = ?, steps = ?, what = ?, below_ms = ?, begun_ms = ?,"
            " ended_ms = ? WHERE number = ?"
        )
        self._connection.execute(sql, (*astuple(run)[8:], run.number))

    def bytes(self) -> int:
        """Return how large the store's file is."""
        (pages,), (size,) = (
            self._connection.execute(f"PRAGMA {one}").fetchone() for one in ("page_count", "page_size")
        )
        return int(pages) * int(size)

    def judged_by(self, site: str, now_ms: int) -> None:
        """Note by which site (its digest) readings are made from now on."""
        if self.judging_site() != site:
            self._connection.execute("INSERT INTO judging_sites (site, since_ms) VALUES (?, ?)", (site, now_ms))

    def judging_site(self) -> str:
        """Return the digest of the site by which readings are made now, '' before the first was."""
        row = self._connection.execute("SELECT site FROM judging_sites ORDER BY number DESC LIMIT 1").fetchone()
        return "" if row is None else str(row[0])

    def mixed_since_ms(self) -> int | None:
        """Return since when readings are made by another site than those before; None where history followed."""
        row = self._connection.execute(_MIXED).fetchone()
        return None if row is None else int(row[0])

    def stored_series(self) -> list[tuple[str, str]]:
        """Return every (point, quantity) of which the store has ever held a reading."""
        return self._connection.execute(_STORED).fetchall()

    def begin(self, run: Run, site: str, steps: int, now_ms: int) -> Run:
        """Return a run at its beginning, with a site's digest; what it had counted by another site is dropped."""
        for table in ("recomputed", "recomputed_levels"):
            self._connection.execute(f"DELETE FROM {table} WHERE run = ?", (run.number,))  # noqa: S608
        return replace(run, site=site, step=0, steps=steps, below_ms=NEWEST_MS, begun_ms=now_ms)

    def add(self, run: int, count: Count) -> None:
        """Add to the counts of a series."""
        self._connection.execute(_ADD, (run, *_values(count)))

    def add_level(self, run: int, place: tuple[str, str, int], levels: tuple[object, int]) -> None:
        """Count a reading of (point, quantity, time) that reaches another level now."""
        point, quantity, time_ms = place
        self._connection.execute(_ADD_LEVEL, (run, point, quantity, *levels, time_ms, time_ms))

    def counts(self, run: int) -> list[Count]:
        """Return what a run has changed, by series."""
        names = ", ".join(one.name for one in fields(Count))
        sql = f"SELECT {names} FROM recomputed WHERE run = ? ORDER BY point, quantity"  # noqa: S608
        rows = self._connection.execute(sql, (run,)).fetchall()
        return [Count(**dict(zip(names.split(", "), row, strict=True))) for row in rows]

    def levels(self, run: int) -> list[Levels]:
        """Return which readings reach another level, by series."""
        names = ", ".join(one.name for one in fields(Levels))
        sql = f"SELECT {names} FROM recomputed_levels WHERE run = ? ORDER BY point, quantity, first_ms"  # noqa: S608
        rows = self._connection.execute(sql, (run,)).fetchall()
        return [Levels(**dict(zip(names.split(", "), row, strict=True))) for row in rows]


def _values(count: Count) -> tuple[object, ...]:
    return tuple(getattr(count, one.name) for one in fields(Count))
