"""A gauge's answer to the air accepted: tested from the signature on, a factor only if chosen so."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from collector.air import AirResponses
from collector.store_writing import StoreWriter
from collector.web.tables import air_rows
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.acts.errors import BadBody, NotEntitled
from seepline.convert import calibration_at
from seepline.instruments.terms import barometric_kpa
from tests.acts import Persons
from tests.collector.chain import SCAN_MS, T0_MS

PERSONS = Persons()
DAY_MS = 86_400_000
BODY = {
    "point": "P1",
    "barometer": "BARO",
    "response_kpa_per_kpa": 0.6,
    "tolerance_kpa_per_kpa": 0.1,
    "fitted_from_ms": T0_MS - 20 * DAY_MS,
    "fitted_to_ms": T0_MS - DAY_MS,
    "pairs": 1000,
    "use_as_factor": True,
    "reason": "quiet December",
}


def accept(chain, person="responsible_engineer", **changed):
    signed = PERSONS.act(person, "barometric_factor", {**BODY, **changed}, chain.now_ms)
    accepted = checked(signed, PERSONS.policy(), chain.site, chain.now_ms)
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()
    return accepted.id


def pressures(chain):
    rows = chain.reader.series("P1", "pore_pressure", T0_MS, T0_MS + 9 * SCAN_MS)
    return [one.value for one in rows]


def take(chain, rows, *scans, millivolt=2300.0):
    for scan in scans:
        chain.take(rows.barometer(scan, millivolt), rows.piezometer(scan))


def test_a_factor_counts_from_its_signature_on_under_a_sheet_of_its_own(chain, rows):
    take(chain, rows, 0)
    before = chain.pressure()
    chain.now_ms = T0_MS + SCAN_MS // 2
    act = accept(chain)
    take(chain, rows, 1)
    after = chain.pressure()
    term = calibration_at(chain.site, _instrument(chain), T0_MS).barometric
    full = barometric_kpa(term, _air(chain))
    share = full / (barometric_kpa(term, 0.0) - barometric_kpa(term, 1.0)) * 0.6
    assert after.value - before.value == pytest.approx(share - full, abs=1e-9)
    assert after.calibration != before.calibration
    assert f".air-{act[:12]}" in after.calibration
    assert chain.reader.series("P1", "pore_pressure", T0_MS, T0_MS + 1)[0].value == before.value
    (event,) = [one for one in chain.reader.events() if one.kind == "air"]
    assert (
        "0.600 kPa per kPa, give or take 0.1; tested from 2016-01-01 08:07:30 UTC on, corrects by it" in event.text
    )


def _instrument(chain):
    return chain.site.assignments_by_point["P1"][0].instrument


def _air(chain):
    return chain.reader.latest()[("BARO", "barometric_pressure")].value


def test_without_the_choice_nothing_is_corrected_and_the_test_is_there(chain, rows):
    take(chain, rows, 0)
    accept(chain, use_as_factor=False)
    take(chain, rows, 1)
    first, second = pressures(chain)
    assert first == second
    assert "barometric_response: " in "; ".join(chain.pressure().reasons)


def test_the_act_and_readings_in_any_order_and_a_restart_give_the_same(chain, rows, tmp_path):
    chain.now_ms = T0_MS + SCAN_MS - 1000
    signed = PERSONS.act("responsible_engineer", "barometric_factor", BODY, chain.now_ms)
    accepted = checked(signed, PERSONS.policy(), chain.site, chain.now_ms)
    take(chain, rows, 0, 1, 2)  # the act comes late: a link was down
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()
    late = pressures(chain)
    assert late[0] != late[1] == late[2]
    chain.close()
    chain.open()
    take(chain, rows, 3)
    assert pressures(chain)[3] == late[2]
    chain.close()
    (chain.folder / "store.sqlite").unlink()
    chain.store = StoreWriter(chain.folder / "store.sqlite")
    chain.open()
    chain.judge()
    assert pressures(chain)[:3] == late


def test_what_does_not_fit_is_refused_with_everything(chain):
    with pytest.raises(NotEntitled):
        accept(chain, "operator")
    with pytest.raises(BadBody) as refused:
        accept(
            chain, point="P9", barometer="P1", response_kpa_per_kpa=1.5, tolerance_kpa_per_kpa=0.0,
            fitted_from_ms=T0_MS, pairs=1, reason="",
        )  # fmt: skip
    assert [one.partition(":")[0] for one in refused.value.problems] == [
        "point", "barometer", "response_kpa_per_kpa", "tolerance_kpa_per_kpa", "fitted_to_ms", "pairs", "reason",
        "use_as_factor",
    ]  # fmt: skip


def test_the_page_lists_what_was_accepted_with_its_date(chain, rows):
    accept(chain)
    zone = ZoneInfo("UTC")
    (row,) = air_rows(chain.site, chain.reader.air_responses(), chain.now_ms + 1, zone)
    assert (row.point, row.barometer, row.share, row.taken_off) == ("P1", "BARO", "0.600 ± 0.1", "0.600")
    assert row.accepted_by == "The responsible_engineer"
    assert air_rows(chain.site, chain.reader.air_responses(), T0_MS - 1, zone) == ()


def test_a_later_decision_replaces_an_earlier_one(chain):
    accept(chain)
    chain.now_ms += DAY_MS
    accept(chain, response_kpa_per_kpa=0.8)
    made = AirResponses(chain.site)
    made.load(chain.store)
    site = made.judged_site()
    sheets = [calibration_at(site, _instrument(chain), T0_MS + off_ms) for off_ms in (-1, 1, DAY_MS + 1)]
    shares = [barometric_kpa(one.barometric, 0.0) - barometric_kpa(one.barometric, 1.0) for one in sheets]
    assert shares[1:] == pytest.approx([0.6, 0.8])
    assert replace(site, calibrations=(), quality_rules=()) == replace(
        chain.site, calibrations=(), quality_rules=()
    )


def test_who_takes_the_choice_back_gets_the_sheet_s_own_term_back(chain, rows):
    take(chain, rows, 0)
    before = chain.pressure().value
    chain.now_ms = T0_MS + SCAN_MS - 1000
    accept(chain)
    take(chain, rows, 1)
    corrected = chain.pressure().value
    chain.now_ms = T0_MS + 2 * SCAN_MS - 1000
    accept(chain, use_as_factor=False, reason="the quiet period was none")
    take(chain, rows, 2)
    assert pressures(chain) == [before, corrected, before]
    texts = [one.text for one in chain.reader.events() if one.kind == "air"]
    assert sorted("corrects by it" in one for one in texts) == [False, True]
