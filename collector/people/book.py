"""DIR/people.sqlite, mode 0600: accounts, sessions, tokens, brakes and what happened.

A file of its own, which the collector and `seepline collector people` write, a call at a time, with a rollback
journal, which two processes may do. A person's id is the policy's. Kept of a password is its argon2 hash, of every
random secret (session, invitation, token) its SHA-256; a TOTP secret is sealed (seal.py). Times are real time, not
the site's clock: a demonstration's fast clock must not end a session.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_NAME = "people.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
  person TEXT PRIMARY KEY, password TEXT NOT NULL DEFAULT '', totp TEXT NOT NULL DEFAULT '',
  totp_offered TEXT NOT NULL DEFAULT '', totp_step INTEGER NOT NULL DEFAULT 0,
  locked INTEGER NOT NULL DEFAULT 0, made_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS invitation (
  sha256 TEXT PRIMARY KEY, person TEXT NOT NULL UNIQUE, ends_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS session (
  id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL UNIQUE, person TEXT NOT NULL, proved INTEGER NOT NULL,
  begun_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL, address TEXT NOT NULL, browser TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS brake (
  key TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS happened (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL,
  address TEXT NOT NULL, said TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS token (
  id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL UNIQUE, purpose TEXT NOT NULL, holder TEXT NOT NULL,
  made_ms INTEGER NOT NULL, ends_ms INTEGER NOT NULL, used_ms INTEGER, revoked INTEGER NOT NULL DEFAULT 0) STRICT;
"""
_WAIT_S = 5.0


class Book:
    """One file; every call opens it, does one transaction and closes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._path

    def is_there(self) -> bool:
        """Tell whether anybody ever made an account here."""
        return self._path.exists()

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection of one transaction, which begins as a writing one."""
        if not self._path.exists():
            _make(self._path)
        with closing(sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)) as db:
            db.execute("PRAGMA secure_delete = ON")
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'token'").fetchone():
                db.executescript(_SCHEMA)
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def read(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a question, none while there is no file; it waits for no writer."""
        if not self._path.exists():
            return []
        with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as db:
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'token'").fetchone():
                return []
            return db.execute(sql, values).fetchall()


def _make(path: Path) -> None:
    """Make the file for its owner's eyes only, which SQLite would not; root makes it the directory's owner's."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    if os.geteuid() == 0:
        about = path.parent.stat()
        os.chown(path, about.st_uid, about.st_gid)


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one person's account; hash and secrets never stand in its repr."""

    person: str
    has_password: bool
    has_totp: bool
    locked: bool
    made_ms: int

    @property
    def state(self) -> str:
        """Return what people say of it."""
        if self.locked:
            return "locked"
        return "open" if self.has_password else "invited"


def accounts(book: Book) -> dict[str, Account]:
    """Return every account by its person."""
    rows = book.read("SELECT person, password <> '', totp <> '', locked, made_ms FROM account ORDER BY person")
    return {
        person: Account(person, bool(password), bool(totp), bool(locked), made_ms)
        for person, password, totp, locked, made_ms in rows
    }


def has_any(book: Book) -> bool:
    """Tell whether an account exists: from the first one on nobody reads without having signed in."""
    return bool(book.read("SELECT 1 FROM account LIMIT 1"))
