"""History made again: what a fresh store would hold, whatever comes or ends meanwhile; no alarm raised again."""

import itertools
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.engine import Engine
from collector.journal_entries import Kind
from collector.recompute.evidence import Evidence
from collector.recompute.order import steps
from collector.recompute.runs import Run
from collector.recompute.seen import sentences
from collector.recompute.work import Recompute
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.site import Assignment
from seepline.site_file import parse_site
from seepline.site_geometry import Elevation
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, YELLOW, Chain
from tests.collector.test_derived import BOTH, HEAD, TREND, content
from tests.collector.test_series_flags import scans
from tests.collector.tested_dam import rule, text

EVER_MS = -(2**60)
ASKED = Run(number=0, id="x", person="anna", reason="sheet 2", points="", from_ms=EVER_MS, asked_ms=T0_MS)


class History(Chain):
    """A chain whose history can be made again, by another site than it was judged by."""

    def reopen(self, site):
        self.close()
        self.site = site
        self.open()
        self.judge()

    def open(self):
        super().open()
        self.evidence = Evidence(self.folder / "journal.sqlite")
        self.recompute = Recompute(self.engine, self.evidence, self.store)

    def close(self):
        self.evidence.close()
        super().close()

    def ask(self, **about):
        with self.store.transaction():
            self.store.recomputes.ask(replace(ASKED, **about))

    def turn(self, readings=200):
        return self.recompute.advance(self.now_ms, readings)

    def make_again(self, **about):
        self.ask(**about)
        while self.turn():
            pass
        return self.store.recomputes.all()[0]

    def counts(self, run=1):
        return {(one.point, one.quantity): one for one in self.store.recomputes.counts(run)}

    def fresh(self):
        """Return what a store holds that judges the whole journal by the present site."""
        with TemporaryDirectory() as folder, closing(StoreWriter(Path(folder) / "store.sqlite")) as store:
            engine = Engine(self.site, self.journal, store)
            while engine.judge(1000):
                pass
            self.reader, kept = StoreReader(Path(folder) / "store.sqlite"), self.reader
            found = content(self)
            self.reader = kept
        return found


@pytest.fixture
def history(dam, tmp_path):
    made = History(dam, tmp_path)
    yield made
    made.close()


def with_sheet(site, **coefficients):
    sheets = tuple(
        replace(one, version=2, coefficients={**one.coefficients, **coefficients}) if one.id == "vw" else one
        for one in site.calibrations
    )
    return replace(site, calibrations=sheets)


def versions(chain, time_ms=T0_MS, quantity="pore_pressure"):
    sql = "SELECT version, current, value, calibration FROM readings WHERE quantity = ? AND time_ms = ? ORDER BY 1"
    return chain.store._connection.execute(sql, (quantity, time_ms)).fetchall()


def test_a_corrected_sheet_makes_history_again_and_the_old_values_stay_as_superseded(history, rows):
    history.take(*(one for n in range(4) for one in (rows.barometer(n), rows.piezometer(n))))
    old = history.pressure().value
    history.reopen(with_sheet(history.site, C=848.53))
    assert history.pressure().value == old
    run = history.make_again()
    assert [row[:2] + row[3:] for row in versions(history)] == [(1, 0, "vw:1"), (2, 1, "vw:2")]
    assert [row[2] for row in versions(history)] == [old, pytest.approx(old + 20.0)]
    count = history.counts()["P1", "pore_pressure"]
    assert (count.compared, count.changed, count.differences) == (4, 4, 4)
    assert count.difference_sum / 4 == pytest.approx(20.0)
    assert (run.ended_ms, run.step) == (history.now_ms, run.steps)
    assert content(history) == history.fresh()


def test_a_corrected_survey_makes_the_formulas_that_name_it_again(dam, rows, tmp_path):
    def surveyed(elevation_m):
        ground = Elevation(kind="ground", of="P1", elevation_m=elevation_m, valid_from_ms=0, source="survey")
        return replace(dam, elevations=(ground,), derived=(head,))

    head = replace(HEAD, parameters={**HEAD.parameters, "tip_elevation_m": "@ground/P1"})
    history = History(surveyed(10.0), tmp_path)
    history.take(rows.barometer(0), rows.piezometer(0))
    history.reopen(surveyed(10.5))
    history.make_again()
    (count,) = [one for one in history.counts().values() if one.changed]
    assert (count.quantity, count.most) == ("piezometric_elevation", pytest.approx(0.5))
    assert content(history) == history.fresh()
    history.close()


