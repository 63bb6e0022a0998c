"""Derived readings: made of what stands in the store, equal for every order of arrival and in a replay."""

import csv
import itertools
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.engine import Engine
from collector.raw_lines import RawRow, RawValue
from collector.replay import iso_time, run
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from seepline.reading import Quality
from seepline.site import Threshold
from seepline.site_derived import Derived
from seepline.site_file import read_site
from seepline.wire import status as bits
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, Chain

HEAD = Derived(
    point="P1",
    quantity="piezometric_elevation",
    formula="piezometric_elevation",
    version=1,
    inputs={"pressure": "P1/pore_pressure"},
    parameters={"tip_elevation_m": 10.0, "density_kg_m3": 1000.0},
)
TREND = Derived(
    point="P1",
    quantity="level_trend",
    formula="trend",
    version=2,
    inputs={"value": "P1/piezometric_elevation"},
    parameters={"window_s": 2700.0},
)
BOTH = Derived(  # needs two loggers: a drives, b's barometer is taken at the time or near it
    point="BARO",
    quantity="pore_pressure_residual",
    formula="expression",
    version=1,
    inputs={"u": "P1/pore_pressure", "air": "BARO/barometric_pressure"},
    parameters={"text": "u - 0.5 * (air - 101.3 [kPa])"},
)
WATER_KN_M3 = 9.80665


@pytest.fixture
def derived_chain(dam, tmp_path):
    made = Chain(replace(dam, derived=(TREND, HEAD, BOTH)), tmp_path)
    yield made
    made.close()


def newest(chain, point, quantity):
    return chain.reader.latest().get((point, quantity))


def test_a_derived_reading_names_its_formula_and_its_inputs(derived_chain, rows):
    derived_chain.take(rows.barometer(0), rows.piezometer(0))
    head = newest(derived_chain, "P1", "piezometric_elevation")
    assert head.value == pytest.approx(10.0 + derived_chain.pressure().value / WATER_KN_M3)
    assert (head.calibration, head.inputs, head.instrument) == (
        "piezometric_elevation:1",
        (f"P1/pore_pressure@{T0_MS}",),
        "",
    )
    assert (head.quality, head.judged) == (Quality.NOT_EVALUATED, True)  # as its input


def test_what_is_made_of_derived_readings_follows_in_the_same_entry(derived_chain, rows):
    for scan, hertz in enumerate((2900.0, 2890.0, 2880.0)):
        derived_chain.take(rows.barometer(scan), rows.piezometer(scan, hertz))
    trend = newest(derived_chain, "P1", "level_trend")
    assert trend.value > 0
    assert trend.inputs == (f"P1/piezometric_elevation@{T0_MS}..{T0_MS + 2 * SCAN_MS} (3)",)
    first = derived_chain.reader.series("P1", "level_trend", T0_MS, T0_MS + 1)[0]
    assert (first.value, first.quality) == (None, Quality.NOT_EVALUATED)
    assert "fault" not in derived_chain.kinds()  # nothing to tell yet is no fault


def test_a_derived_value_has_limits_and_raises_its_level(dam, rows, tmp_path):
    limit = Threshold(
        set="s1", point="P1", quantity="piezometric_elevation", direction="above",
        yellow=15.0, orange=18.0, red=20.0, deadband=0.1, delay_count=1,
    )  # fmt: skip
    chain = Chain(replace(dam, derived=(HEAD,), thresholds=(limit,)), tmp_path)
    chain.take(rows.barometer(0), rows.piezometer(0, RED))
    assert (newest(chain, "P1", "piezometric_elevation").level, chain.kinds()) == (3, ["level"])
    chain.close()


def test_it_waits_for_another_loggers_reading_and_comes_in_one_version(derived_chain, rows):
    derived_chain.take(rows.barometer(0), rows.piezometer(0))
    derived_chain.take(rows.piezometer(1))
    assert newest(derived_chain, "BARO", "pore_pressure_residual").time_ms == T0_MS
    derived_chain.take(rows.barometer(1))
    made = newest(derived_chain, "BARO", "pore_pressure_residual")
    assert (made.time_ms, made.version, made.inputs[1]) == (
        T0_MS + SCAN_MS, 1, f"BARO/barometric_pressure@{T0_MS + SCAN_MS}",
    )  # fmt: skip


def test_without_its_input_it_is_withheld_and_says_which(derived_chain, rows):
    derived_chain.take(rows.piezometer(0))
    derived_chain.pass_time(T0_MS + 2 * SCAN_MS)
    head = newest(derived_chain, "P1", "piezometric_elevation")
    assert (head.value, head.judged, head.quality) == (None, False, Quality.MISSING)
    assert head.reasons == ("pressure P1/pore_pressure has no value",)
    both = newest(derived_chain, "BARO", "pore_pressure_residual")
    assert "air BARO/barometric_pressure has no reading" in both.reasons[0]
    derived_chain.take(rows.barometer(0))
    assert newest(derived_chain, "P1", "piezometric_elevation").value is not None
    assert newest(derived_chain, "BARO", "pore_pressure_residual").version == 2


def test_a_better_input_makes_a_new_version_of_everything_behind_it(derived_chain, rows):
    derived_chain.take(rows.barometer(0, 2000.0), rows.barometer(2, 2050.0), rows.piezometer(1))
    before = newest(derived_chain, "P1", "piezometric_elevation")
    derived_chain.take(rows.barometer(1, 2100.0))
    after = newest(derived_chain, "P1", "piezometric_elevation")
    assert (before.version, after.version) == (1, 2)
    assert before.value != after.value


