"""The book of messages, messages.sqlite: who was told what by which channel, and what is still to be sent.

Messages are no judgement: a replay of the journal makes the same events and tells nobody. The place up to which
the store's events were looked at and the messages that they made are written in one transaction, so that a kill
loses no event and doubles none. Ids of events are kept for good: a store that is made again from the journal
tells nothing twice. A disk that takes nothing keeps nobody from being told: what could not be written is
remembered and written with what comes next.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from collector import sqlite_file
from collector.notify.message import Key, Message, Planned
from collector.notify.reroute import rerouted
from collector.notify.sender import Letter
from collector.state_json import from_json, to_json
from seepline.notices.contacts import Contacts
from seepline.notices.notice import Notice

FILE_NAME = "messages.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (event TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notices (event TEXT PRIMARY KEY, notice TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS letters (event TEXT NOT NULL, person TEXT NOT NULL, subject TEXT NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (event, person)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY, event TEXT NOT NULL, person TEXT NOT NULL, channel TEXT NOT NULL,
  level INTEGER NOT NULL, at_once INTEGER NOT NULL, announces INTEGER NOT NULL, alarm TEXT NOT NULL,
  made_ms INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, reason TEXT NOT NULL,
  receipt TEXT NOT NULL, last_ms INTEGER, UNIQUE (event, person, channel));
CREATE INDEX IF NOT EXISTS message_state ON messages (state);
CREATE INDEX IF NOT EXISTS message_made ON messages (made_ms);
CREATE TABLE IF NOT EXISTS attempts (
  number INTEGER PRIMARY KEY, event TEXT NOT NULL, person TEXT NOT NULL, channel TEXT NOT NULL,
  at_ms INTEGER NOT NULL, outcome TEXT NOT NULL, said TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS attempt_event ON attempts (event);
"""
COLUMNS = ", ".join(one.name for one in fields(Message))
_PUT = (
    f"INSERT INTO messages ({COLUMNS}) VALUES ({', '.join('?' * len(fields(Message)))})"  # noqa: S608
    " ON CONFLICT (event, person, channel) DO UPDATE SET state = excluded.state, tries = excluded.tries,"
    " reason = excluded.reason, receipt = excluded.receipt, last_ms = excluded.last_ms"
)
_NEW = _PUT.partition(" ON CONFLICT")[0] + " ON CONFLICT DO NOTHING"
_MARK = "INSERT OR REPLACE INTO marks VALUES (?, ?)"
_SEEN = "INSERT OR IGNORE INTO seen VALUES (?)"
_NOTICE = "INSERT OR IGNORE INTO notices VALUES (?, ?)"
_LETTER = "INSERT OR IGNORE INTO letters VALUES (?, ?, ?, ?)"
_ATTEMPT = "INSERT INTO attempts (event, person, channel, at_ms, outcome, said) VALUES (?, ?, ?, ?, ?, ?)"
Statement = tuple[str, Sequence[Any]]
_log = logging.getLogger("collector.notify")


