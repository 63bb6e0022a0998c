"""Opening the outbox: owning its directory, finding its files, and putting in order what a crash left."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gateway.outbox.damage import set_aside
from gateway.outbox.database import Damaged, NoSpace, OutboxError, OutboxFull
from gateway.outbox.holdings import Holdings
from gateway.outbox.ranges import Range, Ranges
from gateway.outbox.room import BALLAST
from gateway.outbox.segment import Segment, segments_in
from gateway.outbox.segments import Segments, remove_file
from gateway.outbox.state import State


class Opened(NamedTuple):
    """An outbox that was opened. `damaged` are (first row, why) of segments to put aside, `texts` what to tell."""

    state: State
    segments: Segments
    damaged: list[tuple[int, str]]
    texts: list[str]


def own(directory: Path) -> int:
    """Make `directory` and lock it for this process; return the descriptor that holds the lock.

    Raises
    ------
    OutboxError
        When it cannot be made or another process has it.
    """
    try:
        (directory / "outbox").mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / "outbox.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise OutboxError(
            f"{directory} cannot hold the outbox ({error.strerror}): choose another --data"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise OutboxError(f"{directory} is in use by another gateway: stop it or choose another --data") from error
    return lock


def open_all(directory: Path, now_ms: int, segment_bytes: int) -> Opened:
    """Open the state and the newest segment; the closed ones are opened when they are read.

    On a full disk the reserve is given up for it.

    Raises
    ------
    OutboxError
        When the disk is full, read-only or failing.
    """
    try:
        return _open_all(directory, now_ms, segment_bytes)
    except OutboxError as error:
        if not isinstance(error.__cause__, NoSpace):
            raise
        (directory / BALLAST).unlink(missing_ok=True)
        return _open_all(directory, now_ms, segment_bytes)


def _open_all(directory: Path, now_ms: int, segment_bytes: int) -> Opened:
    shutil.rmtree(directory / "rewriting", ignore_errors=True)
    try:
        state, texts = _open_state(directory / "state.db", now_ms)
    except OutboxFull as error:
        raise OutboxError(f"{directory} cannot be opened ({error})") from error
    try:
        segments = Segments(directory, _outbox_id(state, directory), state, segment_bytes)
        damaged = _open_newest(segments, state)
    except BaseException:
        state.close()
        raise
    return Opened(state, segments, damaged, texts)


def _open_state(path: Path, now_ms: int) -> tuple[State, list[str]]:
    try:
        return State(path), []
    except Damaged as error:
        aside = set_aside(path, now_ms)
        text = f"{path} is damaged ({error}): kept as {aside.name}; all rows that are here are sent again"
        return State(path), [text]


def _outbox_id(state: State, directory: Path) -> str:
    """Return the outbox's id; a new state takes it from a segment, an empty outbox draws one."""
    known = state.text("outbox")
    if known is not None:
        return known
    outbox = next(filter(None, map(_id_in, reversed(segments_in(directory).values()))), None)
    outbox = outbox or secrets.token_hex(8)
    with state.commit():
        state.keep_text("outbox", outbox)
    return outbox


def _id_in(path: Path) -> str | None:
    try:
        segment = Segment(path, closed=True)
    except (Damaged, OutboxFull):  # told when it is opened for good
        return None
    try:
        return segment.outbox()
    finally:
        segment.close()


def _open_newest(segments: Segments, state: State) -> list[tuple[int, str]]:
    """Take up the newest segment; return (first row, why) of every segment to be put aside."""
    found = segments_in(segments.directory)
    damaged = [(first, "the file is not there") for first in segments.closed if first not in found]
    unknown = [first for first in found if first not in segments.closed]
    segments.holdings = Holdings.from_text(state.text("holdings") or "{}")
    segments.last = max([closed.last for closed in segments.closed.values()], default=0)
    for first in unknown:
        if found[first].stat().st_size == 0:  # a crash before its first page
            remove_file(found[first])
            continue
        try:
            segment = Segment(found[first])
        except Damaged as error:
            damaged.append((first, str(error)))
            continue
        except OutboxFull as error:
            raise OutboxError(f"{found[first]} cannot be opened ({error})") from error
        if segment.last < first and segment.outbox() is None:  # a crash between making it and its first commit
            segment.close()
            remove_file(found[first])
            continue
        damaged += _take_up(segments, segment)
    return damaged


def _take_up(segments: Segments, segment: Segment) -> list[tuple[int, str]]:
    if segments.open is not None:
        segments.close_newest()
    before = segments.holdings
    try:
        segments.take_up(segment)
    except Damaged as error:  # what it says of itself is not believed: what was held before it is
        segment.close()
        segments.open, segments.holdings = None, before
        return [(segment.first, str(error))]
    return []


def gaps(segments: Segments) -> Iterator[Range]:
    """Yield the rows up to the newest that are in no segment: what a new state does not know to be gone."""
    held = Ranges(part for first, _ in segments.spans() for part in segments.read(first).spans())
    yield from held.missing(1, segments.last)
