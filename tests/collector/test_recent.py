"""What is held in memory answers as the tables behind it do, whatever came in which order."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector import recent
from collector.engine import Engine
from collector.journal import Batch, Journal
from collector.raw_lines import RawRow, RawValue
from collector.reading_table import ReadingTable
from collector.recent import Windows
from collector.store import StoredReading
from collector.store_writing import StoreWriter
from seepline.reading import Quality
from tests.collector.chain import SCAN_MS, T0_MS, Chain
from tests.collector.conftest import Rows
from tests.collector.tested_dam import with_every_test

KEY = ("P1", "pore_pressure")


class Item(NamedTuple):
    time_ms: int
    value: float | None


class Table:
    """The items of one series, all of them."""

    def __init__(self):
        self.by_time = {}

    def newest(self, _name, count):
        return [self.by_time[at] for at in sorted(self.by_time)][-count:]

    def nearest(self, time_ms, max_age_ms):
        exact = self.by_time.get(time_ms)
        if exact is not None and (exact.value is not None or not max_age_ms):
            return exact
        near = [one for one in self.by_time.values() if abs(one.time_ms - time_ms) <= max_age_ms]
        valued = sorted(one for one in near if one.value is not None)
        return min(valued, key=lambda one: abs(one.time_ms - time_ms), default=exact)


ITEMS = st.lists(st.tuples(st.integers(0, 30), st.none() | st.just(1.0), st.booleans()), max_size=30)


@given(items=ITEMS, at=st.integers(-2, 32), reach=st.integers(0, 12), count=st.integers(1, 12))
@example(items=[(n, 1.0, n == 20) for n in range(25)], at=20, reach=12, count=12)
def test_a_window_answers_as_the_whole_series_would(items, at, reach, count):
    table = Table()
    windows = Windows(table.newest)
    for time_ms, value, asked in items:
        table.by_time[time_ms] = Item(time_ms, value)
        if asked:
            windows.of("s")
        if "s" in windows.by_name:
            windows.by_name["s"].put(Item(time_ms, value))
    every = [table.by_time[time_ms] for time_ms in sorted(table.by_time)]
    if (window := windows.reaching("s", at - reach)) is not None:
        assert window.between(at - reach, at) == [one for one in every if at - reach <= one.time_ms <= at]
        assert window.times_between(at - reach, at) == [one.time_ms for one in window.between(at - reach, at)]
        assert window.nearest(at, reach) == table.nearest(at, reach)
        assert window.after(at, count) == tuple(one for one in every if one.time_ms > at)[:count]
    if (window := windows.holding("s", at, count)) is not None:
        assert window.before(at, count) == tuple(one for one in every if one.time_ms < at)[::-1][:count]


def test_what_is_held_is_bounded(monkeypatch):
    monkeypatch.setattr(recent, "MOST_WINDOWS", 3)
    table = Table()
    windows = Windows(table.newest)
    for number in range(9):
        windows.of(number)
    assert list(windows.by_name) == [6, 7, 8]
    window = windows.of("s")
    for time_ms in range(1000):
        window.put(Item(time_ms, 1.0))
    assert recent.FIRST_ITEMS <= len(window.items) < 2 * recent.FIRST_ITEMS
    assert window.from_ms == window.times[0]


def a_reading(time_ms, value, reasons=()):
    return StoredReading(
        point="P1", instrument="vw", quantity="pore_pressure", time_ms=time_ms, version=0, value=value,
        quality=Quality.GOOD, judged=value is not None, level=0, limit_yellow=None, limit_orange=None,
        limit_red=None, threshold_set="", calibration="vw:1", bound="", late=False, inputs=(), reasons=reasons,
        arrived_ms=0,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with closing(StoreWriter(tmp_path / "store.sqlite")) as opened:
        yield opened


PUT = st.tuples(st.integers(0, 20), st.none() | st.sampled_from([1.0, 2.0, -0.0]))


@settings(max_examples=30, deadline=None)
@given(puts=st.lists(PUT, max_size=25), cut=st.integers(0, 25), at=st.integers(0, 20), reach=st.integers(0, 9))
def test_the_stores_look_ups_are_those_of_its_table(tmp_path_factory, puts, cut, at, reach):
    with closing(StoreWriter(tmp_path_factory.mktemp("store") / "store.sqlite")) as store:
        for part in (puts[:cut], puts[cut:]):
            with store.transaction():
                for time_ms, value in part:
                    store.put(a_reading(time_ms, value), store.current(*KEY, time_ms))
                    store.readings.nearest(KEY, at, reach)
        table = ReadingTable(store._connection)
        assert store.readings.nearest(KEY, at, reach) == table.nearest(KEY, at, reach)
        assert store.readings.window(KEY, at - reach, at) == table.window(KEY, at - reach, at)
        assert store.readings.times(KEY, at - reach, at) == table.times(KEY, at - reach, at)
        assert store.readings.is_known(KEY, at) == bool(table.times(KEY, at, at))


def test_what_others_write_through_the_connection_is_seen(store):
    with store.transaction():
        store.put(a_reading(1, 5.0), None)
        store.readings.times(KEY, 0, 9)
    store._connection.execute("UPDATE readings SET current = 0")
    with store.transaction():
        assert store.current(*KEY, 1) is None


def test_a_transaction_that_fails_leaves_nothing_in_memory(store):
    def fails():
        with store.transaction():
            store.readings.times(KEY, 0, 9)
            store.put(a_reading(1, 5.0), None)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert store.readings.times(KEY, 0, 9) == []
    with store.transaction():
        store.put(a_reading(2, 6.0), None)
    assert store.readings.times(KEY, 0, 9) == [2]


ROW = RawRow(line=1, logger="a", block=0, time_ms=0, values=(), ring=7, boot=1, seq=0, tq=2)
VALUE = st.builds(
    RawValue, st.sampled_from("fgt"), st.none() | st.sampled_from([1.0, 2.0]), st.sampled_from([0, 1])
)
VALUES = st.lists(VALUE, max_size=3, unique_by=lambda one: one.channel).map(tuple)
AHEAD_MS = 10**9
ROWS = st.lists(
    st.builds(
        lambda logger, at, values, ring, seq: replace(
            ROW, logger=logger, time_ms=at, values=values, ring=ring, seq=None if ring is None else seq
        ),
        st.sampled_from("ab"),
        st.sampled_from([None, 0, 1, 2, 3, AHEAD_MS]),
        VALUES,
        st.sampled_from([None, 7, 8]),
        st.integers(0, 3),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None)
@given(rows=ROWS, at=st.integers(1, 12))
def test_rows_written_in_one_batch_are_those_written_one_by_one(tmp_path_factory, rows, at):
    folder = tmp_path_factory.mktemp("journal")
    found = []
    for name, batches in (("many", [rows]), ("cut", [rows[:at], rows[at:]]), ("each", [[row] for row in rows])):
        with closing(Journal(folder / f"{name}.sqlite")) as journal:
            for batch in batches:
                journal.append(Batch(arrival_ms=5, writer="gw1", rows=batch))
            found.append((journal.entries_after(0, 99), journal.counts()))
    assert found[0] == found[1] == found[2]


def test_a_batch_that_could_not_be_committed_is_forgotten(tmp_path):
    row = replace(ROW, seq=1, values=(RawValue("f", 1.0, 0),))
    with closing(Journal(tmp_path / "journal.sqlite")) as journal:
        with pytest.raises(sqlite3.Error):
            journal.append(Batch(arrival_ms=5, writer="gw1", rows=[row, replace(row, seq=2, boot=object())]))
        journal.append(Batch(arrival_ms=5, writer="gw1", rows=[row]))
        assert journal.counts() == {"journal_rows": 1, "raw_records": 1, "duplicates": 0, "conflicts": 0}


def everything(store):
    tables = ("readings", "events", "states", "own_flags")
    return {table: store._connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


SCAN = st.fixed_dictionaries(
    {}, optional={"f": st.sampled_from([2900.0, 2870.0, 2700.0, None]), "baro": st.sampled_from([2100.0, 2000.0])}
)


@settings(max_examples=15, deadline=None)
@given(scans=st.lists(SCAN, min_size=1, max_size=14), data=st.data())
def test_what_was_judged_live_with_restarts_is_what_a_replay_judges_at_once(tmp_path_factory, scans, data):
    site, folder, rows = with_every_test(), tmp_path_factory.mktemp("live"), Rows()
    sent = [rows.piezometer(n, one["f"]) for n, one in enumerate(scans) if "f" in one]
    sent += [rows.barometer(n, one["baro"]) for n, one in enumerate(scans) if "baro" in one]
    live = Chain(site, folder)
    for row in data.draw(st.permutations(sent)):
        live.take(row, at_ms=T0_MS + 20 * SCAN_MS)
        if data.draw(st.booleans()):
            live.close()
            live.open()
    live.pass_time(T0_MS + 40 * SCAN_MS)
    with closing(StoreWriter(folder / "again.sqlite")) as again:
        engine = Engine(site, live.journal, again)
        while engine.judge(1000):
            pass
        assert everything(again) == everything(live.store)
    live.close()
