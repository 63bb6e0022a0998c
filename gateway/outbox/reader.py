"""The outbox read beside a running gateway: never written, so its one writer keeps it alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gateway.outbox.backlog import SENT, Row
from gateway.outbox.file import OutboxError


def sent_rows(directory: Path, destination: str) -> Iterator[Row]:
    """Yield the rows that a destination acknowledged, oldest first.

    Raises
    ------
    gateway.outbox.file.OutboxError
        When the directory holds no outbox that can be read.
    """
    path = directory / "outbox.db"
    query = (
        "SELECT outbox_sequence, raw, estimated_ms, '', received_ms FROM record"
        " WHERE state = ? ORDER BY outbox_sequence"
    )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            for found in db.execute(query, (SENT,)):
                yield Row(*found)
    except sqlite3.Error as error:
        raise OutboxError(f"{path} cannot be read ({error}): expected the data directory of a gateway") from error
