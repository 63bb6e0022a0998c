"""One SQLite file with its one connection: the outbox's only door to sqlite3, and what can go wrong with a disk.

    OutboxError                 the outbox cannot be used: one sentence that says what to do
    `- OutboxFull               the disk takes nothing now: full, read-only or failing; what is stored stays
       `- NoSpace               it is full, so that making room helps
    Damaged                     a file is not what was written: never leaves this folder

SQLite 3.40 (Debian 12) can corrupt a WAL that two connections write at the same moment. So a file is opened with
locking_mode=EXCLUSIVE: a second connection is refused, and there is no shared-memory file to fail on a full disk.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_APPLICATION_ID = 0x534C4F58  # "SLOX"

# What the machine under the file can do to it; every other error is a mistake in this program and must be seen.
_OUTSIDE = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    )
)
_DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))


class OutboxError(Exception):
    """The outbox cannot be used: one sentence that says what to do."""


class OutboxFull(OutboxError):  # noqa: N818 - says what it is
    """The disk under the outbox takes nothing now."""


class NoSpace(OutboxFull):
    """The disk under the outbox is full."""


class Damaged(Exception):  # noqa: N818 - says what it is
    """A file of the outbox is not what was written: why."""


class Database:
    """An open file. `page_bytes` counts for a new file only.

    The log is moved into the file whenever it is larger than `log_bytes`.
    Without `check` a damaged file is opened to be read; without `log` it keeps the journal it has, so that reading
    one that `finish` left needs no room on the disk.

    Raises
    ------
    Damaged
        When the file is no database, another program's, or fails SQLite's quick check.
    OutboxFull
        When it cannot be opened or made.
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        page_bytes: int,
        log_bytes: int = 1 << 20,
        *,
        check: bool = True,
        log: bool = True,
    ) -> None:
        self.path = path
        with _foreign_errors():
            self._db = sqlite3.connect(path, isolation_level=None)
        self._db.text_factory = _text
        try:
            with _foreign_errors():
                self._prepare(page_bytes, log_bytes, log=log)
            if check:
                self._check()
                self._make(schema)
        except sqlite3.DatabaseError as error:  # such as "unsupported file format"
            self._db.close()
            raise Damaged(str(error)) from error
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, page_bytes: int, log_bytes: int, *, log: bool) -> None:
        self._db.execute(f"PRAGMA page_size = {page_bytes}")
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        if log:
            self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {log_bytes // page_bytes}")

    def _make(self, schema: str) -> None:
        if not self.rows("SELECT 1 FROM sqlite_schema LIMIT 1"):
            with _foreign_errors():
                made = f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION_ID}; {schema} COMMIT;"
                self._db.executescript(made)

    def _check(self) -> None:
        ((verdict,),) = self.rows("PRAGMA quick_check(1)")
        if verdict != "ok":
            raise Damaged(str(verdict).replace("\n", " "))
        ((application_id,),) = self.rows("PRAGMA application_id")
        if application_id not in (0, _APPLICATION_ID):
            raise Damaged("it is another program's file")

    def close(self) -> None:
        """Close the file; what its log still holds is read at the next opening."""
        self._db.close()

    def finish(self) -> None:
        """Move all of the log into the file: nothing is written to it any more."""
        with _foreign_errors():
            self._db.execute("PRAGMA journal_mode = DELETE")

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query."""
        with _foreign_errors():
            return self._db.execute(query, values).fetchall()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Change something inside a commit; return how many rows."""
        with _foreign_errors():
            return self._db.execute(statement, values).rowcount

    @contextmanager
    def commit(self, *, durable: bool = True) -> Iterator[None]:
        """Put what happens inside on disk as one, or leave everything as it was.

        Without `durable` a power cut may undo it (nothing before it); the next durable commit takes it along.

        Raises
        ------
        OutboxFull
            When the disk is full, read-only or failing.
        """
        with _foreign_errors():
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _text(data: bytes) -> str:
    """Return text as far as rot has left it one; who reads it finds it wrong."""
    return data.decode(errors="replace")


@contextmanager
def _foreign_errors() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:  # of an error's own text, which quotes the damaged schema
        raise Damaged(str(error)) from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGE:
            raise Damaged(str(error)) from error
        if code not in _OUTSIDE:
            raise
        kind = NoSpace if code == sqlite3.SQLITE_FULL else OutboxFull
        raise kind(
            f"the outbox's disk fails ({error}): free space or replace it; nothing stored is lost"
        ) from error
