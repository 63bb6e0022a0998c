"""What each formula says at the ends of what it knows: outside a range, in frost, without movement."""

from dataclasses import replace
from pathlib import Path

import pytest

from seepline.derive.evaluation import Beside, Sample, evaluate
from seepline.derive.formula import Given
from seepline.derive.formulas import FORMULAS
from seepline.derive.movement import Rails, failure_time
from seepline.derive.phreatic import Water, dupuit, dupuit_m, lines, monotone, pchip, straight
from seepline.derive.regression import Day, UnfitError, fit, residual, terms
from seepline.reading import Quality
from seepline.site_derived import Derived
from seepline.site_file import read_site
from seepline.site_geometry import Profile

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SITE = read_site(Path(__file__).parents[1] / "collector" / "dam.toml")
WEIR = {"notch_deg": 90.0, "coefficient": 0.578, "head_correction_m": 0.00085, "most_head_m": 0.38}


def made(formula, quantity="", **given):
    row = FORMULAS[formula]
    return row.compute(Given(**{"time_ms": 0, "quantity": quantity or row.quantities[0], **given}))


def test_a_weir_is_computed_inside_its_range_and_a_bound_outside():
    inside = made("v_notch_flow", values={"head": 0.1}, parameters=WEIR)
    low = made("v_notch_flow", values={"head": 0.02}, parameters=WEIR)
    high = made("v_notch_flow", values={"head": 0.9}, parameters=WEIR)
    assert inside.value == pytest.approx(4.410, abs=0.003)  # by 9.81 m/s2 in the reference
    assert (inside.bound, low.bound, high.bound) == ("", "at_most", "at_least")
    assert low.value < inside.value < high.value
    assert high == replace(
        made("v_notch_flow", values={"head": 0.38}, parameters=WEIR), reason=high.reason, bound="at_least"
    )
    assert "upper limit" in high.reason


def rain(formula, millimetres, degc=None, interval_s=3600, quantity="rain_24h"):
    begin_ms = -HOUR_MS * (len(millimetres) - 1)
    series = {"rain": [(begin_ms + HOUR_MS * hour, mm) for hour, mm in enumerate(millimetres)]}
    if degc is not None:
        series["temperature"] = [(begin_ms + HOUR_MS * hour, one) for hour, one in enumerate(degc)]
    parameters = {"interval_s": interval_s, "warm_above_degc": 1.0}
    return made(formula, quantity, series=series, parameters=parameters)


def test_rain_is_a_sum_and_with_gaps_at_least_that():
    assert rain("rain_sum", [0.5] * 24).value == 12.0
    gap = rain("rain_sum", [0.5] * 20 + [None] * 4)
    assert (gap.value, gap.bound, gap.quality) == (10.0, "at_least", Quality.NOT_EVALUATED)
    assert rain("rain_sum", [0.5] * 3).bound == "at_least"  # the gauge is three hours old


def test_an_unheated_gauge_in_frost_is_not_evaluated_and_never_no_rain():
    warm = rain("rain_sum_unheated", [0.0] * 24, [5.0] * 24)
    cold = rain("rain_sum_unheated", [0.0] * 24, [-3.0] * 24)
    thaw = rain("rain_sum_unheated", [0.0] * 12 + [2.0] * 12, [-3.0] * 12 + [4.0] * 12)
    unknown = rain("rain_sum_unheated", [0.0] * 24, [])
    assert (warm.value, warm.bound, warm.quality) == (0.0, "", Quality.GOOD)
    assert (cold.value, cold.quality) == (None, Quality.NOT_EVALUATED)
    assert (thaw.value, thaw.bound, thaw.quality) == (24.0, "at_least", Quality.NOT_EVALUATED)
    assert unknown.value is None


def test_the_antecedent_index_counts_whole_days_back_from_the_reading():
    series = [(-2 * DAY_MS - HOUR_MS, 10.0), (-HOUR_MS, 2.0), (0, 3.0)]
    parameters = {"interval_s": DAY_MS / 1000, "keeps_per_day": 0.9, "window_s": 3 * 86_400}
    assert made("antecedent_rain", series={"rain": series}, parameters=parameters).value == pytest.approx(13.1)


def rising(step_m, count=9):
    return {"level": [((place - count + 1) * 900_000, 50.0 + step_m * place) for place in range(count)]}


def test_a_pond_has_hours_left_and_at_least_the_horizon_when_it_does_not_rise():
    parameters = {"window_s": 7200, "limit_m": 51.0, "most_h": 240.0}
    assert made("rise_rate", series=rising(0.005), parameters=parameters).value == pytest.approx(20.0)
    assert made("hours_to_limit", series=rising(0.005), parameters=parameters).value == pytest.approx(48.0)
    calm = made("hours_to_limit", series=rising(-0.001), parameters=parameters)
    assert (calm.value, calm.bound) == (240.0, "at_least")
    over = made("hours_to_limit", series=rising(0.2), parameters=parameters)
    assert (over.value, over.bound) == (0.0, "")
    new = made("hours_to_limit", series=rising(0.005, 3), parameters=parameters)
    assert (new.value, new.quality) == (None, Quality.NOT_EVALUATED)


