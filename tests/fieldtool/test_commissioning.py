"""The steps of commissioning as pure functions: each passes when all is right, each failure names its cause."""

from dataclasses import replace

import pytest

from fieldtool import commissioning, water
from fieldtool.gauge import gauge_at
from fieldtool.immersion import Depth, immersion
from fieldtool.limits import LIMITS, MEMORY, OWN
from fieldtool.stability import stability
from fieldtool.verdicts import FAIL, NOTED, PASS
from seepline.wire import status
from tests.fieldtool.conftest import NOW_MS, STATION_KPA, at_rest, digits_at, other_sheet, reading


def keys(outcome):
    return [cause.key for cause in outcome.causes]


def test_the_serial_number_may_be_spaced_and_written_large_or_small(gauge):
    assert commissioning.serial(gauge, "a101").verdict == PASS
    assert keys(commissioning.serial(gauge, "A103")) == ["serial"]


def test_another_gauge_of_the_site_is_named_by_its_serial(gauge):
    outcome = commissioning.serial(gauge, "A102")
    assert (outcome.verdict, outcome.causes[0].text) == (FAIL, "serial_elsewhere|vw-2")


def test_the_cable_is_held_to_the_site_file_or_noted_when_it_has_none(gauge, site):
    assert commissioning.cable(gauge, 104.0).verdict == PASS
    assert keys(commissioning.cable(gauge, 106.0)) == ["cable_length"]
    undeclared = commissioning.cable(gauge_at(site, "P2", NOW_MS), 55.0)
    assert (undeclared.verdict, keys(undeclared)) == (NOTED, ["cable_undeclared"])


@pytest.mark.parametrize(
    ("ohm", "cable_m", "cause"),
    [(180.0, 0.0, None), (189.7, 100.0, None), (12.0, 100.0, "short"), (9e6, 100.0, "open"), (230.0, 0.0, "coil")],
)
def test_the_coil_is_judged_with_its_cable(ohm, cable_m, cause):
    outcome = commissioning.coil(ohm, cable_m)
    assert keys(outcome) == ([cause] if cause else [])


def test_a_maker_s_figure_goes_before_ours_and_is_recorded_as_stated():
    assert commissioning.coil(150.0, 0.0).verdict == FAIL
    outcome = commissioning.coil(150.0, 0.0, coil_ohm=150.0)
    assert outcome.verdict == PASS
    assert {one["source"] for one in outcome.limits if one["name"] == "coil_ohm"} == {"stated by the operator"}


def test_insulation_is_held_to_a_limit_that_says_it_is_from_memory():
    outcome = commissioning.insulation(5.0)
    assert keys(outcome) == ["insulation"]
    assert outcome.limits[0]["source"].startswith(MEMORY)
    assert commissioning.insulation(5.0, least_megohm=2.0).verdict == PASS


def test_every_limit_names_its_source_and_the_issue_s_fifty_digits_is_the_maker_s():
    assert LIMITS["zero_digits"].value == 50.0
    assert LIMITS["zero_digits"].is_sourced
    assert all(row.source for row in LIMITS.values())
    assert not LIMITS["stable_digits"].is_sourced
    assert LIMITS["stable_digits"].source.startswith(OWN)


def test_a_gauge_is_at_rest_after_a_quarter_of_an_hour_and_not_before(gauge):
    quiet = at_rest(8900.0)
    assert stability(gauge, quiet).is_stable
    assert stability(gauge, quiet[:15]).why.key == "restless_time"
    assert stability(gauge, [quiet[0], quiet[10], quiet[20]]).why.key == "restless_few"
    assert stability(gauge, [*quiet[:-1], reading(8907.0, 1200)]).why.key == "restless_spread"
    assert stability(gauge, [*quiet[:-1], reading(8900.0, 1200, ohm=3600.0)]).why.key == "restless_degc"
    assert stability(gauge, []).why.key == "restless_none"


def test_readings_of_another_boot_do_not_count_for_rest(gauge):
    restarted = [replace(one, boot=2) if one.uptime_s > 900 else one for one in at_rest(8900.0)]
    assert stability(gauge, restarted).why.key == "restless_time"


def test_a_field_zero_on_a_mountain_is_compared_at_its_own_pressure(gauge):
    """21.3 kPa less air than at the maker's: 173 digits, more than the limit, yet nothing is wrong."""
    outcome = commissioning.zero(gauge, at_rest(digits_at(gauge, 0.0)), STATION_KPA)
    assert outcome.verdict == PASS
    assert abs(outcome.values["difference_digits"]) < 1
    assert outcome.values["zero_read_digits"] - outcome.values["zero_sheet_digits"] == pytest.approx(173.0, abs=1)
    assert outcome.values["temperature_degc"] == pytest.approx(20.0, abs=0.01)  # the cable's ohms taken off


@pytest.mark.parametrize(("off", "verdict"), [(49.0, PASS), (-49.0, PASS), (51.5, FAIL), (-51.5, FAIL)])
def test_fifty_digits_is_the_limit_of_the_zero(gauge, off, verdict):
    outcome = commissioning.zero(gauge, at_rest(digits_at(gauge, 0.0) + off), STATION_KPA)
    assert outcome.verdict == verdict


def test_a_pressure_reduced_to_sea_level_is_found_out(gauge):
    outcome = commissioning.zero(gauge, at_rest(digits_at(gauge, 0.0)), 101.5)
    assert outcome.causes[0].text == "sea_level|80.0"


def test_a_zero_that_fits_another_sheet_names_it(gauge, site):
    other = gauge_at(site, "P2", NOW_MS)
    outcome = commissioning.zero(gauge, at_rest(digits_at(other, 0.0)), STATION_KPA)
    assert outcome.verdict == FAIL
    assert "other_sheet|vw-2" in [cause.text for cause in outcome.causes]


