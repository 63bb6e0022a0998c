"""A sheet with faults is refused with every one of them; no sign, unit or limit has a default."""

from dataclasses import replace
from math import inf, nan

import pytest

from seepline.instruments import INSTRUMENT_KINDS
from seepline.site import Calibration, Instrument

BEAD = {"form": "steinhart_hart", "A": 1.4051e-3, "B": 2.369e-4, "C": 1.019e-7}
THERMAL = {"sign": "T0-T1", "unit": "psi/degC", "factor": 0.038, "zero_degc": 20.2}
BAROMETRIC = {"sign": "S0-S1", "unit": "kPa/kPa", "factor": 1.0, "zero": 101.3}
LIMITS = {"fault_low_ma": 3.6, "range_low_ma": 3.8, "range_high_ma": 20.5, "fault_high_ma": 21.0}


def sheet(form, input_unit, output_unit, **parts):
    return Calibration(
        id="c",
        version=1,
        instrument="i",
        valid_from_ms=0,
        valid_to_ms=None,
        source="test",
        form=form,
        input_unit=input_unit,
        output_unit=output_unit,
        **parts,
    )


FULL_SCALE = {"min_hz": 2000.0, "max_hz": 3000.0}
LINEAR = sheet(
    "linear",
    "digits",
    "kPa",
    sign="R0-R1",
    coefficients={"G": 0.1},
    zero={"R0": 8900.0},
    thermal=THERMAL,
    barometric=BAROMETRIC,
    thermistor=BEAD,
    full_scale=FULL_SCALE,
)
POLYNOMIAL = sheet(
    "polynomial",
    "Hz",
    "kPa",
    coefficients={"A": -9.5792e-5, "B": -2.326e-3, "C": 828.53, "offset_psi": -0.762},
    full_scale=FULL_SCALE,
)
SIX_TERM = sheet(
    "six_term",
    "Hz",
    "psi",
    coefficients={"x2": -1.1e-4, "x": -0.03, "constant": 1075.0, "t2": -8e-3, "t": 0.1, "xt": 1.6e-4},
    thermistor=BEAD,
    full_scale={**FULL_SCALE, "min_degc": -5.0, "max_degc": 40.0},
)
GOOD = {
    "vw_piezometer": LINEAR,
    "thermistor": sheet("steinhart_hart", "ohm", "degC", coefficients={k: BEAD[k] for k in "ABC"}),
    "barometer": sheet("linear", "mV", "hPa", coefficients={"gain": 0.24, "offset": 500.0}),
    "current_loop": sheet(
        "water_level", "mA", "m", coefficients={"lo": 0.0, "hi": 10.0, "zero_elevation_m": 1200.0, **LIMITS}
    ),
    "rain_gauge": sheet("tips", "count", "mm", coefficients={"resolution": 0.254}),
    "tiltmeter": sheet("linear", "deg", "deg", sign="R1-R0", coefficients={"G": 1.0}, zero={"R0": 0.0}),
    "in_place_inclinometer": sheet(
        "segments",
        "deg",
        "mm",
        sign="R1-R0",
        coefficients={"length1_m": 0.5, "length2_m": 0.5},
        zero={"tilt1": 0.1, "tilt2": 0.2},
    ),
    "pressure_probe": sheet(
        "vented",
        "kPa",
        "kPa",
        coefficients={"zero_elevation_m": 400.0, "density_kg_m3": 1000.0},
        full_scale={"max_kpa": 300.0},
    ),
}


def faults(calibration, kind="vw_piezometer", rising=False):
    instrument = Instrument(id="i", kind=kind, maker="", serial="1", rising=rising)
    return {fault.key: fault for fault in INSTRUMENT_KINDS[kind].check(calibration, instrument)}


@pytest.mark.parametrize("kind", GOOD)
def test_a_whole_sheet_has_no_fault(kind):
    assert faults(GOOD[kind], kind) == {}


def test_the_other_forms_of_a_piezometer_have_no_fault():
    assert faults(POLYNOMIAL) == {}
    assert faults(SIX_TERM) == {}
    by_site_zero = replace(POLYNOMIAL, coefficients={"A": -9.5792e-5, "B": -2.326e-3}, zero={"R0": 2940.0})
    assert faults(by_site_zero) == {}


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("part", ["form", "input_unit", "output_unit"])
def test_form_and_units_have_no_default(kind, part):
    assert faults(replace(GOOD[kind], **{part: ""}), kind)[part].found == "missing"
    assert faults(replace(GOOD[kind], **{part: "furlong"}), kind)[part].found == "'furlong'"


