"""Flags of engineering values: equal for every order of arrival, made again when others come, never muting."""

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.raw_lines import RawRow, RawValue
from collector.replay import readings
from collector.replay_table import RawTable
from seepline.quality import TESTS
from seepline.reading import Quality
from seepline.site_file import parse_site
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, Chain
from tests.collector.test_engine import _content
from tests.collector.tested_dam import rule, text, with_every_test

HEALTHY = {"amplitude": 1.0, "snr": 30.0, "decay": 0.5, "agreement": 0.01}


def row(logger, scan, values, block=0, off_ms=0):
    found = tuple(RawValue(name, value, 0) for name, value in values.items())
    at_ms = T0_MS + scan * SCAN_MS + off_ms
    return RawRow(
        line=1, logger=logger, block=block, time_ms=at_ms, values=found, ring=7, boot=1, seq=scan + 1, tq=2
    )


def wire(scan, hertz=CALM, ohm=3000.0, **beside):
    return row("a", scan, {"f": hertz, "t": ohm, **HEALTHY, **beside})


def beside(scan, hertz=CALM):
    return row("c", scan, {"f2": hertz, "t2": 3000.0}, block=1)


def air(scan, millivolt=2100.0, off_ms=0):
    return row("b", scan, {"baro": millivolt}, off_ms=off_ms)


def one_test(name, folder, **changed):
    return Chain(parse_site(text(()) + rule(name, **changed)), folder)


def qualities(chain):
    series = chain.reader.series("P1", "pore_pressure", 0, T0_MS + 10**10)
    return [Quality(one.quality).name for one in series]


def reasons(chain, scan):
    with chain.reader.connected() as connection:
        sql = "SELECT reasons FROM readings WHERE point = 'P1' AND quantity = 'pore_pressure' AND time_ms = ?"
        return connection.execute(sql + " AND current = 1", (T0_MS + scan * SCAN_MS,)).fetchone()[0]


@pytest.fixture
def spiked(tmp_path):
    chain = one_test("spike", tmp_path)
    yield chain
    chain.close()


def test_the_newest_reading_says_that_its_spike_test_waits_and_the_next_one_decides(tmp_path):
    spiked = one_test("spike", tmp_path, method="differential")
    spiked.take(air(0), wire(0), air(1), wire(1, 2905.0))
    assert "yet" in reasons(spiked, 1)
    spiked.take(air(2), wire(2, 2896.0))
    assert "yet" not in reasons(spiked, 1)
    spiked.take(air(3), wire(3, RED))
    spiked.take(air(4), wire(4, 2901.0))
    assert ["spike" in reasons(spiked, scan) for scan in (0, 1, 3, 4)] == [True, False, True, True]
    assert [one == "FAIL" for one in qualities(spiked)] == [False, False, False, True, False]
    spiked.close()


def test_a_late_reading_between_two_others_takes_a_spike_away_again(spiked):
    spiked.take(air(0), wire(0), air(2), wire(2, 2840.0), air(3), wire(3, 2841.0))
    assert qualities(spiked) == ["NOT_EVALUATED", "SUSPECT", "NOT_EVALUATED"]
    spiked.take(air(1), wire(1, 2839.0))
    assert "spike" not in reasons(spiked, 2)
    assert qualities(spiked)[2] == "NOT_EVALUATED"  # its thermistor declares no stuck_after


def test_no_flag_of_the_series_mutes_an_alarm_or_raises_one_again(spiked):
    spiked.take(air(0), wire(0), air(1), wire(1, RED), air(2), wire(2, CALM))
    kinds = spiked.kinds()
    assert [kind for kind in kinds if kind in ("level", "returned")] == ["level", "returned"]
    assert qualities(spiked)[1] == "FAIL"
    spiked.take(air(3), wire(3, CALM))
    assert spiked.kinds() == kinds
    assert [one.level for one in spiked.reader.alarms()] == [3]  # until an engineer has assessed it


def test_a_diagnostic_that_comes_after_its_scan_flags_it(tmp_path):
    chain = one_test("vw_amplitude", tmp_path)
    chain.take(air(0), row("a", 0, {"f": CALM, "t": 3000.0}))
    assert "vw_amplitude: this scan has no value" in reasons(chain, 0)
    chain.take(row("a", 0, {"amplitude": 0.001}))
    assert "vw_amplitude: 0.001 mV" in reasons(chain, 0)
    assert qualities(chain) == ["FAIL"]
    chain.close()


def test_a_clock_that_went_back_is_suspect_whichever_record_came_first(tmp_path):
    for number, order in enumerate(itertools.permutations((0, 1))):
        folder = tmp_path / str(number)
        folder.mkdir()
        chain = one_test("time_order", folder)
        first, second = wire(1), row("a", 5, {"f": CALM, "t": 3000.0}, off_ms=-5 * SCAN_MS)
        chain.take(air(0), air(1))
        for place in order:
            chain.take((first, second)[place], at_ms=T0_MS + 9 * SCAN_MS)
        assert "record 2 is dated after record 6" in reasons(chain, 1)
        chain.close()