def test_a_zero_without_rest_or_pressure_or_signal_is_none(gauge):
    right = digits_at(gauge, 0.0)
    assert keys(commissioning.zero(gauge, at_rest(right), None)) == ["no_pressure"]
    assert keys(commissioning.zero(gauge, at_rest(right)[:5], STATION_KPA)) == ["restless_time"]
    dead = [reading(right, 60 * n, status=status.NO_SIGNAL) for n in range(21)]
    assert keys(commissioning.zero(gauge, dead, STATION_KPA)) == ["no_signal", "status"]


def in_water(gauge, depth_m, of=None, density=998.2, lag_kpa=0.0):
    """Return rest at a depth; `of` is the gauge that really hangs there, `lag_kpa` what trapped air holds."""
    kpa = water.pressure_kpa(depth_m, density) - lag_kpa
    return Depth(depth_m, at_rest(digits_at(of or gauge, kpa)), STATION_KPA)


def test_two_depths_prove_factor_sign_and_unit(gauge):
    outcome = immersion(gauge, in_water(gauge, 1.0), in_water(gauge, 4.0))
    assert outcome.verdict == PASS, outcome.causes
    assert outcome.values["ratio"] == pytest.approx(1.0, abs=0.001)
    assert outcome.values["density_kg_m3"] == pytest.approx(998.2, abs=0.05)  # fresh, at the gauge's 20 degC


def test_the_deeper_one_may_come_first(gauge):
    assert immersion(gauge, in_water(gauge, 4.0), in_water(gauge, 1.0)).verdict == PASS


def test_depths_too_close_prove_nothing(gauge):
    assert keys(immersion(gauge, in_water(gauge, 1.0), in_water(gauge, 1.1))) == ["depths"]


def test_the_gauge_of_another_sheet_is_named_by_the_water(gauge, site):
    other = gauge_at(site, "P2", NOW_MS)
    outcome = immersion(gauge, in_water(gauge, 1.0, of=other), in_water(gauge, 4.0, of=other))
    assert outcome.causes[0].text == "other_sheet|vw-2"


def test_a_wrong_sign_and_a_wrong_unit_are_told_apart(gauge):
    depths = in_water(gauge, 1.0), in_water(gauge, 4.0)
    turned = other_sheet(gauge, sign="R0-R1")
    assert keys(immersion(turned, *depths)) == ["wrong_sign"]
    psi = other_sheet(gauge, coefficients={"G": -0.1231 / 6.894757})
    assert immersion(psi, *depths).causes[0].text == "wrong_unit|psi"


def test_a_reading_that_does_not_move_is_a_swapped_cable(gauge):
    still = Depth(4.0, at_rest(digits_at(gauge, 9.8)), STATION_KPA)
    assert keys(immersion(gauge, in_water(gauge, 1.0), still)) == ["no_answer"]


def test_air_in_the_filter_creeps(gauge):
    kpa = water.pressure_kpa(4.0, 998.2)
    creeping = [reading(digits_at(gauge, kpa - 8.0 + 0.4 * n), 60 * n) for n in range(21)]
    outcome = immersion(gauge, in_water(gauge, 1.0), Depth(4.0, creeping, STATION_KPA))
    assert keys(outcome) == ["air_in_filter"]


def test_air_that_swallows_a_share_is_named_beside_the_wrong_factor(gauge):
    outcome = immersion(gauge, in_water(gauge, 1.0), in_water(gauge, 4.0, lag_kpa=4.0))
    assert keys(outcome) == ["wrong_factor", "air_in_filter"]


def test_a_right_change_on_a_wrong_level_is_the_zero(gauge):
    moved = other_sheet(gauge, zero={"R0": 9100.0})
    outcome = immersion(moved, in_water(gauge, 1.0), in_water(gauge, 4.0))
    assert keys(outcome) == ["wrong_zero"]


def test_salt_water_passes_only_with_its_density(gauge):
    salty = in_water(gauge, 1.0, density=1150.0), in_water(gauge, 4.0, density=1150.0)
    assert immersion(gauge, *salty).verdict == FAIL
    assert immersion(gauge, *salty, density_kg_m3=1150.0).verdict == PASS


def level(milliampere, uptime_s):
    one = reading(8900.0, uptime_s)
    return replace(one, values={"current": milliampere}, status={"current": 0})


def test_a_level_probe_is_proved_by_the_change_of_its_level(site):
    probe = gauge_at(site, "POND", NOW_MS)
    assert commissioning.steps_of(probe) == ("serial", "cable", "insulation", "immersion", "placed")
    at = [Depth(m, [level(4.0 + 16 * m / 12, 60 * n) for n in range(21)], None) for m in (1.0, 5.0)]
    assert immersion(probe, *at).verdict == PASS
    short = [Depth(m, [level(4.0 + 16 * m / 10, 60 * n) for n in range(21)], None) for m in (1.0, 5.0)]
    assert keys(immersion(probe, *short)) == ["wrong_factor"]


def test_the_placed_reading_must_be_whole_quiet_and_in_range(gauge):
    right = commissioning.placed(gauge, [reading(8000.0, 0)], STATION_KPA)
    assert right.verdict == PASS
    assert right.values["value"] == pytest.approx(0.1231 * 900 + 21.3, abs=0.01)
    assert keys(commissioning.placed(gauge, [reading(5000.0, 0)], STATION_KPA)) == ["out_of_range"]
    weak = commissioning.placed(gauge, [reading(8000.0, 0, status=status.LOW_SIGNAL)], STATION_KPA)
    assert weak.causes[0].text == "status|weak wire signal"
