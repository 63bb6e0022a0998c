"""The engine: values wait for their inputs, are equal for every order of arrival, and no event comes twice."""

import itertools
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.engine import Engine
from collector.journal import Batch
from collector.raw_lines import RawRow, RawValue
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.reading import Quality
from seepline.site_commissioning import Baseline
from seepline.site_file import read_site
from seepline.wire import status as bits
from seepline.wire.event import EVENT_BLOCK
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, YELLOW, Chain


def test_pressure_is_made_of_both_loggers_readings_and_names_them(chain, rows):
    chain.take(rows.barometer(0), rows.piezometer(0))
    found = chain.pressure()
    assert found.value == pytest.approx(10.49, abs=0.005)
    assert found.inputs == ("a:7:1", "a:7:1", "b:7:1")
    assert (found.calibration, found.version, found.limit_red) == ("vw:1", 1, 80.0)


def test_a_value_waits_for_the_other_logger_and_comes_in_one_version(chain, rows):
    chain.take(rows.piezometer(0))
    assert chain.pressure() is None
    chain.take(rows.barometer(0))
    assert chain.pressure().version == 1
    assert chain.pressure().quality is Quality.NOT_EVALUATED


def test_after_two_scans_the_value_is_withheld_and_made_when_the_input_comes(chain, rows):
    chain.take(rows.piezometer(0))
    chain.pass_time(T0_MS + 2 * SCAN_MS - 1)
    assert chain.pressure() is None
    chain.pass_time(T0_MS + 2 * SCAN_MS)
    assert (chain.pressure().quality, chain.pressure().value) == (Quality.MISSING, None)
    assert "barometer" in chain.pressure().reasons[0]
    chain.take(rows.barometer(0))
    assert chain.pressure().value is not None
    assert chain.pressure().version == 2


def test_a_scan_that_brought_nothing_ends_the_waiting_and_is_bridged(chain, rows):
    chain.take(rows.barometer(0))
    chain.take(rows.piezometer(1))
    assert chain.pressure() is None
    chain.take(rows.row("b", 1, (RawValue("baro", None, bits.MISSING),)))
    assert chain.pressure().value is not None
    assert chain.pressure().inputs[2] == "b:7:1"


def test_a_nearer_input_makes_a_new_version_and_the_old_one_is_kept(chain, rows):
    chain.take(rows.barometer(0, 2000.0), rows.barometer(2, 2050.0), rows.piezometer(1))
    before = chain.pressure()
    chain.take(rows.barometer(1, 2100.0))
    after = chain.pressure()
    assert (before.version, before.inputs[2], after.version, after.inputs[2]) == (1, "b:7:1", 2, "b:7:2")
    kept = chain.store._connection.execute(
        "SELECT version, current FROM readings WHERE point = 'P1' AND quantity = 'pore_pressure' ORDER BY version"
    ).fetchall()
    assert kept == [(1, 0), (2, 1)]


def test_levels_climb_once_each_and_are_there_after_a_restart(chain, rows):
    for scan, hertz in enumerate((CALM, YELLOW, RED, RED)):
        chain.take(rows.barometer(scan), rows.piezometer(scan, hertz), at_ms=T0_MS + scan * SCAN_MS)
    levels = [(one.level_from, one.level_to) for one in reversed(chain.reader.events()) if one.kind == "level"]
    assert levels == [(0, 1), (1, 3)]
    events = chain.reader.events()
    chain.close()
    chain.open()
    assert chain.engine.judge(100) == 1  # nothing but that a collector began to listen
    assert chain.reader.events() == events
    assert [one.level for one in chain.reader.alarms()] == [3]


def test_a_kill_between_two_entries_makes_no_event_twice(chain, rows, monkeypatch):
    batch = [rows.barometer(0), rows.piezometer(0, RED), rows.barometer(1), rows.piezometer(1, RED)]
    chain.journal.append(Batch(arrival_ms=T0_MS + SCAN_MS, writer="gw1", rows=batch))

    def dies(name, number):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(chain.store, "keep_mark", dies)
        with pytest.raises(KeyboardInterrupt):
            chain.engine.judge(9)
    assert chain.reader.events() == []
    assert chain.reader.latest() == {}
    chain.close()
    chain.open()
    chain.judge()
    assert chain.kinds() == ["level"]


