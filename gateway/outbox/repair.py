"""What is done to a segment as a whole: a damaged one is put aside and mended, an old one thinned."""

from contextlib import suppress

from gateway.outbox import damage
from gateway.outbox.accounts import Accounts
from gateway.outbox.database import Damaged
from gateway.outbox.holdings import Holdings, Ring
from gateway.outbox.packing import Pack, only, unpack
from gateway.outbox.ranges import Ranges
from gateway.outbox.segment import SEGMENT_ROWS, segment_path
from gateway.outbox.segments import Segments
from gateway.outbox.state import State, closing
from gateway.outbox.thinning import kept_rows


def quarantine(segments: Segments, accounts: Accounts, state: State, first: int, at_ms: int) -> str:
    """Put a damaged segment aside with what can be read of it in its place; return what was done, in words.

    What the loggers can give again is forgotten, unless every destination has it. All of that is written down
    before the file is renamed: after a power cut between, the file is found damaged once more.

    Raises
    ------
    OutboxFull
        When the disk takes none of that.
    """
    is_newest = first not in segments.closed
    last = first + 2 * SEGMENT_ROWS - 1 if is_newest else segments.closed[first].last
    known_last = min(last, segments.last) if segments.last >= first else None
    needed = is_newest or not accounts.release(last)
    held = _let_go(segments, state, first)
    path = segment_path(segments.directory, first)
    saved = damage.rescue(path, last, segments.outbox, segments.holdings.to_text())
    lost = damage.less(held, saved.records) if needed else {}
    again = segments.holdings.lose(lost)
    if is_newest:
        for (logger, ring), records in saved.records.items():
            for begin, end in records:
                segments.holdings.store(logger, ring, begin, end)
        segments.last = last  # nobody knows which numbers it had given
    _write_down(segments, state, first, saved, lost)
    accounts.write_off(saved.rows.missing(first, last), () if len(saved.rows) else (first,))
    aside = damage.set_aside(path, at_ms)
    if len(saved.rows):
        damage.put_in_place(path)
    return (
        f"kept as {aside.name}; {len(saved.rows)} rows saved, {_lost(saved, first, known_last)} lost here,"
        f" {again} records are read from the loggers again"
    )


def _lost(saved: damage.Saved, first: int, last: int | None) -> str:
    if last is None:
        return "nobody knows how many"
    return str(sum(end - begin + 1 for begin, end in saved.rows.missing(first, last)))


def _let_go(segments: Segments, state: State, first: int) -> dict[Ring, Ranges]:
    """Close the file; return the records it held, as far as that is known."""
    if segments.open is not None and segments.open.first == first:
        segments.open.close()
        segments.open = None
        return segments.holdings.fresh()
    segments.let_go()
    return state.holds(first)


def _write_down(
    segments: Segments, state: State, first: int, saved: damage.Saved, lost: dict[Ring, Ranges]
) -> None:
    segments.closed.pop(first, None)
    held = segments.holdings
    if segments.open is not None:  # what was held before the newest segment, which tells the rest itself
        held = Holdings.from_text(state.text("holdings") or "{}")
        held.lose(lost)
    with state.commit():
        if len(saved.rows):
            *_, (_, last) = saved.rows
            closed = closing(first, last, saved.newest_ms, saved.records)
            state.close_segment(closed)
            segments.closed[first] = closed._replace(holds="")
            segments.closed = dict(sorted(segments.closed.items()))
        state.keep_text("holdings", held.to_text())
    if segments.open is not None:
        with suppress(Damaged):  # found again when it is used
            segments.open.append((), segments.holdings.to_text())


def thin_oldest(segments: Segments, accounts: Accounts, state: State) -> int:
    """Thin the oldest closed segment with rows not sent in which the rule finds any; return how many."""
    for first, closed in segments.closed.items():
        if first in segments.thinned or accounts.release(closed.last):
            continue
        segments.thinned.add(first)
        try:
            dropped = _thin(segments, accounts, state, first)
        except Damaged:  # told and mended when it is read
            continue
        if dropped:
            return dropped
    return 0


def _thin(segments: Segments, accounts: Accounts, state: State, first: int) -> int:
    packs = list(segments.packs(first))
    kept = Ranges(
        (n, n) for n in sorted(kept_rows(row for pack in packs for row in unpack(pack, segments.outbox)))
    )
    left: list[Pack] = [part for pack in packs for part in only(pack, kept)]
    dropped = [gap for pack in packs for gap in kept.missing(pack.first, pack.last)]
    rows = sum(end - begin + 1 for begin, end in dropped)
    path = segment_path(segments.directory, first)
    if path.with_name(path.name + "-wal").exists():  # it could not be finished; its log must not meet another file
        return 0
    if not rows or not damage.write_packs(path, left, segments.outbox, segments.holdings.to_text()):
        return 0
    accounts.write_off(dropped)
    with state.commit():
        state.keep_text("thinned", str(int(state.text("thinned") or 0) + rows))
    segments.let_go()
    damage.put_in_place(path)
    return rows
