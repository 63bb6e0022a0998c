"""Worked examples that are printed wrongly (W3, W5, W6, W7): the printed form is refused or not reproduced."""

import pytest

from seepline.instruments import terms, thermistor, vw_piezometer
from seepline.instruments.units import PRESSURE_KPA
from seepline.site import Calibration, Instrument

DIAPHRAGM = Instrument(id="p", kind="vw_piezometer", maker="Geokon", serial="1")
RISING = Instrument(id="p", kind="vw_piezometer", maker="Geokon", serial="1", rising=True)


def linear_sheet(sign, g, zero, output_unit="psi", **more):
    return Calibration(
        id="c",
        version=1,
        instrument="p",
        valid_from_ms=0,
        valid_to_ms=None,
        source="as printed",
        form="linear",
        sign=sign,
        input_unit="digits",
        output_unit=output_unit,
        coefficients={"G": g},
        zero={"R0": zero},
        full_scale={"min_digits": 2000.0, "max_digits": 9500.0},
        **more,
    )


def psi(sheet, digits, **others):
    values = {"frequency": vw_piezometer.hz_of_digits(digits), **others}
    return vw_piezometer.convert(sheet, values)["pore_pressure"].value / PRESSURE_KPA["psi"]


def test_w3_the_printed_result_has_the_wrong_sign():
    as_written = linear_sheet("R1-R0", -0.0001954, 2509.0)
    assert vw_piezometer.check(as_written, DIAPHRAGM) == []
    assert psi(as_written, 7023.0) == pytest.approx(-0.882, abs=5e-4)


def test_w3_the_order_that_would_give_the_printed_result_is_refused():
    as_printed = linear_sheet("R0-R1", -0.0001954, 2509.0)
    assert psi(as_printed, 7023.0) == pytest.approx(+0.882, abs=5e-4)
    (fault,) = vw_piezometer.check(as_printed, DIAPHRAGM)
    assert fault.key == "coefficients"
    assert "rises when frequency falls" in fault.expected


def test_w5_only_the_example_of_the_settlement_cell_is_physical_not_its_equation():
    example = 541.62 + vw_piezometer.linear(8800.0, 0.001697, 9030.0, "R1-R0") - 0.010
    equation = 541.62 + vw_piezometer.linear(8800.0, 0.001697, 9030.0, "R0-R1") - 0.010
    assert example == pytest.approx(541.2197, abs=5e-5)
    assert equation == pytest.approx(542.00, abs=5e-3)
    assert abs(equation - 541.22) > 0.7


def test_w5_the_cell_as_a_pressure_sensor_accepts_one_order_only():
    head_per_digit = 0.001697  # m of liquid
    assert vw_piezometer.check(linear_sheet("R0-R1", head_per_digit, 9030.0, "m H2O"), DIAPHRAGM) == []
    assert len(vw_piezometer.check(linear_sheet("R1-R0", head_per_digit, 9030.0, "m H2O"), DIAPHRAGM)) == 1


PRINTED_8K2 = {"A": 1.02569e-3, "B": 2.369e-4, "C": 1.019e-7}
MANUAL_8K2 = {"A": 1.02569e-3, "B": 2.478265e-4, "C": 1.289498e-7}
POINT = {"point_ohm": 8200.0, "point_degc": 25.0}


def test_w6_the_printed_constants_miss_the_beads_nominal_point():
    printed = thermistor.temperature("steinhart_hart", PRINTED_8K2, 8200.0).value
    assert printed == pytest.approx(35.95, abs=0.1)
    assert thermistor.temperature("steinhart_hart", MANUAL_8K2, 8200.0).value == pytest.approx(25.05, abs=5e-3)


def test_w6_a_sheet_that_states_the_nominal_point_is_refused_with_the_printed_constants():
    assert thermistor.check_coefficients("thermistor", "steinhart_hart", MANUAL_8K2 | POINT) == []
    (fault,) = thermistor.check_coefficients("thermistor", "steinhart_hart", PRINTED_8K2 | POINT)
    assert "25 degC" in fault.expected


W7 = {
    "thermal": {"sign": "T1-T0", "unit": "psi/degC", "factor": -0.00517, "zero_degc": 21.4},
    "barometric": {"sign": "S0-S1", "unit": "psi/mbar", "factor": 0.014503, "zero": 991.0},
    "thermistor": {"form": "polynomial_r", "c0": 0.0, "c1": 1.0},
}


def test_w7_a_positive_factor_on_current_minus_zero_is_refused_for_a_diaphragm():
    sheet = linear_sheet("R1-R0", 0.01664, 8746.0, **W7)
    assert psi(sheet, 8646.0, thermistor=12.4, barometer=100.3) == pytest.approx(-1.791506, abs=1e-6)
    assert len(vw_piezometer.check(sheet, DIAPHRAGM)) == 1
    assert vw_piezometer.check(sheet, RISING) == []


def test_w7_with_the_other_order_rising_pressure_is_positive():
    sheet = linear_sheet("R0-R1", 0.01664, 8746.0, **W7)
    assert vw_piezometer.check(sheet, DIAPHRAGM) == []
    expected = 1.664 + 0.00517 * 9 - 0.014503 * 12
    assert psi(sheet, 8646.0, thermistor=12.4, barometer=100.3) == pytest.approx(expected, abs=1e-9)


def test_a_barometer_term_that_adds_what_the_air_gained_is_refused():
    wrong = {"sign": "S1-S0", "unit": "psi/mbar", "factor": 0.014503, "zero": 991.0}
    (fault,) = terms.check_barometric(wrong)
    assert fault.key == "barometric"