def test_everybody_is_told_that_history_did_not_follow_a_changed_site_until_it_has(history, rows):
    history.take(rows.barometer(0), rows.piezometer(0))
    history.turn()
    assert sentences(history.reader) == []
    history.reopen(with_sheet(history.site, C=868.53))
    history.turn()
    (said,) = sentences(history.reader)
    assert "made by another site file than those before" in said
    history.ask()
    assert "History is being made again" in sentences(history.reader)[1]
    while history.turn():
        pass
    assert sentences(history.reader) == []
    history.reopen(history.site)
    history.turn()
    assert sentences(history.reader) == []


def test_what_stays_the_same_gets_no_new_version(history, rows):
    history.take(rows.barometer(0), rows.piezometer(0))
    before = history.reader.readings_after(0, 99)
    history.make_again()
    assert history.reader.readings_after(0, 99) == before
    assert {one.changed + one.flagged + one.made + one.withdrawn for one in history.counts().values()} == {0}


def test_no_alarm_is_raised_again_and_the_levels_that_would_have_differed_are_counted(history, rows):
    for scan, hertz in enumerate((CALM, YELLOW, RED, CALM)):
        history.take(rows.barometer(scan), rows.piezometer(scan, hertz))
    events, alarms = history.reader.events(), history.reader.alarms()
    history.reopen(with_sheet(history.site, C=868.53))
    history.make_again()
    assert (history.reader.events(), history.reader.alarms()) == (events, alarms)
    levels = [(one.level_from, one.level_to, one.readings) for one in history.store.recomputes.levels(1)]
    assert sorted(levels) == [(0, 1, 2), (1, 3, 1)]
    history.take(rows.barometer(4), rows.piezometer(4))
    assert history.pressure().level == 1  # the next reading is judged by the new sheet
    assert [one.level for one in history.reader.alarms()] == [3]  # the red stands until somebody assesses it


def test_a_corrected_assignment_takes_the_readings_from_one_point_and_gives_them_to_another(history, rows):
    history.take(*(one for n in range(4) for one in (rows.barometer(n), rows.piezometer(n))))
    p2 = replace(history.site.point_by_id["P1"], id="P2")
    site, since_ms = replace(history.site, points=(*history.site.points, p2)), T0_MS + 2 * SCAN_MS
    moved = [replace(one, valid_to_ms=since_ms) if one.point == "P1" else one for one in site.assignments]
    there = replace(site.assignments[0], point="P2", valid_from_ms=since_ms)
    history.reopen(replace(site, assignments=(*moved, there)))
    history.make_again()
    found = content(history)
    assert found == history.fresh()
    assert ("P2", "pore_pressure", T0_MS + 3 * SCAN_MS) in found
    assert ("P1", "pore_pressure", T0_MS + 3 * SCAN_MS) not in found
    assert versions(history, T0_MS + 3 * SCAN_MS)[0][:2] == (0, 0)
    history.reopen(site)  # and back: what was withdrawn is made again, in a version of its own
    history.make_again(id="back")
    assert content(history) == history.fresh()


def test_one_point_is_made_again_with_all_that_hangs_on_it_and_nothing_else(dam, rows, tmp_path):
    site = parse_site(text(("neighbour",)))
    site = replace(site, derived=(TREND, HEAD, BOTH))
    assert {one.series for one in steps(site, ["P2"])} == {
        ("", "c/f2"), ("P2", "pore_pressure"), ("P2", "temperature"), ("", "a/f"), ("P1", "pore_pressure"),
        ("P1", "piezometric_elevation"), ("P1", "level_trend"), ("BARO", "pore_pressure_residual"),
    }  # fmt: skip
    assert len(steps(site, ["BARO"])) == len(steps(site)) - 0


def test_a_value_without_its_raw_reading_at_hand_is_left_as_it_is(history, rows):
    history.take(rows.barometer(0), rows.piezometer(0))
    found = content(history)
    history.close()
    for part in ("", "-wal", "-shm"):
        (history.folder / f"journal.sqlite{part}").unlink(missing_ok=True)
    history.open()  # a journal that was damaged was set aside, and a new one begun
    history.make_again()
    assert content(history) == found


def test_what_was_not_made_of_raw_readings_is_not_withdrawn(history, rows):
    history.take(rows.barometer(0), rows.piezometer(0))
    by_hand = replace(
        history.pressure(), instrument="", quantity="water_level", calibration="hand:1", time_ms=T0_MS
    )
    other = replace(by_hand, quantity="pore_pressure", time_ms=T0_MS + 5)
    with history.store.transaction():
        for one in (by_hand, other):
            history.store.put(one, None)
    found = content(history)
    history.make_again()
    assert content(history) == found


def test_another_site_while_it_runs_begins_it_anew(history, rows):
    history.take(*(one for n in range(6) for one in (rows.barometer(n), rows.piezometer(n))))
    history.reopen(with_sheet(history.site, C=838.53))
    history.ask()
    for _ in range(3):
        history.turn(2)
    history.reopen(with_sheet(history.site, C=848.53))
    while history.turn(2):
        pass
    assert content(history) == history.fresh()
    assert history.counts()["P1", "pore_pressure"].compared == 6


