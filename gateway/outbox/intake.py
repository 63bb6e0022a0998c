"""Store and forward, the intake: every record that a logger gave, and what of its memory is still wanted.

A record is stored once per identity (logger, ring, sequence); other bytes under the same identity are kept beside
the first and reported. A call either commits (WAL, synchronous=FULL) or leaves everything as it was.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from gateway.outbox.file import OutboxFile
from gateway.outbox.holdings import Held
from gateway.outbox.packing import LINES, RECORDS, Unpacked
from seepline.wire import record as wire

_LOOK_AHEAD = 512
_RECENT = 8192


class Arrival(NamedTuple):
    """A record as it came from the bus. `estimated_ms` is its time by our clock, when its own never was set."""

    raw: bytes
    received_ms: int
    live: bool
    estimated_ms: int | None = None


class LineArrival(NamedTuple):
    """A reading of a third-party instrument as line protocol with its time, but without `ring` and `seq`."""

    logger: str
    line: str
    received_ms: int
    live: bool


class Outbox:
    """The records in one outbox, by identity, and what is still wanted of each logger's ring."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._recent: dict[bytes, None] = {}  # records known to be stored, newest last: a live block is read often

    @property
    def stored(self) -> Counter[tuple[int, int]]:
        """How many records of each (logger, ring) were ever stored."""
        held = self._file.segments.holdings
        return Counter({ring: len(one.known) - len(one.given_up) for ring, one in held.items()})

    def append(self, arrivals: Iterable[Arrival]) -> int:
        """Store records in one commit; return how many were new.

        On a full disk history is left with the loggers, which are asked for it again when there is room.

        Raises
        ------
        gateway.outbox.file.OutboxFull
            When the disk does not even take live records: none of these is stored, those before stay.
        """
        arrivals = list(arrivals)
        self._file.recover()
        return self._file.insist(lambda: self._append(arrivals), account=False)

    def _append(self, arrivals: Sequence[Arrival]) -> int:
        takes_history = self._file.ballast.takes_history
        new, conflicts = self._new([one for one in arrivals if one.live or takes_history])
        if not new:
            return 0
        rows = [Unpacked(RECORDS, one.live, one.received_ms, one.raw, one.estimated_ms) for one in new]
        self._file.append(rows, max(one.received_ms for one in new))
        for one in new:
            self._file.segments.store(one.raw)
            self._remember(one.raw)
        for one in conflicts:
            record = wire.decode(one.raw)
            text = f"record {record.sequence} of ring {record.ring} came again with other bytes: both are kept"
            self._file.note("conflict", str(record.logger_id), text, one.received_ms)
        return len(new)

    def _new(self, arrivals: Iterable[Arrival]) -> tuple[list[Arrival], list[Arrival]]:
        """Return (those that are not stored yet, those of them whose identity is)."""
        batch: dict[tuple[int, int, int], list[bytes]] = {}
        new, conflicts = [], []
        for arrival in arrivals:
            record = wire.decode(arrival.raw)
            identity = (record.logger_id, record.ring, record.sequence)
            before = batch.setdefault(identity, [])
            if arrival.raw in before or self._is_stored(arrival.raw, identity, before):
                continue
            conflicts += [arrival] if before else []
            before.append(arrival.raw)
            new.append(arrival)
        return new, conflicts

    def _is_stored(self, raw: bytes, identity: tuple[int, int, int], before: list[bytes]) -> bool:
        """Look a record up; other records under its identity are put into `before`."""
        logger, ring, sequence = identity
        if before or not self._held(logger, ring).holds(sequence):
            return False
        if raw in self._recent:
            return True
        for known in self._file.records_like(identity):
            if known == raw:
                before.clear()
                self._remember(raw)
                return True
            before.append(known)
        return False

    def _remember(self, raw: bytes) -> None:
        self._recent[raw] = None
        if len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]

    def append_lines(self, arrivals: Iterable[LineArrival]) -> int:
        """Store lines in one commit; return how many. Their identity is (outbox id, outbox sequence).

        Raises
        ------
        gateway.outbox.file.OutboxFull
            When the disk is full: none of them is stored, those before stay.
        ValueError
            When a line has no time or is more than one line.
        """
        arrivals = list(arrivals)
        rows = [Unpacked(LINES, one.live, one.received_ms, _line_bytes(one)) for one in arrivals]
        self._file.recover()
        if rows:
            now_ms = max(row.received_ms for row in rows)
            self._file.insist(lambda: self._file.append(rows, now_ms), account=False)
        return len(rows)

    def wanted_from(self, logger: int, ring: int) -> int:
        """Return the back-fill pointer: the first sequence that is neither stored nor given up."""
        return self._held(logger, ring).known.first_missing()

    def wanted(self, logger: int, ring: int, newest: int, limit: int) -> list[int]:
        """Return the next sequences to read from a logger's ring, oldest first; none while the disk is full."""
        self._file.recover()
        if not self._file.ballast.takes_history:
            return []
        known = self._held(logger, ring).known
        first = known.first_missing()
        missing = known.missing(first, min(newest, first + _LOOK_AHEAD))
        return list(islice((number for begin, end in missing for number in range(begin, end + 1)), limit))

    def give_up(self, logger: int, ring: int, last: int, text: str, at_ms: int) -> None:
        """Move the pointer behind `last` and record what is missing up to there: the logger does not hold it."""
        held = self._follow(logger, ring)
        first = held.known.first_missing()
        missing = sum(end - begin + 1 for begin, end in held.known.missing(first, last))
        self._file.note("gap", str(logger), f"{text}: {missing} records missing from {first} to {last}", at_ms)
        held.give_up(first, last)
        self._file.insist(self._file.keep_holdings)

    def follow(self, logger: int, ring: int) -> bool:
        """Begin a back-fill pointer for a ring; tell whether the ring is new here."""
        if (logger, ring) in self._file.segments.holdings:
            return False
        self._follow(logger, ring)
        self._file.insist(self._file.keep_holdings)
        return True

    def rings(self, logger: int) -> list[int]:
        """Return the rings of a logger that were ever read."""
        return [ring for (one, ring) in self._file.segments.holdings if one == logger]

    def note(self, kind: str, subject: str, text: str, at_ms: int) -> None:
        """Record an event in a commit of its own."""
        self._file.note(kind, subject, text, at_ms)

    def _held(self, logger: int, ring: int) -> Held:
        return self._file.segments.holdings.ring(logger, ring)

    def _follow(self, logger: int, ring: int) -> Held:
        return self._file.segments.holdings.setdefault((logger, ring), Held())


def _line_bytes(arrival: LineArrival) -> bytes:
    head, _, time_ms = arrival.line.rpartition(" ")
    if not head or not time_ms.lstrip("-").isdigit() or "\n" in arrival.line:
        raise ValueError(
            f"line of {arrival.logger} is {arrival.line!r}: expected one line that ends with its time"
        )
    return arrival.line.encode()
