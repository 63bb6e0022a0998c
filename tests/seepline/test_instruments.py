"""Golden numbers: what makers and standards print, and vectors computed apart from this code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.instruments import (
    INSTRUMENT_KINDS,
    current_loop,
    in_place_inclinometer,
    pressure_probe,
    terms,
    thermistor,
    vw_piezometer,
)
from seepline.instruments.kind import Converted
from seepline.instruments.units import PRESSURE_KPA
from seepline.quantities import QUANTITIES
from seepline.site import Calibration, Instrument

BEAD_3K = {"A": 1.4051e-3, "B": 2.369e-4, "C": 1.019e-7}
BEAD_8K2 = {"A": 1.02569e-3, "B": 2.478265e-4, "C": 1.289498e-7}
BEAD_10K = {
    "A": 1.12766979300187e-3,
    "B": 2.34444184128213e-4,
    "C": 8.47692130592308e-8,
    "D": 1.17512193579615e-11,
}
BEAD = {"form": "steinhart_hart", **BEAD_3K}
FULL_SCALE = {"min_digits": 6000.0, "max_digits": 9500.0}
PIEZOMETER = Instrument(id="p", kind="vw_piezometer", maker="", serial="1")


def vw_sheet(**changes):
    sheet = {
        "id": "c",
        "version": 1,
        "instrument": "p",
        "valid_from_ms": 0,
        "valid_to_ms": None,
        "form": "linear",
        "source": "test",
        "input_unit": "digits",
        "output_unit": "kPa",
        "sign": "R1-R0",
        "coefficients": {"G": -0.1231},
        "zero": {"R0": 8900.0},
        "full_scale": FULL_SCALE,
    }
    return Calibration(**(sheet | changes))


def polynomial_sheet(**changes):
    polynomial = {"form": "polynomial", "sign": "", "coefficients": {"A": -1.2e-6, "B": -0.1035}}
    return vw_sheet(**(polynomial | changes))


def pore_pressure(sheet, **values):
    assert INSTRUMENT_KINDS["vw_piezometer"].check(sheet, PIEZOMETER) == []
    return vw_piezometer.convert(sheet, values)["pore_pressure"].value


def at(digits):
    return vw_piezometer.hz_of_digits(digits)


@pytest.mark.parametrize(
    ("hz", "unit", "reading", "tolerance"),
    [
        (2828.427, "digits", 8000.0, 1e-2),
        (3000.0, "digits", 9000.0, 1e-9),
        (2768.5, "digits", 7664.592, 1e-3),
        (2768.5, "digits/1000", 7.664592, 1e-6),
        (1e7 / 3612, "digits", 7664.865, 1e-3),
        (3000.0, "period_1e-7s", 3333.33, 1e-2),
        (2923.0, "Hz", 2923.0, 0.0),
    ],
)
def test_a_frequency_becomes_the_variable_of_the_sheet(hz, unit, reading, tolerance):
    assert vw_piezometer.sheet_input(hz, unit) == pytest.approx(reading, abs=tolerance)


GOLDEN_3K = [
    (-40, 100387, 0.5),
    (-20, 29045.9, 0.05),
    (-10, 16570.3, 0.05),
    (0, 9787.1, 0.05),
    (4, 8000.6, 0.05),
    (10, 5967.6, 0.05),
    (15, 4711.9, 0.05),
    (20, 3746.5, 0.05),
    (25, 2999.0, 0.05),
    (30, 2416.1, 0.05),
    (40, 1597.1, 0.05),
    (50, 1080.2, 0.05),
]


@pytest.mark.parametrize(("degc", "ohm", "printed_to"), GOLDEN_3K)
def test_the_3_kohm_bead_follows_its_table(degc, ohm, printed_to):
    colder, warmer = (
        thermistor.temperature("steinhart_hart", BEAD_3K, ohm + e).value for e in (printed_to, -printed_to)
    )
    assert colder <= degc <= warmer


@pytest.mark.parametrize(
    ("bead", "ohm", "degc"),
    [
        (BEAD_3K, 3000, 24.992),
        (BEAD_3K, 3007, 24.939),
        (BEAD_3K, 16600, -10.033),
        (BEAD_3K, 201100, -50.114),
        (BEAD_10K, 32650, 0.00),
        (BEAD_10K, 19901, 10.00),
        (BEAD_10K, 10000, 25.00),
        (BEAD_10K, 678.6, 100.00),
        (BEAD_8K2, 8200, 25.05),
    ],
)
def test_a_bead_with_its_printed_constants(bead, ohm, degc):
    assert thermistor.temperature("steinhart_hart", bead, ohm).value == pytest.approx(
        degc, abs=0.006 if bead is not BEAD_3K else 5e-4
    )


def test_a_free_polynomial_of_ln_r_is_the_air_thermistor_of_the_usgs_stations():
    ohm = 23100 * 0.568 / (1 - 0.568)
    made = thermistor.temperature("polynomial_ln_r", {"c0": 410.43, "c1": -39.17}, ohm)
    assert made.value == pytest.approx(6.145, abs=5e-4)


def test_a_polynomial_of_r():
    coefficients = {"c0": 20.0, "c1": 0.5, "c2": -0.001, "offset_degc": 0.25}
    assert thermistor.temperature("polynomial_r", coefficients, 10.0).value == pytest.approx(25.15)


@pytest.mark.parametrize("ohm", [0.0, -3.0, 1e-9])
def test_a_shorted_thermistor_has_no_temperature(ohm):
    made = thermistor.temperature("steinhart_hart", BEAD_3K, ohm)
    assert made.value is None
    assert "thermistor" in made.fault


def test_w1_the_temperature_term_of_geokon_4500():
    sheet = vw_sheet(
        thermal={"sign": "T1-T0", "unit": "kPa/degC", "factor": 0.1319, "zero_degc": 22.0}, thermistor=BEAD
    )
    assert terms.thermal_kpa(sheet.thermal, 15.0) == pytest.approx(-0.92, abs=0.005)


def test_w2_the_temperature_term_of_geokon_8020_59_in_psi():
    term = {"sign": "T1-T0", "unit": "psi/degC", "factor": -0.01879, "zero_degc": 22.0}
    psi = terms.thermal_kpa(term, 15.0) / PRESSURE_KPA["psi"]
    assert psi == pytest.approx(0.1315, abs=5e-5)
    assert 19.85 + psi == pytest.approx(19.98, abs=0.005)


def test_w4_roctests_terms_are_subtracted_by_the_stated_order():
    thermal = {"sign": "T0-T1", "unit": "kPa/degC", "factor": -0.0422, "zero_degc": 20.0}
    barometric = {"sign": "S0-S1", "unit": "kPa/kPa", "factor": 1.0, "zero": 100.2}
    kpa = (514.28 - 99.56) + terms.thermal_kpa(thermal, 25.0) + terms.barometric_kpa(barometric, 101.3)
    assert kpa == pytest.approx(413.831, abs=1e-9)


def test_w8_feet_of_water_on_a_staff_gauge():
    feet = 5.76 * PRESSURE_KPA["psi"] / PRESSURE_KPA["ft H2O"]
    assert feet == pytest.approx(13.3056, rel=2e-3)  # the sheet rounds to 2.31 ft/psi
    assert 20 - feet == pytest.approx(6.6944, rel=4e-3)


def test_w9_a_polynomial_with_site_zero_temperature_and_barometer():
    corrections = {
        "thermal": {"sign": "T1-T0", "unit": "kPa/degC", "factor": 0.05, "zero_degc": 20.0},
        "barometric": {"sign": "S0-S1", "unit": "kPa/kPa", "factor": 1.0, "zero": 101.3},
        "thermistor": {"form": "polynomial_r", "c0": 0.0, "c1": 1.0},
    }
    assert vw_piezometer.site_constant(-1.2e-6, -0.1035, 8900.0) == pytest.approx(1016.202, abs=5e-4)
    assert pore_pressure(polynomial_sheet(), frequency=at(7600)) == pytest.approx(160.290, abs=5e-4)
    assert pore_pressure(vw_sheet(), frequency=at(7600)) == pytest.approx(160.030, abs=5e-4)
    values = {"frequency": at(7600), "thermistor": 11.5, "barometer": 99.8}
    assert pore_pressure(polynomial_sheet(**corrections), **values) == pytest.approx(161.365, abs=5e-4)
    kpa = pore_pressure(vw_sheet(**corrections), **values)
    assert kpa == pytest.approx(161.105, abs=5e-4)
    assert kpa / PRESSURE_KPA["m H2O"] == pytest.approx(16.42814, abs=1e-4)


def test_both_orders_of_the_difference_say_the_same_with_the_factors_sign_turned():
    other = vw_sheet(sign="R0-R1", coefficients={"G": 0.1231})
    assert pore_pressure(other, frequency=at(7600)) == pore_pressure(vw_sheet(), frequency=at(7600))


def test_the_six_term_form_is_the_sum_of_its_named_terms():
    sheet = vw_sheet(
        form="six_term",
        sign="",
        zero={},
        input_unit="Hz",
        output_unit="psi",
        coefficients={
            "constant": 1.075071e3,
            "x": -3.277043e-2,
            "t": 1.011760e-1,
            "x2": -1.149217e-4,
            "xt": 1.661176e-4,
            "t2": -8.454856e-3,
        },
        thermistor={"form": "polynomial_r", "c0": 0.0, "c1": 1.0},
        full_scale={"min_hz": 2000.0, "max_hz": 3000.0, "min_degc": -5.0, "max_degc": 40.0},
    )
    f, t = 2903.0, 11.0
    psi = (
        1.075071e3
        - 3.277043e-2 * f
        + 1.011760e-1 * t
        - 1.149217e-4 * f**2
        + 1.661176e-4 * f * t
        - 8.454856e-3 * t**2
    )
    made = pore_pressure(sheet, frequency=f, thermistor=t)
    assert made == pytest.approx(psi * 6.894757293168361, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "printed_kpa"),
    [("psi", 6.8947), ("m H2O", 9.8068), ("kgf/cm2", 98.0665), ("bar", 100.0), ("inHg", 0.49116 * 6.8947)],
)
def test_exact_factors_agree_with_the_makers_tables(unit, printed_kpa):
    assert PRESSURE_KPA[unit] == pytest.approx(printed_kpa, rel=1e-4)


@given(st.floats(2450.0, 3080.0), st.floats(0.01, 1.0))
def test_pressure_rises_whenever_the_frequency_falls(hz, step_hz):
    for sheet in (vw_sheet(), polynomial_sheet()):
        low, high = (
            vw_piezometer.convert(sheet, {"frequency": one})["pore_pressure"].value for one in (hz, hz - step_hz)
        )
        assert high > low


def test_above_the_range_is_at_least_and_without_head_at_most():
    at_least = vw_piezometer.convert(vw_sheet(), {"frequency": at(5900)})["pore_pressure"]
    at_most = vw_piezometer.convert(vw_sheet(), {"frequency": at(8950)})["pore_pressure"]
    inside = vw_piezometer.convert(vw_sheet(), {"frequency": at(6100)})["pore_pressure"]
    assert (at_least.bound, at_most.bound, inside.bound) == ("at_least", "at_most", "")
    assert at_least.value == pytest.approx(-0.1231 * (5900 - 8900))
    assert at_most.value == pytest.approx(-0.1231 * 50)


def test_a_polynomial_that_turns_over_beyond_its_range_never_comes_back_below_full_scale():
    sheet = polynomial_sheet(
        coefficients={"A": -1e-4, "B": 0.9}, full_scale={"min_digits": 5000.0, "max_digits": 9500.0}
    )
    full = pore_pressure(sheet, frequency=at(5000))
    assert vw_piezometer.convert(sheet, {"frequency": at(3000)})["pore_pressure"] == Converted(full, "at_least")


def test_temperature_is_delivered_when_pressure_lacks_the_barometer():
    barometric = {"sign": "S0-S1", "unit": "kPa/kPa", "factor": 1.0, "zero": 101.3}
    sheet = vw_sheet(barometric=barometric, thermistor=BEAD)
    made = vw_piezometer.convert(sheet, {"frequency": at(7600), "thermistor": 3000.0})
    assert set(made) == {"temperature"}


def test_in_place_inclinometer_vectors():
    lengths, base, now = [0.5] * 5, [0.10, 0.12, 0.15, 0.11, 0.09], [0.10, 0.13, 0.35, 0.31, 0.10]
    profile = in_place_inclinometer.profile_mm(lengths, base, now)
    assert profile == pytest.approx([0.0, 0.0873, 1.8326, 3.5779, 3.6652], abs=5e-5)
    assert in_place_inclinometer.profile_mm([0.5], [0.0], [1.0]) == pytest.approx([8.7262], abs=5e-5)
    assert in_place_inclinometer.profile_mm([0.5], [0.0], [0.01]) == pytest.approx([0.08727], abs=5e-6)


def test_a_missing_segment_is_never_zero_degrees():
    sheet = vw_sheet(
        form="segments",
        input_unit="deg",
        output_unit="mm",
        coefficients={"length1_m": 0.5, "length2_m": 0.5},
        zero={"tilt1": 0.1, "tilt2": 0.2},
        full_scale={},
    )
    assert in_place_inclinometer.convert(sheet, {"tilt1": 0.2}) == {}
    made = in_place_inclinometer.convert(sheet, {"tilt1": 0.2, "tilt2": 0.2})["displacement"].value
    assert made == pytest.approx(0.8727, abs=5e-5)


LOOP = {
    "lo": 0.0,
    "hi": 10.0,
    "zero_elevation_m": 1200.0,
    "fault_low_ma": 3.6,
    "range_low_ma": 3.8,
    "range_high_ma": 20.5,
    "fault_high_ma": 21.0,
}


@pytest.mark.parametrize(
    ("milliampere", "level_m", "bound"),
    [
        (4.0, 1200.0, "at_most"),
        (8.0, 1202.5, ""),
        (12.0, 1205.0, ""),
        (20.0, 1210.0, ""),
        (20.5, 1210.3125, "at_least"),
    ],
)
def test_a_loop_current_is_a_water_level(milliampere, level_m, bound):
    sheet = vw_sheet(form="water_level", output_unit="m", coefficients=LOOP)
    made = current_loop.convert(sheet, {"current": milliampere})["water_level"]
    assert (made.value, made.bound) == (pytest.approx(level_m), bound)


@pytest.mark.parametrize("milliampere", [0.0, 3.6, 21.0, 22.5])
def test_a_fault_current_is_flagged_before_it_is_scaled(milliampere):
    made = current_loop.convert(
        vw_sheet(form="water_level", output_unit="m", coefficients=LOOP), {"current": milliampere}
    )["water_level"]
    assert made.value is None
    assert f"{milliampere:g} mA is a fault" in made.fault


@pytest.mark.parametrize(
    ("degc", "kg_m3"), [(0, 999.848), (4, 999.970), (10, 999.695), (20, 998.201), (30, 995.643)]
)
def test_density_of_fresh_water(degc, kg_m3):
    assert pressure_probe.fresh_water_kg_m3(degc) == pytest.approx(kg_m3, abs=6e-4)


@pytest.mark.parametrize(("kg_m3", "metre"), [(1000, 10.003), (1025, 9.759), (1450, 6.899)])
def test_head_depends_on_density(kg_m3, metre):
    assert pressure_probe.head_m(98.1, kg_m3) == pytest.approx(metre, abs=6e-4)


def test_an_absolute_probe_under_its_own_air():
    sheet = vw_sheet(
        form="absolute_fresh_water",
        coefficients={"zero_elevation_m": 400.0},
        barometric={"sign": "S0-S1", "unit": "kPa/kPa", "factor": 1.0, "zero": 0.0},
        full_scale={"max_kpa": 300.0},
    )
    made = pressure_probe.convert(sheet, {"pressure": 159.74, "barometer": 61.64, "temperature": 4.0})
    assert made["water_pressure"].value == pytest.approx(98.1)
    assert made["water_level"].value == pytest.approx(400.0 + 10.0036, abs=1e-3)
    assert set(pressure_probe.convert(sheet, {"pressure": 159.74, "barometer": 61.64})) == {"water_pressure"}
    assert pressure_probe.convert(sheet, {"pressure": 159.74}) == {}


def test_every_kind_names_known_quantities_and_its_own_inputs():
    for name, kind in INSTRUMENT_KINDS.items():
        assert kind.name == name
        assert kind.primary in kind.inputs
        assert set(kind.quantities) <= set(QUANTITIES)
