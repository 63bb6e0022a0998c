"""Opening the raw journal: a damaged file is set aside under another name, never deleted, and a new one begun."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO

from collector.journal import Journal

FILE_NAME = "journal.sqlite"
_COMPANIONS = ("", "-wal", "-shm")


class DataInUseError(Exception):
    """Another collector writes into this directory."""


def open_journal(path: Path, now_ms: int) -> tuple[Journal, Path | None]:
    """Return the journal of a file, and where a damaged one before it now stands (None when it was sound)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or _is_sound(path):
        return Journal(path), None
    aside = path.with_name(f"{path.name}.damaged-{now_ms}")
    for companion in _COMPANIONS:
        part = path.with_name(path.name + companion)
        if part.exists():
            part.rename(aside.with_name(aside.name + companion))
    return Journal(path), aside


def lock(data: Path) -> IO[bytes]:
    """Return the open lock file of a data directory, held until it is closed or the process ends.

    Raises
    ------
    DataInUseError
        When another collector has it: two writers of one journal could damage it.
    """
    data.mkdir(parents=True, exist_ok=True)
    file = (data / "lock").open("wb")
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
