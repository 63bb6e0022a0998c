"""The outbox: one row per identity, pointers that close gaps, rows that survive kill -9 and a full disk."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.outbox.backlog import Backlog, DeadLetter
from gateway.outbox.file import OutboxError, OutboxFile
from gateway.outbox.intake import Arrival, Outbox
from seepline.wire import record as wire

NOW_MS = 1_451_635_200_000


class Opened:
    """An outbox and its backlog, opened from a directory."""

    def __init__(self, directory: Path) -> None:
        self.file = OutboxFile(directory, NOW_MS)
        self.outbox, self.backlog = Outbox(self.file), Backlog(self.file)

    def kinds(self) -> list[str]:
        return [kind for _, _, kind, _, _ in self.file.events()]


@pytest.fixture
def opened(tmp_path):
    opened = Opened(tmp_path)
    yield opened
    opened.file.close()


def arrivals(record, *sequences: int, live: bool = False, serial: int = 501) -> list[Arrival]:
    return [Arrival(record(serial, 77, sequence), NOW_MS, live) for sequence in sequences]


def test_the_same_record_twice_is_one_row(opened, record):
    assert opened.outbox.append(arrivals(record, 1, 2, 2)) == 2
    assert opened.outbox.append(arrivals(record, 1, 2, live=True)) == 0
    assert opened.outbox.stored[501, 77] == opened.backlog.unsent() == 2


def test_the_same_identity_with_other_bytes_keeps_both_and_is_reported_once(opened, record):
    twins = [Arrival(record(501, 77, 5, utc_s=when), NOW_MS, False) for when in (1, 2)]
    assert [opened.outbox.append(twins) for _ in range(2)] == [2, 0]
    assert [row.raw for row in opened.backlog.pending(9)] == [twin.raw for twin in twins]
    assert opened.kinds() == ["conflict"]


def test_back_fill_wants_what_is_missing_oldest_first(opened, record):
    opened.outbox.append(arrivals(record, 9, 10, live=True))
    assert opened.outbox.wanted(501, 77, 10, 99) == [1, 2, 3, 4, 5, 6, 7, 8]
    opened.outbox.append(arrivals(record, 1, 2, 4))
    assert opened.outbox.wanted_from(501, 77) == 3
    assert opened.outbox.wanted(501, 77, 10, 3) == [3, 5, 6]
    opened.outbox.append(arrivals(record, 3, 5, 6, 7, 8))
    assert opened.outbox.wanted_from(501, 77) == 11
    assert opened.outbox.wanted(501, 77, 10, 3) == []


def test_a_pointer_passes_more_held_records_than_one_look_ahead(opened, record):
    opened.outbox.append(arrivals(record, *range(2, 1400)))
    opened.outbox.append(arrivals(record, 1))
    assert opened.outbox.wanted_from(501, 77) == 1400


def test_what_the_logger_overwrote_is_a_gap_that_says_how_much(opened, record):
    opened.outbox.append(arrivals(record, 1, 2, 5, 9))
    opened.outbox.give_up(501, 77, 8, "overwritten", NOW_MS)
    assert opened.outbox.wanted_from(501, 77) == 10
    assert [text for *_, text in opened.file.events()] == ["overwritten: 5 records missing from 3 to 8"]


def test_a_new_ring_has_its_own_pointer_and_the_old_one_stays(opened, record):
    opened.outbox.append(arrivals(record, 1, 2))
    assert (opened.outbox.follow(501, 78), opened.outbox.follow(501, 77)) == (True, False)
    assert (opened.outbox.wanted_from(501, 77), opened.outbox.wanted_from(501, 78)) == (3, 1)


def test_live_rows_have_their_lane_and_the_backlog_its_order(opened, record):
    opened.outbox.append(arrivals(record, 1, 2))
    opened.outbox.append(arrivals(record, 30, 31, 32, live=True))
    assert [row.outbox_sequence for row in opened.backlog.pending_live(0, 2)] == [4, 5]
    assert opened.backlog.pending_live(5, 2) == []
    assert [row.outbox_sequence for row in opened.backlog.pending(99)] == [1, 2, 3, 4, 5]


def test_a_watermark_that_moves_back_sends_the_rows_above_it_again(opened, record):
    opened.outbox.append(arrivals(record, 1, 2, 3, 4))
    opened.backlog.settle([1, 2, 3], [], NOW_MS)
    opened.backlog.heard(3, NOW_MS)
    opened.backlog.heard(1, NOW_MS)
    assert [row.outbox_sequence for row in opened.backlog.pending(9)] == [2, 3, 4]
    assert opened.kinds() == ["sent_again"]


def test_rows_that_the_collector_lost_above_its_watermark_go_again_once(opened, record):
    opened.outbox.append(arrivals(record, 1, 2, 3))
    opened.backlog.settle([1, 2, 3], [], NOW_MS)
    opened.backlog.heard(1, NOW_MS)
    assert opened.backlog.send_missing_again(NOW_MS)
    assert [row.outbox_sequence for row in opened.backlog.pending(9)] == [2, 3]
    opened.backlog.settle([2, 3], [], NOW_MS)
    assert not opened.backlog.send_missing_again(NOW_MS)


def test_a_dead_letter_stays_with_its_reason_and_is_not_sent_again(opened, record):
    opened.outbox.append(arrivals(record, 1, 2))
    opened.backlog.settle([1], [DeadLetter(2, "raw,site=dam ...", "unknown channel")], NOW_MS)
    opened.backlog.heard(2, NOW_MS)
    opened.backlog.heard(0, NOW_MS)
    assert [row.outbox_sequence for row in opened.backlog.pending(9)] == [1]
    assert opened.kinds() == ["dead_letter", "sent_again"]
    assert opened.outbox.stored[501, 77] == 2


def test_a_second_gateway_on_the_same_directory_is_refused(opened, tmp_path):
    with pytest.raises(OutboxError, match="in use by another gateway"):
        OutboxFile(tmp_path, NOW_MS)


def test_a_directory_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxError, match="choose another --data"):
        OutboxFile(tmp_path / "file" / "data", NOW_MS)


APPENDER = """
import os, sys
from pathlib import Path
from gateway.outbox.intake import Arrival, Outbox
from gateway.outbox.file import OutboxFile
from seepline.wire import record as wire
outbox = Outbox(OutboxFile(Path(sys.argv[1]), 0))
first = outbox.wanted_from(501, 77)
for n in range(first, first + 100000, 3):
    records = [wire.Record(501, 0, 1, 2, 77, 1, s, 9, 0, 9, 1, 0, b"") for s in (n, n + 1, n + 2)]
    outbox.append([Arrival(wire.encode(record), 0, False) for record in records])
    os.write(1, b"%d\\n" % (n + 2))
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path):
    root = Path(__file__).parents[3]
    acknowledged = 0
    for round_ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(tmp_path)], stdout=subprocess.PIPE, cwd=root, bufsize=0
        )
        for _ in range(5 + 37 * round_):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        whole = rest[: rest.rfind(b"\n") + 1].split()
        acknowledged = int(whole[-1]) if whole else acknowledged
        opened = Opened(tmp_path)
        sequences = [wire.decode(row.raw).sequence for row in opened.backlog.pending(10**6)]
        assert sequences == list(range(1, len(sequences) + 1))
        assert len(sequences) >= acknowledged
        assert opened.outbox.wanted_from(501, 77) == len(sequences) + 1
        opened.file.close()