def test_a_changed_parameter_is_a_new_entry_and_the_past_keeps_its_own(tmp_path):
    later = rule("range", "2016-01-01T08:15:00Z", suspect_max=8.0)
    chain = Chain(parse_site(text(()) + rule("range") + later), tmp_path)
    chain.take(air(0), wire(0), air(1), wire(1))
    assert ["range" in reasons(chain, scan) for scan in (0, 1)] == [False, True]
    chain.close()


def test_a_makers_sentinel_excludes_and_raises_the_instruments_own_alarm(tmp_path):
    site = text(()).replace("stuck_after = 3", 'stuck_after = 3\nsentinels = "campbell"', 1)
    chain = Chain(parse_site(site), tmp_path)
    chain.take(air(0), wire(0), air(1), wire(1, -9_999_999.0))
    stored = chain.pressure()
    assert (stored.value, stored.quality, stored.judged) == (None, Quality.FAIL, False)
    assert "campbell's word for: no signal" in stored.reasons[0]
    assert "fault" in chain.kinds()
    chain.close()


_HERTZ = st.sampled_from([CALM, 2900.05, 2880.0, 2820.0, RED, 700.0])


@st.composite
def scans(draw):
    """Rows of up to six scans of three loggers, with gaps, spikes, weak wires and a clock that went back."""
    made = []
    for scan in range(draw(st.integers(2, 6))):
        if draw(st.booleans()):
            weak = {"amplitude": draw(st.sampled_from([1.0, 0.05, 0.001, None]))}
            made.append(wire(scan, draw(_HERTZ), draw(st.sampled_from([3000.0, 150000.0])), **weak))
        if draw(st.booleans()):
            made.append(beside(scan, draw(_HERTZ)))
        if draw(st.booleans()):
            made.append(
                air(scan, draw(st.sampled_from([2100.0, 2050.0, 2000.0])), draw(st.sampled_from([0, 60_000])))
            )
    if made and draw(st.booleans()):
        made.append(row("a", 9, {"f": draw(_HERTZ), "t": 3000.0}, off_ms=-10 * SCAN_MS))
    return made


def stored(site, batches):
    with TemporaryDirectory() as folder:
        chain = Chain(site, Path(folder))
        for number, batch in enumerate(batches):
            if batch:
                chain.take(*batch, at_ms=T0_MS + (70 + number) * SCAN_MS)
        chain.pass_time(T0_MS + 100 * SCAN_MS)
        content = _content(chain.reader)
        chain.close()
    return content


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_with_every_test_on_the_stores_content_is_equal_for_every_order_of_arrival(data):
    site, made = with_every_test(), data.draw(scans())
    order = data.draw(st.permutations(made))
    cut = data.draw(st.integers(0, len(made)))
    assert stored(site, [order[:cut], order[cut:]]) == stored(site, [[one] for one in made])


@settings(max_examples=15, deadline=None)
@given(made=scans())
def test_with_every_test_on_the_store_holds_what_a_replay_makes(made):
    site = with_every_test("time_order")  # a CSV has no sequence numbers
    live = {key: (one["value"], one["quality"], one["reasons"]) for key, one in stored(site, [made[::-1]]).items()}
    with TemporaryDirectory() as folder, RawTable(Path(folder)) as table:
        rows = (
            (f"{one.logger}/{value.channel}", one.time_ms, value.value) for one in made for value in one.values
        )
        table.fill(rows, Path("raw.csv"))
        replayed = {(one.point, one.quantity, one.time_ms): one for one in readings(site, table)}
    assert live.keys() == replayed.keys()
    for key, one in replayed.items():
        assert live[key][:2] == (one.value, one.quality), (key, live[key], one)


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_daily_test_of_the_air_is_equal_for_every_order_of_arrival(data):
    """Twelve scans before midnight are fitted, three after it flagged; the gauge does not answer as accepted."""
    site = parse_site(text(()) + rule("barometric_response", period_s=10_800, readings=6))
    millivolts = [2100.0 + 7 * n % 13 + (n % 2) * 5 for n in range(15)]
    made = [one for n, mv in enumerate(millivolts) for one in (air(52 + n, mv), wire(52 + n, CALM + n % 3))]
    cut = data.draw(st.integers(0, len(made)))
    order = data.draw(st.permutations(made))
    found = stored(site, [order[:cut], order[cut:]])
    assert found == stored(site, [[one] for one in made])
    said = [one["reasons"] for (point, quantity, _), one in sorted(found.items()) if quantity == "pore_pressure"]
    assert ["from the accepted 0.9" in one for one in said[12:]] == [True] * 3
    assert all("do not tell it" in one for one in said[:12])


def test_every_test_can_be_asked_for():
    assert {one.test for one in with_every_test().quality_rules} == set(TESTS)