def test_a_beach_beyond_its_survey_has_no_width():
    parameters = {"elevations_m": (50.0, 55.0), "widths_m": (300.0, 180.0)}
    beyond = made("beach_width", values={"pond": 56.0}, parameters=parameters)
    assert (beyond.value, beyond.quality) == (None, Quality.FAIL)
    assert "outside the surveyed 50 to 55 m" in beyond.reason


RAILS = Rails(noise_mm_d=0.5, least_r2=0.8, least_count=5, student_t=3.182)


@pytest.mark.parametrize(
    ("velocities", "words"),
    [
        ([2.0, 2.2, 2.5, 2.9], "4 velocities, 5 needed"),
        ([0.4, 2.2, 2.5, 2.9, 3.3], "within the noise"),
        ([3.3, 2.9, 2.5, 2.2, 2.0], "not accelerating"),
        ([2.0, 9.0, 1.0, 8.0, 3.0], "R2 of the line"),
    ],
)
def test_no_time_of_failure_is_told_where_a_guard_rail_stands(velocities, words):
    failure = failure_time(range(len(velocities)), velocities, RAILS)
    assert failure.at_d is None
    assert words in failure.reason


def test_a_noisy_series_gives_an_interval_around_its_day():
    failure = failure_time(range(6), [2.0, 2.3, 2.4, 2.9, 3.2, 4.2], RAILS)
    assert failure.earliest_d < failure.at_d < failure.latest_d
    assert failure.earliest_d > 5


SURFACE = Derived(
    point="P1",
    quantity="factor_of_safety",
    formula="factor_of_safety",
    version=1,
    inputs={"u": "P1/pore_pressure"},
    parameters={
        "axis_u": (0.0, 100.0), "values": (1.8, 1.2), "condition": "undrained_peak", "material": "contractive",
        "method": "Spencer", "analysed_on": "2015-11-01", "signed_by": "N. Nazarov", "signature": "report 12",
        "geometry_from": "2015-01-01T00:00:00Z",
    },
)  # fmt: skip
CREST_MS = 1_420_070_400_000
LINE = Profile(section="A", name="ground", valid_from_ms=CREST_MS, line=((0.0, 1.0), (1.0, 1.0)), source="survey")


class One:
    """A history of one reading."""

    def __init__(self, value, quality=Quality.GOOD, bound=""):
        self.sample = value, quality, bound

    def nearest(self, key, time_ms, max_age_ms):
        return Sample(time_ms, *self.sample)

    def window(self, key, after_ms, to_ms):
        raise AssertionError(key)


def safety(history, *lines, time_ms=CREST_MS + DAY_MS):
    signed = Beside(signed_by=lambda derived: "an engineer")
    return evaluate(replace(SITE, profiles=lines), SURFACE, time_ms, history, beside=signed)


def test_a_factor_of_safety_says_by_which_analysis():
    found = safety(One(50.0), LINE)
    assert found.value == pytest.approx(1.5)
    assert found.reasons == ("undrained_peak, Spencer, 2015-11-01, N. Nazarov; signed by an engineer",)
    unsigned = evaluate(replace(SITE, profiles=(LINE,)), SURFACE, CREST_MS + DAY_MS, One(50.0))
    assert (unsigned.value, unsigned.judged, unsigned.quality) == (None, False, Quality.FAIL)
    assert "is not signed" in unsigned.reasons[0]


def test_a_factor_of_safety_is_never_told_outside_its_box_or_for_another_crest():
    raised = replace(LINE, valid_from_ms=CREST_MS + 2 * DAY_MS)
    outside = safety(One(101.0), LINE)
    assert (outside.value, outside.judged, outside.quality) == (None, False, Quality.FAIL)
    assert "outside the analysed 0 to 100" in outside.reasons[0]
    assert safety(One(50.0), LINE, raised).value is not None  # the raise has not begun
    expired = safety(One(50.0), LINE, raised, time_ms=raised.valid_from_ms)
    assert expired.value is None
    assert "a newer crest stands" in expired.reasons[0]
    assert "no surveyed ground line" in safety(One(50.0)).reasons[0]
    early = replace(LINE, valid_from_ms=0)
    assert "does not stand yet" in safety(One(50.0), early).reasons[0]


def test_flags_of_inputs_are_carried_on_and_take_nothing_out():
    found = safety(One(50.0, Quality.FAIL), LINE)
    assert (found.value, found.judged, found.quality) == (pytest.approx(1.5), True, Quality.FAIL)
    assert "u P1/pore_pressure is fail" in found.reasons