class OutboxMachine(RuleBasedStateMachine):
    """Any order of storing, sending, refusing, restarting and restoring; compared with plain sets."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.opened = Opened(Path(self.directory.name))
        self.held: dict[int, bytes] = {}
        self.sent: set[int] = set()
        self.dead: set[int] = set()
        self.given_up = 0

    @staticmethod
    def _raw(sequence: int) -> bytes:
        return wire.encode(wire.Record(501, 0, 1, 2, 77, 1, sequence, 9, 0, 9, 1, 0, b""))

    def _rows(self) -> dict[int, int]:
        rows = self.opened.file.rows(1, self.opened.backlog.last_row())
        return {row.outbox_sequence: wire.decode(row.raw).sequence for row in rows}

    @rule(sequences=st.lists(st.integers(1, 30), max_size=6), live=st.booleans())
    def store(self, sequences, live):
        new = set(sequences) - self.held.keys()
        found = self.opened.outbox.append([Arrival(self._raw(s), NOW_MS, live) for s in sequences])
        assert found == len(new)
        self.held |= {sequence: self._raw(sequence) for sequence in new}

    @rule(limit=st.integers(1, 9), live=st.booleans(), refuse=st.booleans())
    def send(self, limit, live, refuse):
        backlog = self.opened.backlog
        rows = [
            row.outbox_sequence for row in (backlog.pending_live(0, limit) if live else backlog.pending(limit))
        ]
        assert not set(rows) & (self.sent | self.dead)
        dead = [DeadLetter(rows.pop(), "", "refused")] if refuse and rows else []
        backlog.settle(rows, dead, NOW_MS)
        self.sent |= set(rows)
        self.dead |= {letter.outbox_sequence for letter in dead}

    @rule(committed=st.integers(0, 30))
    def hear_watermark(self, committed):
        known = self.opened.backlog.committed()
        self.opened.backlog.heard(committed, NOW_MS)
        if known is not None and committed < known:
            self.sent = {row for row in self.sent if row <= committed}

    @rule(last=st.integers(1, 30))
    def give_up(self, last):
        if last >= self.opened.outbox.wanted_from(501, 77):
            self.opened.outbox.give_up(501, 77, last, "overwritten", NOW_MS)
            self.given_up = max(self.given_up, last)

    @rule()
    def restart(self):
        self.opened.file.close()
        self.opened = Opened(Path(self.directory.name))

    @invariant()
    def holds_exactly_what_was_stored(self):
        rows = self._rows()
        assert sorted(rows.values()) == sorted(self.held)
        unsent = {row.outbox_sequence for row in self.opened.backlog.pending(999)}
        assert unsent == rows.keys() - self.sent - self.dead
        assert self.opened.backlog.unsent() == len(unsent)

    @invariant()
    def wants_exactly_what_is_missing(self):
        missing = [n for n in range(self.given_up + 1, 31) if n not in self.held]
        assert self.opened.outbox.wanted(501, 77, 30, 99) == missing

    def teardown(self):
        self.opened.file.close()
        self.directory.cleanup()


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