@pytest.mark.parametrize("kind", ["vw_piezometer", "tiltmeter", "in_place_inclinometer"])
def test_the_order_of_a_difference_has_no_default(kind):
    assert faults(replace(GOOD[kind], sign=""), kind)["sign"].found == "missing"
    assert faults(replace(GOOD[kind], sign="R0+R1"), kind)["sign"].expected == "one of 'R1-R0', 'R0-R1'"


@pytest.mark.parametrize("kind", GOOD)
def test_every_coefficient_is_asked_for_and_none_else_is_taken(kind):
    given = GOOD[kind].coefficients
    for key in given:
        rest = {other: value for other, value in given.items() if other != key}
        assert faults(replace(GOOD[kind], coefficients=rest), kind)
    assert (
        faults(replace(GOOD[kind], coefficients={**given, "Q": 1.0}), kind)["coefficients.Q"].found
        == "unknown key"
    )


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("number", [nan, inf, -inf, True, "1.0", 10**400])
def test_a_coefficient_is_a_finite_number(kind, number):
    given = GOOD[kind].coefficients
    for key in given:
        assert f"coefficients.{key}" in faults(replace(GOOD[kind], coefficients={**given, key: number}), kind)


@pytest.mark.parametrize("part", ["thermal", "barometric"])
@pytest.mark.parametrize("key", ["sign", "unit", "factor"])
def test_a_correction_states_sign_unit_and_factor(part, key):
    term = {other: value for other, value in getattr(LINEAR, part).items() if other != key}
    assert faults(replace(LINEAR, **{part: term}))[f"{part}.{key}"].found == "missing"


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("thermal", "sign", "S0-S1"),
        ("thermal", "unit", "kPa"),
        ("thermal", "zero_degc", nan),
        ("thermal", "zero", 20.0),
        ("barometric", "sign", "plus"),
        ("barometric", "unit", "kPa"),
        ("barometric", "zero", inf),
    ],
)
def test_a_correction_with_a_wrong_part(part, key, value):
    assert f"{part}.{key}" in faults(replace(LINEAR, **{part: {**getattr(LINEAR, part), key: value}}))


def test_a_barometer_term_takes_off_at_most_what_the_air_gained():
    for wrong in ({"sign": "S1-S0"}, {"factor": 1.1}, {"unit": "psi/kPa"}, {"factor": 0.0}):
        assert set(faults(replace(LINEAR, barometric={**BAROMETRIC, **wrong}))) == {"barometric"}
    for right in ({"factor": 0.4}, {"sign": "S1-S0", "factor": -1.0}, {"unit": "psi/mbar", "factor": 0.014503}):
        assert faults(replace(LINEAR, barometric={**BAROMETRIC, **right})) == {}


def test_every_fault_is_found_at_once():
    broken = replace(
        LINEAR,
        sign="",
        output_unit="kpa",
        coefficients={"G": nan, "H": 1.0},
        zero={},
        thermal={"factor": 0.1},
        barometric={"sign": "S0-S1", "factor": 1.0, "zero": 101.3},
        thermistor={"form": "beta", "A": 1.0},
        full_scale={"min_hz": 3000.0, "max_hz": 2000.0},
    )
    assert set(faults(broken)) == {
        "output_unit",
        "sign",
        "coefficients.G",
        "coefficients.H",
        "zero.R0",
        "thermal.sign",
        "thermal.unit",
        "thermal.zero_degc",
        "barometric.unit",
        "thermistor.form",
        "full_scale.max_hz",
    }


def test_temperature_terms_ask_for_a_thermistor():
    assert set(faults(replace(LINEAR, thermistor={}))) == {"thermistor"}
    assert set(faults(replace(SIX_TERM, thermistor={}))) == {"thermistor"}


def test_a_six_term_sheet_has_no_thermal_term_beside_it():
    assert set(faults(replace(SIX_TERM, thermal=THERMAL))) == {"thermal"}


