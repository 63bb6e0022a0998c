"""The segments of one outbox: rows in at the end of the newest, rows out of any, whole files removed.

    outbox/000000000001.db      closed: one file without a log, opened and checked when something is read of it
    outbox/000000065537.db      the newest: takes rows, checked at the start
    outbox/state.db             the small file beside them

Closing is written down in the state before the next segment is made, so the only segment that the state does not
name is the newest.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from gateway.outbox.database import Damaged, OutboxFull
from gateway.outbox.holdings import Holdings
from gateway.outbox.packing import RECORDS, Pack, Row, identity_of, unpack
from gateway.outbox.ranges import Range
from gateway.outbox.segment import Segment, segment_path
from gateway.outbox.state import Closed, State, closing

_HOLDINGS_EVERY_PACKS = 256
LIVE_PACKS = 256


class Segments:
    """Open and closed segments. `last` is the newest row's number, `live` are the newest live packs' rows."""

    def __init__(self, directory: Path, outbox: str, state: State, most_bytes: int) -> None:
        self.directory = directory
        self.outbox = outbox
        self._state = state
        self._most_bytes = most_bytes
        self.closed: dict[int, Closed] = {closed.first: closed for closed in state.closed()}
        self.open: Segment | None = None
        self.holdings = Holdings()
        self.last = 0
        self.live: deque[Range] = deque(maxlen=LIVE_PACKS)
        self.thinned: set[int] = set()  # the rule finds nothing more in these
        self._packs_since = 0
        self._reader: Segment | None = None

    def close(self) -> None:
        """Close all files."""
        self.let_go()
        if self.open is not None:
            self.open.close()

    def let_go(self) -> None:
        """Close the closed segment that was read last."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def take_up(self, segment: Segment) -> None:
        """Go on with the newest segment: what is held is what it kept, and its packs after that."""
        at_row, text = segment.holdings()
        self.holdings = Holdings.from_text(text)
        self.open, self.last = segment, segment.last
        while (pack := segment.pack_from(at_row + 1)) is not None:
            self.hold(pack)
            at_row, self._packs_since = pack.last, self._packs_since + 1
        live = ((pack.first, pack.last) for pack in segment.newest_packs() if pack.live)
        self.live.extend(list(islice(live, LIVE_PACKS))[::-1])

    def hold(self, pack: Pack) -> None:
        """Take note of the records of a pack."""
        if pack.kind == RECORDS:
            for row in unpack(pack, self.outbox):
                self.store(row.raw)

    def store(self, raw: bytes) -> None:
        """Take note of a stored record."""
        logger, ring, sequence = identity_of(raw)
        self.holdings.store(logger, ring, sequence, sequence)

    def append(self, packs: Sequence[Pack], now_ms: int) -> None:
        """Store packs, numbered on from `last`, in one commit."""
        segment = self.newest(now_ms)
        due = self._packs_since >= _HOLDINGS_EVERY_PACKS
        segment.append(packs, self.holdings.to_text() if due else None)
        self._packs_since = len(packs) + (0 if due else self._packs_since)
        self.last = packs[-1].last
        self.live.extend((pack.first, pack.last) for pack in packs if pack.live)

    def keep_holdings(self, now_ms: int) -> None:
        """Put on disk what is held."""
        self.newest(now_ms).append((), self.holdings.to_text())
        self._packs_since = 0

    def newest(self, now_ms: int) -> Segment:
        """Return the segment that takes the next rows."""
        if self.open is not None and self.open.is_done(now_ms, self._most_bytes):
            self.close_newest()
        if self.open is None:
            self.open = self._begin()
        return self.open

    def close_newest(self) -> None:
        """Let the newest segment take no more rows."""
        segment = self.open
        if segment is None:
            return
        segment.append((), self.holdings.to_text())
        closed = closing(segment.first, self.last, segment.newest_ms, self.holdings.fresh())
        with self._state.commit():
            self._state.close_segment(closed)
            self._state.keep_text("holdings", self.holdings.to_text())
        self.closed[segment.first] = closed._replace(holds="")
        self.open = None
        segment.finish()

    def _begin(self) -> Segment:
        self.holdings.begin_segment()
        path = segment_path(self.directory, self.last + 1)
        try:
            segment = Segment(path)
            try:
                segment.begin(self.outbox, self.holdings.to_text())
            except BaseException:
                segment.close()
                raise
        except BaseException:
            remove_file(path)
            raise
        self._packs_since = 0
        return segment

    def rows_from(self, first: int, row: int) -> list[Row]:
        """Return the rows of the pack of a segment with this row, else of the next one there, else none.

        Raises
        ------
        Damaged
            When the segment is not what was written.
        """
        pack = self.read(first).pack_from(row)
        return [] if pack is None else unpack(pack, self.outbox)

    def segment_of(self, row: int) -> int | None:
        """Return the first row of the segment with this row, else of the next one; None behind the last."""
        return next((first for first, last in self.spans() if last >= row), None)

    def packs(self, first: int) -> Iterator[Pack]:
        """Return the packs of a segment in order."""
        row = first
        while (pack := self.read(first).pack_from(row)) is not None:
            yield pack
            row = pack.last + 1

    def records(self, first: int) -> Iterator[bytes]:
        """Return the records of a segment, the newest first."""
        for pack in self.read(first).newest_packs():
            if pack.kind == RECORDS:
                yield from (row.raw for row in reversed(unpack(pack, self.outbox)))

    def holders(self, logger: int, ring: int, sequence: int) -> list[int]:
        """Return the first rows of the segments that hold a record, the newest first."""
        found = [self.open.first] if self.open and sequence in self.holdings.ring(logger, ring).fresh else []
        for first in reversed(self.closed):
            held = self._state.holds(first).get((logger, ring))
            if held is not None and sequence in held:
                found.append(first)
        return found

    def read(self, first: int) -> Segment:
        """Return a segment to be read."""
        if self.open is not None and self.open.first == first:
            return self.open
        if self._reader is None or self._reader.first != first:
            self.let_go()
            path = segment_path(self.directory, first)
            if not path.exists():
                raise Damaged("the file is not there")
            self._reader = Segment(path, closed=True)
        return self._reader

    def remove(self, first: int) -> None:
        """Remove a closed segment's file, which works on a full disk; the caller tells the state afterwards."""
        if self._reader is not None and self._reader.first == first:
            self.let_go()
        remove_file(segment_path(self.directory, first))
        self.closed.pop(first, None)

    def spans(self) -> list[Range]:
        """Return the (first, last) row of every segment, in order."""
        return [(closed.first, closed.last) for closed in self.closed.values()] + (
            [] if self.open is None else [(self.open.first, self.last)]
        )


def remove_file(path: Path) -> None:
    """Remove a SQLite file and its log."""
    try:
        for end in ("-wal", "-journal", ""):
            path.with_name(path.name + end).unlink(missing_ok=True)
    except OSError as error:
        raise OutboxFull(f"{path} cannot be removed ({error.strerror}): look after the disk") from error
