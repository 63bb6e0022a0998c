"""How the collector writes SQLite: one connection, WAL, every commit on the disk, whole transactions only.

Source: sqlite.org, "Write-Ahead Logging" and PRAGMA synchronous; result codes as in sqlite.org/rescode.html.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
_WAIT_S = 10.0  # for a writer that has just begun a new log


def open_for_writing(path: Path, schema: str) -> sqlite3.Connection:
    """Return the one writing connection of a file, made with its tables when it is not there."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(schema)
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Return a connection to a file that somebody else writes, which cannot write; whoever opens it closes it.

    Raises
    ------
    sqlite3.OperationalError
        When the file is not there or cannot be read.
    """
    uri = f"{path.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=_WAIT_S, check_same_thread=False)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit everything written inside, durably, or nothing of it; a commit that fails is rolled back too."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def is_outside(error: sqlite3.Error) -> bool:
    """Tell whether disk, rights or a lock are the reason, and waiting or a person may mend it.

    >>> is_outside(sqlite3.OperationalError("no such column"))
    False
    """
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _OUTSIDE
