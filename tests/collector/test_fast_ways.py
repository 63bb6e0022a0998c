"""Every short way of the collector against the long one: whatever comes in whatever order, both leave the same.

The long way asks SQL for everything, one row and one entry at a time, remembers nothing and explains everything.
"""

import sqlite3
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.affected import Affected
from collector.derived import Derivations
from collector.journal import Batch
from collector.journal_rows import RowWriter
from collector.raw_lines import RawRow, RawValue
from collector.raw_table import RawTable
from collector.reading_table import _EXACT, ReadingTable, RecentReadings
from collector.store_pending import Pending
from seepline.site import Site
from seepline.site_derived import Derived
from seepline.wire import status as bits
from tests.collector import tested_dam
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, YELLOW, Chain
from tests.collector.test_derived import BOTH, HEAD, TREND

GRADIENT = Derived(
    point="P2",
    quantity="hydraulic_gradient",
    formula="hydraulic_gradient",
    version=1,
    inputs={"lower": "P1/piezometric_elevation", "upper": "P2/piezometric_elevation"},
    parameters={"length_m": 5.0},
)
SECOND = replace(HEAD, point="P2", inputs={"pressure": "P2/pore_pressure"})
FIELDS = {"a": ("f", "t", "amplitude"), "b": ("baro",), "c": ("f2", "t2", "baro")}
VALUES = {
    "f": (CALM, CALM + 0.3, YELLOW, RED, 1.0, None),
    "t": (3000.0, 3010.0, 1e6, None),
    "amplitude": (2.0, 0.001),
    "baro": (2100.0, 2101.0, 0.0, None),
    "f2": (CALM, YELLOW, 2899.0),
    "t2": (3000.0, None),
}
STATUSES = st.sampled_from((0, 0, 0, 0, 0, bits.MISSING, 1 << 1, 1 << 5, 1 << 9))


@st.composite
def rows(draw) -> RawRow:
    logger = draw(st.sampled_from("aaabbc"))
    scan, off_ms = draw(st.integers(0, 11)), draw(st.sampled_from((0, 0, 0, 0, 60_000, -60_000)))
    fields = draw(st.lists(st.sampled_from(FIELDS[logger]), min_size=1, unique=True))
    values = []
    for field in sorted(fields):
        value = draw(st.sampled_from(VALUES[field]))
        values.append(RawValue(field, value, draw(STATUSES) if value is not None else bits.MISSING))
    seq = draw(st.sampled_from((scan, scan, scan + 20, None)))
    return RawRow(
        line=1, logger=logger, block=0, time_ms=T0_MS + scan * SCAN_MS + off_ms, values=tuple(values),
        ring=None if seq is None else 7, boot=1, seq=seq, tq=2,
    )  # fmt: skip


STEPS = st.lists(
    st.one_of(st.lists(rows(), min_size=1, max_size=8), st.just("tick"), st.just("restart")),
    min_size=3,
    max_size=14,
)


@pytest.fixture(scope="module")
def site() -> Site:
    return replace(tested_dam.with_every_test("time_order"), derived=(HEAD, TREND, BOTH, SECOND, GRADIENT))


class AskedReadings(RecentReadings):
    """The table of readings without memory."""

    is_newest = staticmethod(lambda *_about: False)
    note = staticmethod(lambda *_about: None)
    nearest, window, times = ReadingTable.nearest, ReadingTable.window, ReadingTable.times

    def is_known(self, key, time_ms):
        return bool(self._ask(_EXACT, key, time_ms))

    def between(self, key, from_ms, to_ms):
        return ReadingTable.window(self, key, from_ms - 1, to_ms)


def _evaluated(affected, target):
    for known in (affected._referred, affected._plain, affected._site.worked_out):
        known.clear()
    return affected._explained(*target)


def _followed(table, _after_line, line, _current):
    table.up_to_line = line


@contextmanager
def long_way():
    take, hold, keep = RowWriter._take, Pending.reading, Pending.own_flags

    def taken(writer, *about):
        made = take(writer, *about)
        writer._flush()
        writer._newest_ms.clear()
        writer._newest_seq.clear()
        return made

    def held(pending, *about, **more):
        hold(pending, *about, **more)
        pending._flush()

    def kept(pending, values):
        keep(pending, values)
        pending._flush()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Affected, "evaluate", _evaluated)
        patched.setattr(Derivations, "evaluate", Derivations._explained)
        patched.setattr(RawTable, "follow", _followed)
        patched.setattr("collector.store_writing.RecentReadings", AskedReadings)
        patched.setattr(RowWriter, "_take", taken)
        patched.setattr(Pending, "reading", held)
        patched.setattr(Pending, "own_flags", kept)
        yield


def played(site: Site, steps, at_once: int) -> dict[str, list]:
    """Return every table that some steps leave, judged so many entries at a time."""
    with tempfile.TemporaryDirectory() as folder:
        chain = Chain(site, Path(folder))

        def judge():
            while chain.engine.judge(at_once):
                pass

        for number, step in enumerate(steps):
            chain.now_ms = T0_MS + 11 * SCAN_MS + number * SCAN_MS
            if step == "restart":
                chain.close()
                chain.open()
            elif step == "tick":
                chain.engine.tick(chain.now_ms)
            else:
                chain.journal.append(Batch(arrival_ms=chain.now_ms, writer="gw1", rows=step))
            judge()
        chain.close()
        return {name: _tables(Path(folder) / f"{name}.sqlite") for name in ("journal", "store")}


def _tables(path: Path) -> list:
    connection = sqlite3.connect(path)
    names = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    left_out = ("birth", "marks")  # a journal's own name
    found = [
        (name, sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))))
        for name in names
        if name not in left_out
    ]
    connection.close()
    return found


def _is_same(site: Site, steps) -> bool:
    short = played(site, steps, 500)
    with long_way():
        return played(site, steps, 1) == short


@settings(max_examples=15, deadline=None)
@given(steps=STEPS)
def test_the_short_ways_leave_what_the_long_one_leaves(site, steps):
    assert _is_same(site, steps)


@pytest.mark.soak
@settings(max_examples=1000, deadline=None)
@given(steps=STEPS)
def test_they_do_for_many_more(site, steps):
    assert _is_same(site, steps)