class Book:
    """The one writer of the book. All methods belong to one thread; what is open stands in memory too."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite_file.open_for_writing(path, SCHEMA)
        self._unwritten: list[Statement] = []
        self._marks: dict[str, str] = dict(self._connection.execute("SELECT name, value FROM marks"))
        self._fresh: set[str] = set()  # events that are known and not on disk yet
        rows = self._connection.execute(f"SELECT {COLUMNS} FROM messages WHERE state = 'queued' ORDER BY number")  # noqa: S608
        self.open: dict[Key, Message] = {one.key: one for one in map(message_of, rows)}
        self.arrivals = 0  # grows with every message that becomes open
        self._notices: dict[str, Notice] = {}
        self._letters: dict[tuple[str, str], Letter] = {}

    def close(self) -> None:
        """Close the file."""
        self._write([])
        self._connection.close()

    @property
    def is_written(self) -> bool:
        """Whether everything in the book is on the disk."""
        return not self._unwritten

    def mark(self, name: str) -> str:
        """Return a kept word, '' when it was never kept."""
        return self._marks.get(name, "")

    def keep_marks(self, marks: Mapping[str, str]) -> bool:
        """Keep words by name; tell whether the disk took them."""
        return self._write(self._marked(marks))

    def _marked(self, marks: Mapping[str, str]) -> list[Statement]:
        self._marks.update(marks)
        return [(_MARK, one) for one in marks.items()]

    def knows(self, event: str) -> bool:
        """Tell whether an event was taken in before, whatever store it came from."""
        if event in self._fresh:
            return True
        return self._connection.execute("SELECT 1 FROM seen WHERE event = ?", (event,)).fetchone() is not None

    def take_in(self, planned: Iterable[Planned], marks: Mapping[str, str]) -> None:
        """Keep what events make, and the place up to which they were looked at: all of it or nothing."""
        statements: list[Statement] = self._marked(marks)
        for one in planned:
            if self.knows(one.event):
                continue
            self._fresh.add(one.event)
            statements.append((_SEEN, (one.event,)))
            if one.notice is not None:
                self._notices[one.event] = one.notice
                statements.append((_NOTICE, (one.event, to_json(one.notice))))
            statements += self._new(one.messages)
        self._write(statements)

    def take_letter(self, letter: Letter, messages: Iterable[Message]) -> None:
        """Keep a letter that is written already (a morning sheet, a test), and the messages that carry it."""
        statements: list[Statement] = []
        for one in messages:
            self._letters.setdefault((one.event, one.person), letter)
            statements.append((_LETTER, (one.event, one.person, letter.subject, letter.body)))
            statements += self._new([one])
        self._write(statements)

    def _new(self, messages: Iterable[Message]) -> list[Statement]:
        statements: list[Statement] = []
        for one in messages:
            if one.state == "queued":
                self.open.setdefault(one.key, one)
                self.arrivals += 1
            statements.append((_NEW, _row(one)))
        return statements

    def tried(self, messages: Iterable[Message], outcome: str, said: str, at_ms: int) -> None:
        """Keep how a try ended: the messages as they are now, and a line of the log for each."""
        statements: list[Statement] = []
        for one in messages:
            if one.state == "queued":
                self.open[one.key] = one
            else:
                self.open.pop(one.key, None)
            statements += [(_PUT, _row(one)), (_ATTEMPT, (*one.key, at_ms, outcome, said))]
        self._write(statements)

    def reroute(self, contacts: Contacts, now_ms: int) -> list[Notice]:
        """Let what is open follow contacts that are others now; return what then reaches nobody."""
        found = rerouted(self.open.values(), contacts, self.notice, now_ms)
        if not found.closed:
            return []
        self.tried(found.closed, "failed", found.closed[0].reason, now_ms)
        done = self.sent(one.event for one in found.new)
        new = [one for one in found.new if (one.person, one.channel) not in done.get(one.event, ())]
        self.open.update((one.key, one) for one in new)
        self.arrivals += len(new)
        self._write([(_PUT, _row(one)) for one in new])
        lost = [self.notice(event) for event in found.lost(self.open.values()) if not self.is_sent(event)]
        return [one for one in lost if one is not None]

    def notice(self, event: str) -> Notice | None:
        """Return what is told of an event, None when that is a letter."""
        if event not in self._notices:
            row = self._connection.execute("SELECT notice FROM notices WHERE event = ?", (event,)).fetchone()
            if row is None:
                return None
            self._notices[event] = from_json(Notice, row[0])
        return self._notices[event]

    def letter(self, event: str, person: str) -> Letter | None:
        """Return the letter of an event that is written already, None when it is made of a notice."""
        sql = "SELECT subject, body FROM letters WHERE event = ? AND person = ?"
        row = self._connection.execute(sql, (event, person)).fetchone()
        return Letter(*row) if row else self._letters.get((event, person))

    def is_sent(self, event: str) -> bool:
        """Tell whether anybody got a message of an event."""
        sql = "SELECT 1 FROM messages WHERE event = ? AND state = 'sent' LIMIT 1"
        return self._connection.execute(sql, (event,)).fetchone() is not None

    def sent(self, events: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """Return who got a message of each of some events by what: (person, channel); only what is on the disk."""
        sql = (
            "SELECT event, person, channel FROM messages WHERE state = 'sent'"
            " AND event IN (SELECT value FROM json_each(?))"
        )
        found: dict[str, list[tuple[str, str]]] = {}
        for event, person, channel in self._connection.execute(sql, (json.dumps(list(events)),)):
            found.setdefault(event, []).append((person, channel))
        return found

    def last_digests(self) -> dict[tuple[str, str], int]:
        """Return when each (person, channel) got collected messages last."""
        sql = (
            "SELECT person, channel, max(last_ms) FROM messages WHERE state = 'sent' AND at_once = 0 GROUP BY 1, 2"
        )
        return {(person, channel): at_ms for person, channel, at_ms in self._connection.execute(sql)}

    def forget_settled(self) -> None:
        """Let go of notices in memory that nothing open needs; they stay on the disk."""
        if self.is_written:
            needed = {event for event, _, _ in self.open}
            self._notices = {event: one for event, one in self._notices.items() if event in needed}
            self._letters = {key: one for key, one in self._letters.items() if key[0] in needed}

    def _write(self, statements: list[Statement]) -> bool:
        self._unwritten += statements
        if not self._unwritten:
            return True
        try:
            with sqlite_file.transaction(self._connection):
                for sql, row in self._unwritten:
                    self._connection.execute(sql, row)
        except sqlite3.Error as error:
            if not sqlite_file.is_outside(error):
                raise
            _log.error("Messages cannot be kept now (%s): they are sent all the same; free disk space.", error)
            return False
        self._unwritten.clear()
        self._fresh.clear()
        return True


def message_of(row: Sequence[Any]) -> Message:
    """Return the message in a row of COLUMNS."""
    named = dict(zip((one.name for one in fields(Message)), row, strict=True))
    return Message(**{**named, "at_once": bool(named["at_once"]), "announces": bool(named["announces"])})


def _row(message: Message) -> tuple[Any, ...]:
    return tuple(asdict(message).values())