def test_a_bound_goes_the_table_s_way_and_where_it_turns_it_is_suspect():
    dry = safety(One(50.0, Quality.GOOD, "at_most"), LINE)
    beyond = safety(One(50.0, Quality.GOOD, "at_least"), LINE)
    assert (dry.bound, beyond.bound) == ("at_least", "at_most")
    turning = replace(
        SURFACE, parameters={**SURFACE.parameters, "axis_u": (0.0, 50.0, 100.0), "values": (1.8, 1.5, 1.6)}
    )
    signed, site = Beside(signed_by=lambda derived: "an engineer"), replace(SITE, profiles=(LINE,))
    found = evaluate(site, turning, LINE.valid_from_ms, One(50.0, bound="at_least"), beside=signed)
    assert (found.bound, found.quality) == ("", Quality.SUSPECT)


def test_the_phreatic_line_goes_only_through_points_declared_phreatic_and_ends_where_one_is_silent():
    waters = [Water(0.0, 30.0, True), Water(50.0, 45.0, False), Water(100.0, 5.0, True, dry=True)]
    assert lines(waters, straight) == (([(0.0, 30.0), (100.0, 5.0)], True),)
    silent = [Water(0.0, 30.0, True), Water(50.0, None, True), Water(100.0, 5.0, True)]
    assert lines(silent, straight) == ()
    below = dupuit(10.0)([(0.0, 30.0), (100.0, 5.0), (200.0, 4.0)])
    assert below == [(0.0, 30.0), (100.0, 5.0), (200.0, 4.0)]
    for wells in ([(0.0, 30.0), (40.0, 22.0), (100.0, 5.0)], [(0.0, 5.0), (10.0, 5.0), (30.0, 5.0)]):
        for between in (monotone, dupuit(0.0)):
            heights = [elevation_m for _, elevation_m in between(wells)]
            assert heights == sorted(heights, reverse=True)


def test_no_phreatic_line_is_drawn_beyond_its_wells():
    for beyond_m in (-1.0, 101.0):
        with pytest.raises(ValueError, match="outside"):
            dupuit_m(30.0, 5.0, beyond_m, 100.0)
        with pytest.raises(ValueError, match="outside"):
            pchip([0.0, 100.0], [30.0, 5.0], beyond_m)


def test_a_straight_line_lies_below_dupuits():
    """The reference: by up to 4.46 m, at 67.9 m."""
    gap_m, at_m = max((dupuit_m(30.0, 5.0, x / 10, 100.0) - (30.0 - x / 40), x / 10) for x in range(1001))
    assert (round(gap_m, 2), round(at_m, 0)) == (4.46, 68.0)


@pytest.mark.parametrize("y", [[0.0, 1.0, 8.0, 8.0, 9.0], [5.0, 2.0, 2.0, 1.0, 0.0], [1.0, 3.0, 2.0, 4.0, 0.0]])
def test_pchip_stays_between_its_neighbours(y):
    x = [0.0, 1.0, 3.0, 4.0, 7.0]
    for place in range(701):
        at = place / 100
        left = max(index for index, one in enumerate(x) if one <= at and index < 4)
        low, high = sorted(y[left : left + 2])
        assert low - 1e-12 <= pchip(x, y, at) <= high + 1e-12


def test_a_regression_finds_what_the_series_was_made_of_and_keeps_its_window():
    truth = (3.0, 0.5, 0.02, 1.0, -0.5, 0.3)
    days = [Day(float(day), 50 + (day * 37 % 11) / 10, float(day * 13 % 7)) for day in range(0, 800, 3)]
    values = [sum(a * b for a, b in zip(truth, terms(day), strict=True)) for day in days]
    found = fit(days, values)
    assert found.coefficients == pytest.approx(truth, abs=1e-6)
    later = Day(900.0, 50.4, 2.0)
    expected = sum(a * b for a, b in zip(truth, terms(later), strict=True))
    assert residual(found, later, expected + 4.0) == pytest.approx(4.0, abs=1e-5)
    with pytest.raises(UnfitError, match="cannot be told"):
        fit([replace(day, rain_mm=2 * day.pond_m) for day in days], values)
    with pytest.raises(UnfitError, match="6 readings for 6 terms"):
        fit(days[:6], values[:6])


CHAIN = {
    "lengths_m": (0.5, 0.5, 0.5),
    "base_deg": (0.10, 0.12, 0.15),
    "sign": "R1-R0",
    "window_s": 86_400.0,
}
SEGMENTS = {f"tilt{number}": "tilt" for number in (1, 2, 3)}


def node(*tilts, **parameters):
    series = {f"tilt{number}": of for number, of in enumerate(tilts, start=1)}
    return made("inclinometer_node", series=series, inputs=SEGMENTS, parameters={**CHAIN, **parameters})


