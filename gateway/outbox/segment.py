"""One segment: a file of packs whose rows are numbered on, for a day at most; its name is its first row.

Pages of 512 bytes: a commit writes whole pages, and a scan of 30 loggers packs into 1.6 kB. What is held of each
ring is not written with every pack: `meta` keeps it as it was at some row, the packs after that row tell the rest.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gateway.outbox.database import Damaged, Database, OutboxFull
from gateway.outbox.packing import Pack, unpack
from gateway.outbox.ranges import Range

log = logging.getLogger(__name__)

SEGMENT_MS = 86_400_000
SEGMENT_ROWS = 65_536
_PAGE_BYTES = 512
_READ_PACKS = 64
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE pack (
    first INTEGER PRIMARY KEY, rows INTEGER NOT NULL, received_ms INTEGER NOT NULL, live INTEGER NOT NULL,
    kind INTEGER NOT NULL, estimates TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
"""


def segment_path(directory: Path, first: int) -> Path:
    """Return the path of the segment that begins with a row."""
    return directory / f"{first:012d}.db"


def segments_in(directory: Path) -> dict[int, Path]:
    """Return the segments of a directory by their first row, in order."""
    paths = sorted(path for path in directory.glob("*.db") if path.stem.isdigit())
    return {int(path.stem): path for path in paths}


class Segment:
    """An open segment.

    Raises
    ------
    Damaged
        When it is not what was written.
    OutboxFull
        When it cannot be opened or made.
    """

    def __init__(self, path: Path, *, closed: bool = False) -> None:
        self.path, self.first = path, int(path.stem)
        self._db = Database(path, _SCHEMA, _PAGE_BYTES, log=not closed)
        ((newest, began_ms, newest_ms),) = self._db.rows(
            "SELECT MAX(first), MIN(received_ms), MAX(received_ms) FROM pack"
        )
        self.began_ms, self.newest_ms = began_ms or 0, newest_ms or 0
        self.last = self.first - 1 if newest is None else self._one(newest).last

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def finish(self) -> None:
        """Make it one file without a log, and close it."""
        try:
            self._db.finish()
        except OutboxFull as error:  # it stays a file with a log, and is read as such
            log.info("%s keeps its log for now: %s", self.path.name, error)
        self.close()

    def bytes(self) -> int:
        """Return the size of the file, its log apart."""
        ((pages,),) = self._db.rows("PRAGMA page_count")
        return int(pages) * _PAGE_BYTES

    def is_done(self, now_ms: int, most_bytes: int) -> bool:
        """Tell whether the next rows belong into a new segment; a clock that moved back changes nothing."""
        if self.last < self.first:
            return False
        old = now_ms - self.began_ms >= SEGMENT_MS
        return old or self.last - self.first + 1 >= SEGMENT_ROWS or self.bytes() >= most_bytes

    def begin(self, outbox: str, holdings: str) -> None:
        """Say whose segment it is and what was held before its first row."""
        self._keep({"outbox": outbox, "at_row": str(self.first - 1), "holdings": holdings})

    def outbox(self) -> str | None:
        """Return the id of the outbox that it belongs to."""
        return dict(self._db.rows("SELECT key, value FROM meta")).get("outbox")

    def append(self, packs: Iterable[Pack], holdings: str | None = None) -> None:
        """Store packs in one durable commit; `holdings`, when given, are those before them."""
        packs = list(packs)
        kept = {} if holdings is None else {"at_row": str(self.last), "holdings": holdings}
        self._keep(kept, packs)
        for pack in packs:
            self.last = pack.last
            self.began_ms = self.began_ms or pack.received_ms
            self.newest_ms = max(self.newest_ms, pack.received_ms)

    def _keep(self, texts: Mapping[str, str], packs: Iterable[Pack] = ()) -> None:
        with self._db.commit():
            for pair in texts.items():
                self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", pair)
            for pack in packs:
                self._db.execute("INSERT INTO pack VALUES (?, ?, ?, ?, ?, ?, ?)", pack)

    def holdings(self) -> tuple[int, str]:
        """Return (row, holdings as text) as last kept."""
        kept = dict(self._db.rows("SELECT key, value FROM meta"))
        if "holdings" not in kept:
            raise Damaged("it does not say what it holds")
        return int(kept["at_row"]), kept["holdings"]

    def pack_from(self, row: int) -> Pack | None:
        """Return the pack with a row, else the next one after it, None behind the last."""
        ((first,),) = self._db.rows("SELECT MAX(first) FROM pack WHERE first <= ?", (row,))
        if first is not None and (pack := self._one(first)).last >= row:
            return pack
        ((first,),) = self._db.rows("SELECT MIN(first) FROM pack WHERE first > ?", (row,))
        return None if first is None else self._one(first)

    def spans(self) -> list[Range]:
        """Return the (first, last) row of every pack, in order."""
        return self._db.rows("SELECT first, first + rows - 1 FROM pack ORDER BY first")

    def newest_packs(self) -> Iterator[Pack]:
        """Return all packs, the newest first."""
        before = self.last + 1
        query = f"SELECT * FROM pack WHERE first < ? ORDER BY first DESC LIMIT {_READ_PACKS}"  # noqa: S608
        while found := [_believed(row) for row in self._db.rows(query, (before,))]:
            yield from found
            before = found[-1].first

    def _one(self, first: int) -> Pack:
        found = self._db.rows("SELECT * FROM pack WHERE first = ?", (first,))
        return _believed(found[0] if found else ())


def _believed(found: tuple[Any, ...]) -> Pack:
    """Return a row of the table as a pack; rot can make anything of it."""
    if tuple(map(type, found)) != (int, int, int, int, int, str, bytes):
        raise Damaged("a pack is not what was stored")
    return Pack(*found)


def salvage(path: Path, last: int) -> Iterator[Pack]:
    """Return the packs of a damaged file, up to row `last`, that can still be read."""
    try:
        db = Database(path, _SCHEMA, _PAGE_BYTES, check=False)
    except Damaged:
        return
    row = int(path.stem)
    last = min(last, row + _size_bytes(path))  # no row takes less than a byte
    try:
        while row <= last:
            first = _next_first(db, row)
            pack = _readable(db, first)
            if pack is not None:
                yield pack
            row = first + (pack.rows if pack is not None else 1)
    except _Nothing:
        return
    finally:
        db.close()


def _size_bytes(path: Path) -> int:
    log = path.with_name(path.name + "-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)


class _Nothing(Exception):  # noqa: N818 - says what there is
    """There is no pack from a row on."""


def _next_first(db: Database, row: int) -> int:
    """Return the first row of the next pack, or `row` itself where the page that would tell is damaged."""
    try:
        ((first,),) = db.rows("SELECT MIN(first) FROM pack WHERE first >= ?", (row,))
    except (Damaged, OutboxFull, sqlite3.Error):
        return row
    if not isinstance(first, int):
        raise _Nothing
    return first


def _readable(db: Database, first: int) -> Pack | None:
    try:
        found = db.rows("SELECT * FROM pack WHERE first = ?", (first,))
        if not found:
            return None
        pack = _believed(found[0])
        unpack(pack, "0000")
    except (Damaged, OutboxFull, sqlite3.Error):  # whatever rot makes of it
        return None
    return pack