def test_a_declaration_counts_from_its_date_on(dam, rows, tmp_path):
    raised = replace(
        HEAD, version=2, valid_from_ms=T0_MS + SCAN_MS, parameters={**HEAD.parameters, "tip_elevation_m": 11.0}
    )
    chain = Chain(replace(dam, derived=(raised, HEAD)), tmp_path)
    chain.take(rows.barometer(0), rows.piezometer(0), rows.barometer(1), rows.piezometer(1))
    labels = [one.calibration for _, one in chain.reader.readings_after(0, 99) if one.quantity == HEAD.quantity]
    assert labels == ["piezometric_elevation:1", "piezometric_elevation:2"]
    chain.close()


def test_dry_is_an_upper_bound_of_the_head_too(derived_chain, rows):
    derived_chain.take(rows.barometer(0), rows.piezometer(0, 2960.0))
    head = newest(derived_chain, "P1", "piezometric_elevation")
    assert (derived_chain.pressure().bound, head.bound) == ("at_most", "at_most")
    assert "at most this value" in head.reasons


def test_a_kill_and_a_replay_of_the_journal_give_the_same_store(derived_chain, rows, tmp_path):
    derived_chain.take(rows.piezometer(0, RED), rows.piezometer(1, CALM))
    derived_chain.close()
    derived_chain.open()
    derived_chain.pass_time(T0_MS + 4 * SCAN_MS)
    derived_chain.take(rows.barometer(1), rows.barometer(0, 2000.0))
    again = StoreWriter(tmp_path / "again.sqlite")
    engine = Engine(derived_chain.site, derived_chain.journal, again)
    while engine.judge(1000):
        pass
    replayed = StoreReader(tmp_path / "again.sqlite")
    assert len(replayed.latest()) == 6
    assert replayed.latest() == derived_chain.reader.latest()
    assert replayed.events() == derived_chain.reader.events()
    again.close()


def content(chain):
    """Everything of the current readings that does not tell when they came."""
    with chain.reader.connected() as connection:
        rows = [dict(row) for row in connection.execute("SELECT * FROM readings WHERE current = 1")]
    arrival = ("id", "version", "late", "arrived_ms")
    return {
        (row["point"], row["quantity"], row["time_ms"]): {key: row[key] for key in row if key not in arrival}
        for row in rows
    }


def result(site, batches):
    with TemporaryDirectory() as folder:
        chain = Chain(site, Path(folder))
        for number, batch in enumerate(batches):
            chain.take(*batch, at_ms=T0_MS + (7 + number * 3) * SCAN_MS)
            chain.pass_time(chain.now_ms + 1)
        chain.pass_time(T0_MS + 100 * SCAN_MS)
        found = content(chain)
        chain.close()
    return found


def drawn_rows(data):
    made = []
    for scan in range(data.draw(st.integers(1, 6))):
        row = RawRow(
            line=1, logger="a", block=0, time_ms=T0_MS + scan * SCAN_MS, values=(), ring=7, boot=1, seq=scan, tq=2
        )
        if data.draw(st.booleans()):
            hertz = data.draw(st.sampled_from([2900.0, 2870.0, 2960.0, None]))
            values = (RawValue("f", hertz, 0 if hertz else bits.NO_SIGNAL), RawValue("t", 3000.0, 0))
            made.append(replace(row, values=values))
        if data.draw(st.booleans()):
            off_ms = data.draw(st.sampled_from([0, 0, 300_000, -800_000]))
            values = (RawValue("baro", data.draw(st.sampled_from([2100.0, 2000.0, None])), 0),)
            made.append(replace(row, logger="b", time_ms=row.time_ms + off_ms, values=values))
    times = [(row.logger, row.time_ms) for row in made]
    return [row for place, row in enumerate(made) if times.index(times[place]) == place]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_derived_readings_are_equal_for_every_order_of_arrival_and_in_a_replay(data):
    dam = read_site(Path(__file__).with_name("dam.toml"))
    site = replace(dam, derived=(TREND, HEAD, BOTH))
    made = drawn_rows(data)
    order = data.draw(st.permutations(made))
    cuts = data.draw(st.lists(st.integers(0, len(made)), max_size=4).map(sorted))
    batches = [batch for a, b in itertools.pairwise([0, *cuts, len(order)]) if (batch := order[a:b])]
    found = result(site, batches)
    assert found == result(site, [made] if made else [])
    assert {key: row["value"] for key, row in found.items()} == replayed(site, made)


def replayed(site, made):
    with TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw.csv", Path(folder) / "out.csv"
        with raw.open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(["time", "logger", "channel", "value"])
            for row in made:
                for one in row.values:
                    value = "" if one.value is None else repr(one.value)
                    lines.writerow([iso_time(row.time_ms), row.logger, one.channel, value])
        run(site, raw, out, None)
        with out.open(newline="") as file:
            read = list(csv.DictReader(file))
    times = {iso_time(row.time_ms): row.time_ms for row in made}
    return {
        (one["point"], one["quantity"], times[one["time"]]): float(one["value"]) if one["value"] else None
        for one in read
    }
