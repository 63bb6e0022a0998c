"""Any order of storing, sending, refusing, restarting, crashing, rotting, filling up: compared with plain sets."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gateway.outbox.backlog import Backlog, DeadLetter
from gateway.outbox.file import OutboxFull
from gateway.outbox.intake import Arrival
from gateway.outbox.room import DAY_MS
from gateway.outbox.segment import Segment
from seepline.wire import record as wire
from tests.gateway.outbox.opened import NOW_MS, Opened, rot

DESTINATIONS = ("collector", "authority")
NEWEST = 40


def raw_record(sequence: int) -> bytes:
    return wire.encode(wire.Record(501, 0, 1, 2, 77, 1, sequence, 9, 0, 9, 1, 0, b""))


class OutboxMachine(RuleBasedStateMachine):
    """`rows` is the sequence by row; `sent` and `dead` are rows by destination, `delivered` sequences."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.crashes = 0
        self.now_ms = NOW_MS
        self.rotten = False
        self.rows: dict[int, int] = {}
        self.stored: set[int] = set()
        self.given_up: set[int] = set()
        self.sent: dict[str, set[int]] = {name: set() for name in DESTINATIONS}
        self.dead: dict[str, set[int]] = {name: set() for name in DESTINATIONS}
        self.delivered: dict[str, set[int]] = {name: set() for name in DESTINATIONS}
        self.adopt(Opened(self.folder / "0"))

    def adopt(self, opened: Opened) -> None:
        self.opened = opened
        self.backlogs = {name: Backlog(opened.file, name) for name in DESTINATIONS}

    @rule(sequences=st.lists(st.integers(1, NEWEST), max_size=8), live=st.booleans())
    def store(self, sequences, live):
        last = self.opened.backlog.last_row()
        new = list(dict.fromkeys(n for n in sequences if n not in self.stored))
        found = self.opened.outbox.append([Arrival(raw_record(n), self.now_ms, live) for n in sequences])
        assert self.rotten or found == len(new)
        self.take(new, last)

    @rule(sequences=st.lists(st.integers(1, NEWEST), min_size=1, max_size=8), live=st.booleans())
    def store_on_a_full_disk(self, sequences, live):
        """SQLite itself says that there is no room for one more page in the newest segment."""
        segment, last = self.opened.file.segments.open, self.opened.backlog.last_row()
        if segment is None:
            return
        new = list(dict.fromkeys(n for n in sequences if n not in self.stored))
        limit_pages(segment, grown=0)
        try:
            found = self.opened.outbox.append([Arrival(raw_record(n), self.now_ms, live) for n in sequences])
        except OutboxFull:
            assert live
        else:
            assert found in (0, len(new)) or self.rotten
            if found:
                self.take(new, last)
        if self.opened.file.segments.open is segment:
            limit_pages(segment, grown=1 << 20)

    def take(self, new, last):
        if self.rotten:
            self.look_at_everything()
        else:
            first = self.opened.backlog.last_row() - len(new) + 1
            assert first > last
            self.rows |= {first + n: sequence for n, sequence in enumerate(new)}
            self.stored |= set(new)
            self.given_up -= set(new)

    @rule(limit=st.integers(1, 30), live=st.booleans(), refuse=st.booleans(), name=st.sampled_from(DESTINATIONS))
    def send(self, limit, live, refuse, name):
        backlog = self.backlogs[name]
        pending = backlog.pending_live(0, limit) if live else backlog.pending(limit)
        rows = [row.outbox_sequence for row in pending]
        assert rows == sorted(rows)
        assert not set(rows) & (self.sent[name] | self.dead[name])
        for row in pending:
            assert row.raw == raw_record(self.rows.get(row.outbox_sequence, wire.decode(row.raw).sequence))
            self.delivered[name].add(wire.decode(row.raw).sequence)
        dead = [DeadLetter(rows.pop(), "", "refused")] if refuse and rows else []
        backlog.settle(rows, dead, self.now_ms)
        self.sent[name] |= set(rows)
        self.dead[name] |= {letter.outbox_sequence for letter in dead}

    @rule(share=st.floats(0, 1), name=st.sampled_from(DESTINATIONS))
    def hear_watermark(self, share, name):
        backlog = self.backlogs[name]
        settled = self.sent[name] | self.dead[name]
        highest = next(
            (n for n in range(backlog.last_row() + 1) if n + 1 in self.rows and n + 1 not in settled), 0
        )
        committed, known = int(highest * share), backlog.committed()
        backlog.heard(committed, self.now_ms)
        if known is not None and committed < known:
            self.sent[name] = {row for row in self.sent[name] if row <= committed}

    @rule(last=st.integers(1, NEWEST))
    def give_up(self, last):
        if last >= self.opened.outbox.wanted_from(501, 77):
            self.opened.outbox.give_up(501, 77, last, "overwritten", self.now_ms)
            self.given_up |= set(range(1, last + 1)) - self.stored

    @rule(days=st.sampled_from([-400, -1, 1, 3, 30]))
    def the_clock_steps(self, days):
        self.now_ms = max(0, self.now_ms + days * DAY_MS)

    @rule()
    def remove_sent(self):
        self.opened.backlog.delete_sent(self.now_ms)
        present = set(self.opened.held())
        for row in self.rows.keys() - present:
            assert self.rotten or all(row in self.sent[name] | self.dead[name] for name in DESTINATIONS)
            del self.rows[row]

    @rule()
    def restart(self):
        self.adopt(self.opened.restarted())

    @rule()
    def crash(self):
        self.crashes += 1
        self.adopt(self.opened.crashed(self.folder / str(self.crashes)))

    @rule(which=st.floats(0, 0.99), where=st.floats(0.01, 0.99), log=st.booleans(), running=st.booleans())
    def rot(self, which, where, log, running):
        files = [*self.opened.paths(), *(self.opened.directory / "outbox").glob("0*-wal")] if log else None
        files = sorted(files or self.opened.paths())
        if not files:
            return
        self.rotten = True
        if running:
            rot(files[int(which * len(files))], where)
        else:
            self.opened.file.close()
            path = files[int(which * len(files))]
            if path.exists():
                rot(path, where)
            self.adopt(Opened(self.opened.directory))
        self.look_at_everything()

    def look_at_everything(self):
        """Rot is found by reading; what it took from the outbox is wanted of the logger, unless all have it."""
        present = self.opened.held()
        assert len(set(present.values())) <= NEWEST
        held = set(present.values())
        wanted = set(self.opened.outbox.wanted(501, 77, NEWEST, NEWEST))
        for sequence in self.stored - held - wanted - self.opened_given_up():
            assert all(sequence in self.delivered[name] for name in DESTINATIONS)
        self.rows = present
        self.given_up = self.opened_given_up()
        self.stored = set(range(1, NEWEST + 1)) - wanted - self.given_up

    def opened_given_up(self) -> set[int]:
        given_up = self.opened.file.segments.holdings.ring(501, 77).given_up
        return {n for first, last in given_up for n in range(first, last + 1)}

    @invariant()
    def every_destination_waits_for_exactly_what_it_lacks(self):
        if self.rotten:  # SQLite's cache may have hidden it until now
            self.look_at_everything()
        for name, backlog in self.backlogs.items():
            unsent = [row.outbox_sequence for row in backlog.pending(999)]
            assert unsent == sorted(self.rows.keys() - self.sent[name] - self.dead[name])
            assert backlog.unsent() == len(unsent)

    @invariant()
    def wants_exactly_what_is_missing(self):
        missing = [n for n in range(1, NEWEST + 1) if n not in self.stored and n not in self.given_up]
        assert self.opened.outbox.wanted(501, 77, NEWEST, 99) == missing

    def teardown(self):
        try:
            self.opened.file.close()
        finally:
            shutil.rmtree(self.folder)


def limit_pages(segment: Segment, grown: int) -> None:
    database = segment._db
    ((pages,),) = database.rows("PRAGMA page_count")
    database.rows(f"PRAGMA max_page_count = {pages + grown}")


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


@pytest.mark.soak
def test_thousands_of_stories():
    long = settings(max_examples=3000, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(OutboxMachine, settings=long)