def test_without_room_for_a_second_version_of_everything_nothing_is_begun(history, rows, monkeypatch):
    history.take(rows.barometer(0), rows.piezometer(0))
    history.reopen(with_sheet(history.site, C=838.53))
    monkeypatch.setattr(history.evidence, "free_bytes", lambda: 1000)
    assert "room" in history.make_again().what
    assert versions(history)[0][:2] == (1, 1)


def test_a_turn_that_dies_changes_nothing_and_is_done_again(history, rows, monkeypatch):
    history.take(rows.barometer(0), rows.piezometer(0))
    history.reopen(with_sheet(history.site, C=838.53))
    history.ask()

    def dies(run, count):
        raise KeyboardInterrupt

    before = content(history)
    with monkeypatch.context() as patched:
        patched.setattr(history.store.recomputes, "add", dies)
        with pytest.raises(KeyboardInterrupt):
            history.turn()
    assert content(history) == before
    history.reopen(history.site)
    while history.turn():
        pass
    assert content(history) == history.fresh()


# --- every order of turns, live readings, restarts ---------------------------------------------------------------

_TESTS = (
    "",
    rule("spike") + rule("neighbour"),
    rule("spike", suspect=5.0) + rule("hampel") + rule("vw_amplitude"),
    rule("neighbour", suspect=1.0) + rule("time_order") + rule("range"),
)
_STEEPER = replace(HEAD, version=2, parameters={**HEAD.parameters, "density_kg_m3": 1100.0})
_LATER = replace(_STEEPER, valid_from_ms=T0_MS + 2 * SCAN_MS)
_DERIVED = ((TREND, HEAD, BOTH), (TREND, _STEEPER, BOTH), (_LATER, TREND, HEAD, BOTH), (_LATER, TREND, BOTH))


@st.composite
def sites(draw):
    """The tested dam with another sheet, other tests, formulas and assignments."""
    site = parse_site(text(()) + draw(st.sampled_from(_TESTS)))
    site = with_sheet(site, C=draw(st.sampled_from([828.53, 830.0, 848.53])))
    site = replace(site, derived=draw(st.sampled_from(_DERIVED)))
    return replace(site, assignments=draw(st.sampled_from(list(_assignments(site.assignments)))))


def _assignments(given: tuple[Assignment, ...]):
    since_ms = T0_MS + 2 * SCAN_MS
    p1, baro, p2 = given
    yield given
    yield replace(p1, inputs={"frequency": "c/f2", "thermistor": "c/t2"}), baro, replace(p2, inputs=p1.inputs)
    yield replace(p1, valid_from_ms=since_ms), baro, replace(p2, valid_to_ms=since_ms)
    yield (
        replace(p1, valid_to_ms=since_ms),
        baro,
        p2,
        replace(p1, valid_from_ms=since_ms, inputs={"frequency": "a/f", "thermistor": "c/t2"}),
    )


def turned_silently(chain, readings):
    told = chain.reader.events(), chain.reader.alarms()
    more = chain.turn(readings)
    assert (chain.reader.events(), chain.reader.alarms()) == told
    return more


def make_again_meanwhile(data):
    """Judge, edit the site, make again in turns of any size between live readings, ticks and restarts; compare."""
    before, after = data.draw(sites()), data.draw(sites())
    made = data.draw(scans())
    order = data.draw(st.permutations(made))
    cut = data.draw(st.integers(0, len(made)))
    with TemporaryDirectory() as folder:
        chain = History(before, Path(folder))
        for number, one in enumerate(order[:cut]):
            chain.take(one, at_ms=T0_MS + (70 + number) * SCAN_MS)
        chain.reopen(after)
        chain.ask()
        live, place = order[cut:], itertools.count(100)
        while turned_silently(chain, data.draw(st.integers(1, 4))) or live:
            what = data.draw(st.sampled_from(["live", "tick", "restart", "turn", "turn"]))
            if what == "live" and live:
                chain.take(live.pop(), at_ms=T0_MS + next(place) * SCAN_MS)
            elif what == "tick":
                chain.pass_time(chain.now_ms + SCAN_MS)
            elif what == "restart":
                chain.reopen(after)
        chain.journal.tick(Kind.TICK, T0_MS + 1000 * SCAN_MS)  # also where only a replay still waits
        chain.judge()
        assert content(chain) == chain.fresh()
        chain.close()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_store_is_that_of_a_fresh_one_whatever_comes_while_history_is_made_again(data):
    make_again_meanwhile(data)


@pytest.mark.soak
@settings(max_examples=2000, deadline=None)
@given(data=st.data())
def test_the_same_with_many_more_histories(data):
    make_again_meanwhile(data)
