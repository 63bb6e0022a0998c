"""An outbox of the first form, one file `outbox.db` with a row per record, read over into segments.

It is read into `outbox.importing`, which then gets its name in one step; `outbox.db` stays as `outbox.old.db`.
Rows keep their numbers and the outbox its id, so that the collector goes on where it was.
"""

import logging
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from gateway.outbox.damage import ENDS, set_aside
from gateway.outbox.database import Damaged, Database, OutboxError, OutboxFull
from gateway.outbox.holdings import Held
from gateway.outbox.packing import RECORDS, Unpacked, pack_up
from gateway.outbox.ranges import Ranges
from gateway.outbox.segments import Segments
from gateway.outbox.state import GONE, State

log = logging.getLogger(__name__)

_ROWS = 1024
_DESTINATION = "collector"


def bring_over(directory: Path, now_ms: int) -> None:
    """Read an `outbox.db` of the first form over, when there is one.

    Raises
    ------
    OutboxError
        When there is no room for it, or when the directory holds two outboxes.
    """
    old = directory / "outbox.db"
    if not old.exists():
        return
    try:
        if (directory / "outbox" / "state.db").exists():
            _must_be_the_same(old, directory / "outbox" / "state.db")
        else:
            _bring_over(old, directory)
        for end in ENDS:
            part = old.with_name(old.name + end)
            if part.exists():
                part.rename(directory / f"outbox.old.db{end}")
    except Damaged as error:
        log.warning(
            "%s is damaged (%s): kept as %s; the loggers are read again", old, error, set_aside(old, now_ms)
        )
    except (OSError, OutboxFull) as error:
        raise OutboxError(f"{old} cannot be read over into segments ({error}): free as much space") from error


def _bring_over(old: Path, directory: Path) -> None:
    beside = directory / "outbox.importing"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    db = Database(old, "", 4096)
    try:
        rows = _copy(db, beside)
    finally:
        db.close()
    shutil.rmtree(directory / "outbox")  # no state in it: nothing was ever stored there
    beside.rename(directory / "outbox")
    log.info("%s: %d rows read over into segments", old, rows)


def _must_be_the_same(old: Path, new: Path) -> None:
    """Let the old file be put aside when a crash came between the last two steps."""
    db, state = Database(old, "", 4096), State(new)
    try:
        if _old_id(db) != state.text("outbox"):
            raise OutboxError(f"{old} and {new.parent} are two outboxes: move one of them away")
    finally:
        db.close()
        state.close()


def _old_id(db: Database) -> str:
    if not db.rows("SELECT 1 FROM sqlite_schema WHERE name = 'meta'"):
        raise Damaged("there is no outbox in it")
    ((outbox,),) = db.rows("SELECT value FROM meta WHERE key = 'outbox'")
    return str(outbox)


def _copy(db: Database, directory: Path) -> int:
    state = State(directory / "state.db")
    segments = Segments(directory, _old_id(db), state, 16 << 20)
    try:
        here, settled = _copy_rows(db, segments)
        for logger, ring, wanted in db.rows("SELECT logger, ring, wanted FROM pointer"):
            held = segments.holdings.setdefault((logger, ring), Held())
            held.give_up(1, wanted - 1)
        with state.commit():
            state.keep_text("outbox", segments.outbox)
            _copy_account(db, state, here, settled, segments.last)
        if segments.last:
            segments.keep_holdings(0)
    finally:
        segments.close()
        state.close()
    return len(here)


def _copy_rows(db: Database, segments: Segments) -> tuple[Ranges, Ranges]:
    """Copy all rows under their numbers; return (those that are here, those that were sent or refused)."""
    here, settled = Ranges(), Ranges()
    for run in _runs(db):
        rows = [Unpacked(RECORDS, bool(live), at_ms, raw, estimated) for _, raw, at_ms, estimated, live, _ in run]
        segments.last = run[0][0] - 1
        segments.append(pack_up(rows, run[0][0]), run[-1][2])
        for number, raw, *_, state in run:
            segments.store(raw)
            here.add(number, number)
            if state:
                settled.add(number, number)
    return here, settled


def _runs(db: Database) -> Iterator[list[Any]]:
    """Yield rows whose numbers follow one another, at most some at once."""
    query = (
        "SELECT outbox_sequence, raw, received_ms, estimated_ms, live, state FROM record"
        " WHERE outbox_sequence > ? ORDER BY outbox_sequence LIMIT ?"
    )
    after = 0
    while found := db.rows(query, (after, _ROWS)):
        after = found[-1][0]
        for _, run in groupby(enumerate(found), lambda pair: pair[1][0] - pair[0]):
            yield [row for _, row in run]


def _copy_account(db: Database, state: State, here: Ranges, settled: Ranges, last: int) -> None:
    kept = {key: int(value) for key, value in db.rows("SELECT key, value FROM meta WHERE key <> 'outbox'")}
    gone = list(here.missing(1, last))
    for first, end in gone:
        settled.add(first, end)
    state.put_stretches(GONE, gone)
    state.put_stretches(_DESTINATION, settled)
    state.keep_destination(_DESTINATION, kept.get("committed"), kept.get("sent_again"))
    for row, line, reason, at_ms in db.rows("SELECT outbox_sequence, line, reason, at_ms FROM dead_letter"):
        state.bury(_DESTINATION, row, line, reason, at_ms)
    for kind, subject, text, at_ms in db.rows("SELECT kind, subject, text, at_ms FROM event ORDER BY number"):
        state.note(kind, subject, text, at_ms)
