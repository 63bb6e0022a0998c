"""Questions to the book of messages; every call opens its own read-only connection. No address stands in it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from collector.notify.book import COLUMNS, message_of
from collector.sqlite_file import open_for_reading
from seepline.notices.load import Alarm
from seepline.thresholds import Level


class Attempt(NamedTuple):
    """One try to send one message: 'sent' with a receipt, 'again' or 'failed' with the reason."""

    event: str
    person: str
    channel: str
    at_ms: int
    outcome: str
    said: str


class BookReader:
    """What pages, the API, the commands and a dossier see of the messages; nothing before there is a book."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(open_for_reading(self._path)) as connection:
            yield connection

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        if not self._path.exists():
            return []
        with self._connected() as connection:
            return connection.execute(sql, values).fetchall()

    def messages(self, after: int, limit: int, event: str = "") -> list[dict[str, Any]]:
        """Return messages in the order in which they were made, each with its number."""
        which = "number > ? AND (event = ? OR ? = '')"
        sql = f"SELECT number, {COLUMNS} FROM messages WHERE {which} ORDER BY number LIMIT ?"  # noqa: S608
        found = self._rows(sql, (after, event, event, limit))
        return [{"number": number, **asdict(message_of(row))} for number, *row in found]

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """Return the newest messages, newest first."""
        sql = f"SELECT number, {COLUMNS} FROM messages ORDER BY number DESC LIMIT ?"  # noqa: S608
        return [{"number": number, **asdict(message_of(row))} for number, *row in self._rows(sql, (limit,))]

    def texts(self, events: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return the kind and the English sentence of each event that there is a notice of."""
        which = "event IN (SELECT value FROM json_each(?))"
        columns = "event, json_extract(notice, '$.kind'), json_extract(notice, '$.text')"
        sql = f"SELECT {columns} FROM notices WHERE {which}"  # noqa: S608
        rows = self._rows(sql, (json.dumps(sorted(set(events))),))
        return {event: (kind, text) for event, kind, text in rows}

    def newest_since(self, from_ms: int) -> list[dict[str, Any]]:
        """Return the messages that were made since a time, newest first."""
        sql = f"SELECT number, {COLUMNS} FROM messages WHERE made_ms >= ? ORDER BY number DESC"  # noqa: S608
        return [{"number": number, **asdict(message_of(row))} for number, *row in self._rows(sql, (from_ms,))]

    def unreached(self, from_ms: int) -> list[tuple[str, int]]:
        """Return (event, level) of orange and red since a time of which nobody has got any message."""
        sql = (
            "SELECT event, max(level) FROM messages WHERE made_ms >= ? AND level >= 2 GROUP BY event"
            " HAVING sum(state = 'sent') = 0 AND max(tries) + sum(state = 'unreachable') > 0 ORDER BY max(made_ms)"
        )
        return [(event, level) for event, level in self._rows(sql, (from_ms,))]

    def attempts(self, event: str = "", limit: int = 1000) -> list[Attempt]:
        """Return the newest tries, oldest of them first; of one event or of all."""
        sql = (
            "SELECT event, person, channel, at_ms, outcome, said FROM attempts WHERE event = ? OR ? = ''"
            " ORDER BY number DESC LIMIT ?"
        )
        return [Attempt(*row) for row in reversed(self._rows(sql, (event, event, limit)))]

    def alarms_since(self, from_ms: int) -> list[Alarm]:
        """Return what was announced to whom since a time, each alarm once however many channels carried it."""
        sql = (
            "SELECT min(made_ms), person, event, level FROM messages WHERE made_ms >= ? AND announces = 1"
            " AND state <> 'unreachable' GROUP BY event, person ORDER BY 1"
        )
        return [
            Alarm(at_ms, person, event, Level(level))
            for at_ms, person, event, level in self._rows(sql, (from_ms,))
        ]

    def counts(self) -> dict[str, int]:
        """Return how many messages there are of each state."""
        return dict(self._rows("SELECT state, count(*) FROM messages GROUP BY state", ()))