def test_a_polynomial_has_either_its_constant_or_a_site_zero():
    assert set(faults(replace(POLYNOMIAL, zero={"R0": 2940.0}))) == {"coefficients.C"}
    without = {"A": -9.5792e-5, "B": -2.326e-3}
    assert set(faults(replace(POLYNOMIAL, coefficients=without))) == {"coefficients.C"}


@pytest.mark.parametrize("input_unit", ["Hz", "digits", "digits/1000"])
def test_pressure_that_falls_with_frequency_rising_is_the_only_slope(input_unit):
    up, down = (replace(LINEAR, input_unit=input_unit, sign=sign) for sign in ("R1-R0", "R0-R1"))
    assert set(faults(up)) == {"coefficients"}
    assert faults(down) == {}
    assert faults(up, rising=True) == {}
    assert set(faults(down, rising=True)) == {"coefficients"}


def test_a_period_rises_when_the_frequency_falls():
    up, down = (replace(LINEAR, input_unit="period_1e-7s", sign=sign) for sign in ("R1-R0", "R0-R1"))
    assert faults(up) == {}
    assert set(faults(down)) == {"coefficients"}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1e-4, -0.5),  # turns at 2500 Hz, inside the range
        (1e-4, -0.45),  # near the upper end
        (-1e-4, 0.41),  # near the lower end
        (0.0, 0.0),  # does not depend on the wire
    ],
)
def test_a_polynomial_that_turns_anywhere_in_its_range_is_refused(a, b):
    coefficients = {"A": a, "B": b, "C": 500.0}
    assert set(faults(replace(POLYNOMIAL, coefficients=coefficients))) == {"coefficients"}


def test_a_polynomial_that_turns_outside_its_range_is_taken():
    for a, b in ((1e-4, -0.601), (-1e-4, 0.399)):
        assert faults(replace(POLYNOMIAL, coefficients={"A": a, "B": b, "C": 500.0})) == {}


def test_a_six_term_sheet_is_looked_at_over_its_temperatures_too():
    steep = {**SIX_TERM.coefficients, "x2": 0.0, "x": -0.03, "xt": 1e-3}
    assert set(faults(replace(SIX_TERM, coefficients=steep))) == {"coefficients"}
    cool = {**SIX_TERM.full_scale, "max_degc": 29.0}
    assert faults(replace(SIX_TERM, coefficients=steep, full_scale=cool)) == {}


def test_full_scale_is_asked_for_in_one_of_two_wordings():
    assert set(faults(replace(LINEAR, full_scale={}))) == {"full_scale.min_hz", "full_scale.max_hz"}
    assert set(faults(replace(LINEAR, full_scale={"min_digits": 4000.0}))) == {"full_scale.max_digits"}
    assert set(faults(replace(LINEAR, full_scale={"min_hz": 0.0, "max_hz": 3000.0}))) == {"full_scale.min_hz"}


def test_a_loops_limits_stand_in_order():
    good = GOOD["current_loop"]
    swapped = {**good.coefficients, "fault_low_ma": 3.8, "range_low_ma": 3.6, "hi": 0.0}
    assert set(faults(replace(good, coefficients=swapped), "current_loop")) == {
        "coefficients.range_low_ma",
        "coefficients.hi",
    }


def test_a_chain_with_a_gap_in_its_numbers_names_the_missing_segment():
    good = GOOD["in_place_inclinometer"]
    gap = replace(good, coefficients={"length1_m": 0.5, "length3_m": 0.5})
    assert set(faults(gap, "in_place_inclinometer")) == {"coefficients.length2_m", "zero.tilt3"}


def test_an_absolute_probe_states_its_barometer_term_and_a_vented_one_has_none():
    good = GOOD["pressure_probe"]
    assert set(faults(replace(good, form="absolute"), "pressure_probe")) == {"barometric"}
    assert set(faults(replace(good, barometric=BAROMETRIC), "pressure_probe")) == {"barometric"}
    assert "coefficients.density_kg_m3" in faults(replace(good, form="vented_fresh_water"), "pressure_probe")


@pytest.mark.parametrize("kind", sorted(set(GOOD) - {"vw_piezometer"}))
def test_a_part_that_a_form_has_no_use_for_is_refused(kind):
    assert "thermal" in faults(replace(GOOD[kind], thermal=THERMAL), kind)