def test_a_point_in_commissioning_is_stored_and_raises_no_level_until_its_baseline_is_accepted(
    dam, rows, tmp_path
):
    new = tuple(replace(one, commissioning=one.id == "P1") for one in dam.points)
    word = Baseline(point="P1", valid_from_ms=T0_MS + SCAN_MS, accepted_by="N. Nazarov", source="report 7")
    chain = Chain(replace(dam, points=new, baselines=(word,)), tmp_path)
    chain.take(rows.barometer(0), rows.piezometer(0, RED))
    stored = chain.pressure()
    assert (stored.value, stored.limit_red, chain.kinds()) == (pytest.approx(118.2, abs=0.05), None, [])
    chain.take(rows.barometer(1), rows.piezometer(1, RED))
    assert chain.pressure().limit_red == 80.0
    assert "level" in chain.kinds()
    chain.close()


def test_a_gauge_without_signal_raises_its_own_alarm_and_keeps_its_level(chain, rows):
    chain.take(rows.barometer(0), rows.piezometer(0, RED))
    dead = (RawValue("f", None, bits.NO_SIGNAL), RawValue("t", 3000.0, 0))
    chain.take(rows.barometer(1), rows.row("a", 1, dead, 2))
    assert chain.kinds() == ["level", "fault"]
    assert (chain.pressure().quality, chain.pressure().judged) == (Quality.FAIL, False)
    assert [one.level for one in chain.reader.alarms()] == [3]


def test_late_readings_warn_on_the_side_and_lower_nothing(chain, rows):
    chain.take(rows.barometer(5), rows.piezometer(5, CALM))
    chain.take(rows.barometer(3), rows.piezometer(3, RED))
    assert chain.kinds() == ["late"]
    assert [one.level for one in chain.reader.alarms()] == [0]
    (late,) = chain.reader.series("P1", "pore_pressure", T0_MS, T0_MS + 4 * SCAN_MS)
    assert late.level == 3


def test_silence_is_told_once_with_its_time_and_so_is_its_end(chain, rows):
    chain.take(rows.piezometer(0), rows.barometer(0))
    chain.pass_time(T0_MS + 3_600_000)
    assert [one.silent_since_ms for one in chain.reader.loggers()] == [None, None, None]
    for late_s in (1, 2, 3):
        chain.pass_time(T0_MS + 3_600_000 + late_s * 1000)
    told = [one for one in chain.reader.events() if one.kind == "silence"]
    assert sorted(one.logger for one in told) == ["a", "b", "c"]
    assert {one.time_ms for one in told} == {T0_MS}
    assert "2016-01-01 08:00:00 UTC" in told[0].text
    chain.take(rows.piezometer(5), at_ms=T0_MS + 5 * SCAN_MS)
    heard = {one.logger: one for one in chain.reader.loggers()}
    assert (heard["a"].silent_since_ms, heard["a"].last_ms) == (None, T0_MS + 5 * SCAN_MS)
    assert (heard["b"].silent_since_ms, heard["c"].last_ms) == (T0_MS, None)
    assert chain.kinds().count("silence_end") == 1


def test_backfilled_old_readings_do_not_end_a_silence(chain, rows):
    chain.pass_time(T0_MS + 3_601_000)
    chain.take(rows.piezometer(-50), rows.barometer(-50))
    assert "silence_end" not in chain.kinds()


def test_a_collector_that_was_off_gives_its_loggers_time_before_it_calls_them_silent(chain, rows):
    chain.take(rows.piezometer(0), rows.barometer(0))
    chain.close()
    chain.now_ms = T0_MS + 86_400_000
    chain.open()
    chain.pass_time(chain.now_ms + 3_600_000)
    assert chain.kinds() == []
    chain.pass_time(chain.now_ms + 1000)
    assert sorted(chain.kinds()) == ["silence"] * 3


def test_conflicts_are_events_with_the_channel_and_the_record(chain, rows):
    chain.take(rows.barometer(0, 2100.0), rows.barometer(0, 2200.0))
    assert sorted(chain.kinds()) == ["conflict", "identity_conflict"]
    assert any("b/baro" in one.text for one in chain.reader.events())


def test_what_a_logger_says_of_itself_is_an_event_and_no_sign_of_a_reading(chain, rows):
    chain.take(rows.barometer(0), rows.piezometer(0))
    values = (RawValue("boot.boot_count", 3.0, 0), RawValue("boot.detail", 3.0, 0))
    said = replace(rows.row("a", 1, values, seq=99), block=EVENT_BLOCK)
    chain.take(said)
    chain.take(said)
    told = [event for event in chain.reader.events() if event.kind == "logger"]
    assert [event.text for event in told] == [
        "Logger a: boot (boot count 3, detail 3) at 2016-01-01 08:15:00 UTC."
    ]
    silence_ms = chain.site.logger_by_id["a"].silence_s * 1000
    chain.pass_time(T0_MS + silence_ms + 1000)
    assert "silence" in chain.kinds()


