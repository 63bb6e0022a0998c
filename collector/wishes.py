"""The wishes that gateways come for: scans at once and fast scans, asked for by people and by the alarm engine.

A file of its own beside the store: the store can be built again from the journal, a wish cannot. Collector and
`seepline collector ask` write it, a call at a time, with a rollback journal, which two processes may do. A wish is
given out until it expires; the gateway grants an id once.
"""

import secrets
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from seepline.wish import Wish, wish_of

FILE_NAME = "wishes.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS wish (
  id TEXT PRIMARY KEY, logger TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL, asked_by TEXT NOT NULL, asked_at_ms INTEGER NOT NULL) STRICT
"""
_WAIT_S = 5.0


class WishBook:
    """The wishes in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, wish: Wish, asked_by: str, at_ms: int) -> bool:
        """Write a wish down; False when its id is there already: who asks twice for one reason asks once.

        Raises
        ------
        seepline.wish.WishRefused
            When its numbers are out of bounds.
        """
        row = (*wish_of(wish._asdict()), asked_by, at_ms)
        with self._open() as db:
            return db.execute("INSERT OR IGNORE INTO wish VALUES (?, ?, ?, ?, ?, ?, ?)", row).rowcount == 1

    def open_for(self, loggers: Collection[str], now_ms: int) -> list[dict[str, Any]]:
        """Return the wishes for these loggers that have not expired, oldest first, as JSON objects."""
        query = (
            "SELECT id, logger, kind, amount, expires_at_ms FROM wish WHERE expires_at_ms > ? ORDER BY asked_at_ms"
        )
        if not self._path.exists():
            return []
        with self._open() as db:
            found = [Wish(*row) for row in db.execute(query, (now_ms,))]
        return [wish._asdict() for wish in found if wish.logger in loggers]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as db, db:
            db.execute(_SCHEMA)
            yield db


def new_id(origin: str) -> str:
    """Return an id for a wish that nothing else names, such as one of a person."""
    return f"{origin}-{secrets.token_hex(8)}"
