"""The collector's data directory: held by one process, its damaged files set aside, never deleted."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO

from collector.journal import Journal

FILE_NAME = "journal.sqlite"
_COMPANIONS = ("", "-wal", "-shm")


class DataError(Exception):
    """The data directory cannot be used: one sentence that says what to do."""


class DataInUseError(DataError):
    """Another collector writes into this directory."""


def open_journal(path: Path, now_ms: int) -> tuple[Journal, Path | None]:
    """Return the journal of a file, and where a damaged one before it now stands (None when it was sound)."""
    aside = set_aside_if_damaged(path, now_ms)
    return Journal(path), aside


def set_aside_if_damaged(path: Path, now_ms: int) -> Path | None:
    """Return where a damaged SQLite file now stands, None when it is sound or not there."""
    if not path.exists() or _is_sound(path):
        return None
    aside = path.with_name(f"{path.name}.damaged-{now_ms}")
    for companion in _COMPANIONS:
        part = path.with_name(path.name + companion)
        if part.exists():
            part.rename(aside.with_name(aside.name + companion))
    return aside


def lock(data: Path) -> IO[bytes]:
    """Return the open lock file of a data directory, held until it is closed or the process ends.

    Raises
    ------
    DataError
        When it cannot be made or written; DataInUseError when another collector has it: two writers of one journal
        could damage it.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / "lock").open("wb")
    except OSError as error:
        message = f"{data} cannot hold the collector's data ({error.strerror}): choose another --data."
        raise DataError(message) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise DataInUseError(f"Another collector uses {data}: end it or choose another --data.") from error
    return file


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # locked, no permission: not damage, and not ours to move
            raise
        return False


def identities(path: Path, logger: str) -> list[tuple[int, int]]:
    """Return (ring, sequence) of every record of a logger in the journal of a collector that has been stopped."""
    with closing(Journal(path)) as journal:
        return journal.identities(logger)