def test_a_record_without_a_channel_that_was_due_is_accounted_for(chain, rows):
    chain.take(rows.row("a", 0, ()))
    assert chain.kinds() == []
    assert chain.journal.counts()["raw_records"] == 1


def test_a_replay_of_the_same_journal_gives_the_same_store(chain, dam, rows, tmp_path):
    chain.take(rows.piezometer(0, RED), rows.piezometer(1, CALM))
    chain.pass_time(T0_MS + 2 * SCAN_MS)
    chain.take(rows.barometer(1), rows.barometer(0, 2000.0))
    chain.pass_time(T0_MS + 9 * SCAN_MS)
    again = StoreWriter(tmp_path / "again.sqlite")
    engine = Engine(dam, chain.journal, again)
    while engine.judge(1000):
        pass
    replayed = StoreReader(tmp_path / "again.sqlite")
    assert replayed.events() == chain.reader.events()
    assert replayed.latest() == chain.reader.latest()
    assert replayed.alarms() == chain.reader.alarms()
    again.close()


def test_a_lost_journal_that_gateways_fill_again_changes_nothing_in_the_store(chain, rows):
    sent = [row for scan in range(3) for row in (rows.barometer(scan), rows.piezometer(scan, RED))]
    chain.take(*sent)
    before = chain.reader.readings_after(0, 99), chain.reader.events()
    chain.close()
    for part in chain.folder.glob("journal.sqlite*"):
        part.unlink()
    chain.open()
    chain.take(*sent)
    assert (chain.reader.readings_after(0, 99), chain.reader.events()) == before


def _content(reader: StoreReader):
    """Everything of the current readings that does not tell when they came."""
    content = {}
    with reader.connected() as connection:
        for row in connection.execute("SELECT * FROM readings WHERE current = 1"):
            fields = dict(row)
            for arrival in ("id", "version", "late", "arrived_ms"):
                del fields[arrival]
            content[(row["point"], row["quantity"], row["time_ms"])] = fields
    return content


def _result(site, batches):
    with TemporaryDirectory() as folder:
        chain = Chain(site, Path(folder))
        for number, batch in enumerate(batches):
            chain.take(*batch, at_ms=T0_MS + (7 + number * 3) * SCAN_MS)
            chain.pass_time(chain.now_ms + 1)
        chain.pass_time(T0_MS + 100 * SCAN_MS)
        content = _content(chain.reader)
        chain.close()
    return content


_HERTZ = st.sampled_from([2900.0, 2900.05, 2870.0, 2700.0])
_KIND = st.sampled_from(["piezometer", "barometer", "no signal", "other time"])


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_stores_content_is_equal_for_every_order_of_arrival(data):
    dam = read_site(Path(__file__).with_name("dam.toml"))
    made = _rows(data)
    order = data.draw(st.permutations(made))
    cuts = data.draw(st.lists(st.integers(0, len(made)), max_size=4).map(sorted))
    batches = [order[a:b] for a, b in itertools.pairwise([0, *cuts, len(order)])]
    assert _result(dam, batches) == _result(dam, [made])


def _rows(data):
    made = []
    for scan in range(data.draw(st.integers(1, 7))):
        kinds = data.draw(st.sets(_KIND, min_size=1))
        time_ms = T0_MS + scan * SCAN_MS
        row = RawRow(line=1, logger="a", block=0, time_ms=time_ms, values=(), ring=7, boot=1, seq=scan, tq=2)
        if "piezometer" in kinds:
            hertz = None if "no signal" in kinds else data.draw(_HERTZ)
            status = bits.NO_SIGNAL if hertz is None else 0
            made.append(replace(row, values=(RawValue("f", hertz, status), RawValue("t", 3000.0, 0))))
        if "barometer" in kinds:
            off_ms = data.draw(st.integers(-1_000_000, 1_000_000)) if "other time" in kinds else 0
            values = (RawValue("baro", data.draw(st.sampled_from([2100.0, 2100.5, 2000.0, None])), 0),)
            made.append(replace(row, logger="b", time_ms=time_ms + off_ms, values=values))
    times = [(row.logger, row.time_ms) for row in made]
    return [row for place, row in enumerate(made) if times.index(times[place]) == place]