def test_a_dead_segment_is_held_at_its_last_tilt_and_all_above_is_suspect():
    whole = node([(0, 0.10)], [(0, 0.13)], [(-HOUR_MS, 9.0), (0, 0.35)])
    assert (round(whole.value, 4), whole.quality) == (1.8326, Quality.GOOD)
    held = node([(0, 0.10)], [(0, 0.13)], [(-HOUR_MS, 0.35), (0, None)])
    assert (held.value, held.quality) == (whole.value, Quality.SUSPECT)
    assert held.reason == "tilt3 has no reading: its last tilt is held, never 0"
    silent = node([(0, 0.10)], [(0, 0.13)], [(-HOUR_MS, 0.35)])
    assert silent == held
    never = node([(0, 0.10)], [(0, None)], [(0, 0.35)])
    assert (never.value, never.quality) == (None, Quality.FAIL)
    assert node([(0, 0.10)], [(0, 0.13)], [(0, 0.35)], sign="R0-R1").value == -whole.value


def test_a_segment_read_shortly_before_counts_as_read():
    assert node([(0, 0.10)], [(-900_000, 0.13)], [(0, 0.35)]).quality is Quality.GOOD


@pytest.mark.parametrize(
    ("inputs", "parameters", "key"),
    [
        ({"tilt1": "rain"}, {"lengths_m": (0.5,), "base_deg": (0.1,)}, "inputs.tilt1"),
        (SEGMENTS, {"lengths_m": (0.5, 0.5)}, "parameters.lengths_m"),
        (SEGMENTS, {"base_deg": (0.5,)}, "parameters.base_deg"),
        (SEGMENTS, {"lengths_m": (0.5, 0.0, 0.5)}, "parameters.lengths_m"),
    ],
)
def test_a_chain_whose_numbers_do_not_fit_is_refused(inputs, parameters, key):
    row = FORMULAS["inclinometer_node"]
    assert [fault.key for fault in row.check("displacement", inputs, {**CHAIN, **parameters})] == [key]


def test_a_held_segment_goes_through_the_evaluation_with_its_flags_and_its_name():
    declared = Derived(
        point="P1",
        quantity="displacement",
        formula="inclinometer_node",
        version=1,
        inputs={"tilt1": "P1/tilt", "tilt2": "BARO/tilt"},
        parameters={**CHAIN, "lengths_m": (0.5, 0.5), "base_deg": (0.1, 0.1)},
    )

    class Chain:
        def window(self, key, after_ms, to_ms):
            old = Sample(-2 * HOUR_MS, 5.0, Quality.FAIL, "")
            last = Sample(-HOUR_MS, 0.2, Quality.GOOD, "")
            silent, read = Sample(0, None, Quality.MISSING, ""), Sample(0, 0.2, Quality.GOOD, "")
            return [old, last, silent if key[0] == "BARO" else read]

    found = evaluate(SITE, declared, 0, Chain())
    assert (found.quality, found.judged) == (Quality.SUSPECT, True)
    assert found.inputs == ("P1/tilt@0..0 (1)", f"BARO/tilt@{-HOUR_MS}..{-HOUR_MS} (1)")


def test_dupuit_s_head_between_two_wells_is_its_declarer_s_and_only_between_them():
    place = {"base_elevation_m": 100.0, "x_m": 50.0, "length_m": 100.0, "assumed_by": "N. Nazarov"}
    found = made("dupuit_elevation", values={"upstream": 130.0, "downstream": 105.0}, parameters=place)
    assert (round(found.value, 3), found.reason) == (121.506, "by Dupuit, as assumed by N. Nazarov")
    below = made("dupuit_elevation", values={"upstream": 130.0, "downstream": 99.0}, parameters=place)
    assert (below.value, below.quality) == (None, Quality.FAIL)
    beyond = FORMULAS["dupuit_elevation"].check("piezometric_elevation", {}, {**place, "x_m": 101.0})
    assert [fault.key for fault in beyond] == ["parameters.x_m"]


def test_a_gradient_is_told_in_critical_ones_of_the_soil():
    heads = {"lower": 1012.0, "upper": 1010.5}
    grains = {"length_m": 3.0, "grain_density_ratio": 2.70, "void_ratio": 0.70}
    weight = {"length_m": 3.0, "unit_weight_kn_m3": 19.0, "water_kn_m3": 9.81}
    assert made("critical_gradient_share_by_grains", values=heads, parameters=grains).value == pytest.approx(0.5)
    by_weight = made("critical_gradient_share_by_weight", values=heads, parameters=weight)
    assert by_weight.value == pytest.approx(0.5 / 0.937, abs=1e-3)
    assert by_weight.reason == "against a critical gradient of 0.937"
