"""Vibrating-wire piezometer: pore-water pressure (kPa, gauge) from frequency (Hz) and thermistor (ohm).

Source: Geokon 4500 manual, section 6 (Eq. 2 linear, Eq. 3 temperature), Geokon 4580 Appendix C (site zero of a
polynomial) and Eq. 4 (barometer), RST VW2100 p. 7 (linear, other sign), Campbell CR1000 manual 7.8.1.5.3 (all
terms in one line), Campbell CRVW3 Appendix D (polynomial with temperature).

Inputs: `frequency` (Hz), `thermistor` (ohm, lead resistance already subtracted). Reference: `barometer` (kPa).
The logger always delivers Hz; the sheet's own variable x is made from it (`input_unit`):

    Hz  x = f      digits  x = f^2/1000      digits/1000  x = f^2/10^6      period_1e-7s  x = 10^7/f

    P = signal(x) + offset + thermal + barometric,   each term in its own stated unit, the sum in kPa

Keys of a calibration:

    form = "linear"      sign = "R1-R0"  signal = G (R1 - R0)      Geokon 4500
                         sign = "R0-R1"  signal = G (R0 - R1)      also printed CF (L0 - L); G = CF, R0 = L0
                         coefficients = { G }, zero = { R0 }       R0 in input_unit, G in output_unit per that
    form = "polynomial"  signal = A x^2 + B x + C                  no sign
                         coefficients = { A, B, C }, or { A, B } and zero = { R0 }: C = -(A R0^2 + B R0)
    form = "six_term"    signal = x2 x^2 + x x + constant + t2 T^2 + t T + xt x T       T in degC; no thermal
                         coefficients = { x2, x, constant, t2, t, xt }: named by their terms, because
                         sheets disagree on the letters (Campbell: A x2, B x, C constant, D t2, E t, F xt)
    coefficients may hold one extra offset, always added: offset_kpa, offset_psi, offset_bar or offset_m_h2o

    input_unit = "Hz" | "digits" | "digits/1000" | "period_1e-7s"
    output_unit = of the signal: "kPa", "psi", "bar", "mbar", "m H2O", "kgf/cm2", ... (see units.py)

    thermal = { sign = "T1-T0" | "T0-T1", unit = "kPa/degC" (any pressure), factor, zero_degc }
        ADDED as written: factor (T1 - T0) or factor (T0 - T1). A sheet that subtracts CT (T1 - T0), as Roctest's
        does, is sign "T0-T1", factor CT.
    barometric = { sign = "S1-S0" | "S0-S1", unit = "kPa/kPa" (any pressure per any pressure), factor, zero }
        ADDED as written, S1 and zero (S0) in the unit after the slash. A sealed gauge feels the atmosphere too, so
        what the air gained is taken off: sign "S0-S1", factor 1. Geokon's `subtract (S1 - S0)` is the same thing.
        A polynomial that gives absolute pressure has zero = 0. A vented gauge has no barometric term.
        Per kPa of air between 0 and 1 kPa must come off (a barometric efficiency); anything else is refused.
    thermistor = { form = "steinhart_hart", A, B, C, [D], [offset_degc] }
               | { form = "polynomial_ln_r" | "polynomial_r", c0, c1, ..., [offset_degc] }      see thermistor.py
        required by a thermal term and by six_term; gives the quantity `temperature`
    full_scale = { min_hz, max_hz } | { min_digits, max_digits }, for six_term also { min_degc, max_degc }
        the range of the sheet: between its ends pressure must rise while frequency falls (the other way round for
        an instrument declared `rising`); beyond the end of high pressure the value is "at least".

"""

from collections.abc import Callable, Mapping

from seepline.instruments import sheet, terms, thermistor
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.instruments.units import OFFSET_KPA, PRESSURE_KPA, offset_kpa
from seepline.instruments.vw_signal import INPUT_UNITS, signal_of, slope
from seepline.instruments.vw_signal import full_scale_hz as full_scale_hz
from seepline.instruments.vw_signal import hz_of as hz_of
from seepline.instruments.vw_signal import hz_of_digits as hz_of_digits
from seepline.instruments.vw_signal import linear as linear
from seepline.instruments.vw_signal import sheet_input as sheet_input
from seepline.instruments.vw_signal import signal as signal
from seepline.instruments.vw_signal import site_constant as site_constant
from seepline.site import Calibration, Instrument

_SIX = ("x2", "x", "constant", "t2", "t", "xt")
_COEFFICIENTS = {"linear": ("G",), "polynomial": ("A", "B", "C"), "six_term": _SIX}


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity: a term that the sheet does not have needs nothing."""
    warm = calibration.form == "six_term" or bool(calibration.thermal)
    pressure = ["frequency"]
    pressure += ["thermistor"] if warm else []
    pressure += ["barometer"] if calibration.barometric else []
    made = {"pore_pressure": tuple(pressure)}
    return {**made, "temperature": ("thermistor",)} if calibration.thermistor else made


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return pore pressure (kPa) and temperature (degC), as far as the inputs at hand allow."""
    return prepare(calibration)(values)


def prepare(calibration: Calibration) -> Callable[[Mapping[str, float]], dict[str, Converted]]:
    """Return the function from values to pore pressure and temperature by one sheet."""
    wanted = needs(calibration)
    inputs, pressure_of = wanted["pore_pressure"], _pressure(calibration)
    warmth = thermistor.split(calibration.thermistor) if "temperature" in wanted else None
    takes_warmth, all_inputs = "thermistor" in inputs, frozenset(inputs)

    def made_of(values: Mapping[str, float]) -> dict[str, Converted]:
        made: dict[str, Converted] = {}
        if warmth is not None and "thermistor" in values:
            made["temperature"] = thermistor.temperature(*warmth, values["thermistor"])
        if values.keys() >= all_inputs:
            warm = made["temperature"] if takes_warmth else Converted(0.0)
            made["pore_pressure"] = pressure_of(values, warm)
        return made

    return made_of


def _pressure(calibration: Calibration) -> Callable[[Mapping[str, float], Converted], Converted]:
    """Return the function from values and temperature to pore pressure by one sheet."""
    scale, offset = PRESSURE_KPA[calibration.output_unit], offset_kpa(calibration.coefficients)
    signal_of, thermal_of = _ranged_signal(calibration), terms.prepared_thermal(calibration.thermal)
    air_of = terms.prepared_barometric(calibration.barometric)

    def pressure(values: Mapping[str, float], warm: Converted) -> Converted:
        hz, degc = values["frequency"], warm.value
        if degc is None:
            return warm
        if hz <= 0:
            return Converted(None, fault=f"a wire frequency of {hz:g} Hz is no signal")
        beyond, sheet_value = signal_of(hz, degc)
        kpa = scale * sheet_value + offset
        if thermal_of is not None:
            kpa += thermal_of(degc)
        if air_of is not None:
            kpa += air_of(values["barometer"])
        return Converted(kpa, "at_least" if beyond else "at_most" if kpa <= 0 else "")

    return pressure


def _ranged_signal(calibration: Calibration) -> Callable[[float, float], tuple[bool, float]]:
    """Return the function that tells whether a reading lies beyond full pressure, and the signal.

    Beyond its range a polynomial may turn over; "at least this value" must not come back below full scale.
    """
    low, high = full_scale_hz(calibration.full_scale)
    value_of, one_slope = signal_of(calibration), slope(calibration, low)
    by_warmth = calibration.form == "six_term"

    def ranged(hz: float, degc: float) -> tuple[bool, float]:
        falling = (slope(calibration, low, degc) if by_warmth else one_slope) < 0
        full, beyond = (low, hz < low) if falling else (high, hz > high)
        value = value_of(hz, degc)
        return beyond, max(value, value_of(full, degc)) if beyond else value

    return ranged


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of a piezometer's sheet; the slope is looked at once all else is right."""
    faults = [
        *sheet.frame(calibration, _COEFFICIENTS, INPUT_UNITS, PRESSURE_KPA),
        *_check_form(calibration),
        *terms.check_thermal(calibration.thermal),
        *terms.check_barometric(calibration.barometric),
        *_check_thermistor(calibration),
        *_check_full_scale(calibration),
    ]
    return faults or _check_slope(calibration, instrument.rising)


def _check_form(calibration: Calibration) -> list[Fault]:
    """Return the faults of sign, coefficients and zero, which depend on the form."""
    form, given, zero = calibration.form, calibration.coefficients, calibration.zero
    if form not in _COEFFICIENTS:
        return []
    by_site_zero = form == "polynomial" and bool(zero)
    required = ("A", "B") if by_site_zero else _COEFFICIENTS[form]
    faults = sheet.numbers("coefficients", given, required, tuple(OFFSET_KPA))
    faults += sheet.numbers("zero", zero, ("R0",) if form == "linear" or by_site_zero else ())
    if form == "linear":
        return faults + sheet.choice("sign", calibration.sign, terms.READING_SIGNS)
    return faults + sheet.unused(calibration, "sign")


def _check_thermistor(calibration: Calibration) -> list[Fault]:
    table = calibration.thermistor
    faults = sheet.unused(calibration, "thermal") if calibration.form == "six_term" else []
    if table:
        rest = {key: value for key, value in table.items() if key != "form"}
        return faults + thermistor.check_coefficients("thermistor", table.get("form"), rest)
    if calibration.form == "six_term" or calibration.thermal:
        return [*faults, Fault("thermistor", "missing", "the thermistor's form and constants: pressure needs it")]
    return faults


def _check_full_scale(calibration: Calibration) -> list[Fault]:
    given = calibration.full_scale
    ends = ("min_digits", "max_digits") if "min_digits" in given or "max_digits" in given else ("min_hz", "max_hz")
    warm = ("min_degc", "max_degc") if calibration.form == "six_term" else ()
    faults = sheet.numbers("full_scale", given, ends + warm)
    faults += sheet.positive("full_scale", given, ends)
    return faults + sheet.ascending("full_scale", given, [ends, *([warm] if warm else [])])


def _check_slope(calibration: Calibration, rising: bool) -> list[Fault]:
    """Return a fault when pressure moves the wrong way with frequency anywhere between zero and full scale."""
    given, right = calibration.full_scale, 1 if rising else -1
    temperatures = (given.get("min_degc", 0.0), given.get("max_degc", 0.0))
    corners = [(hz, degc) for hz in full_scale_hz(given) for degc in temperatures]
    wrong = [hz for hz, degc in corners if right * slope(calibration, hz, degc) <= 0]
    if not wrong:
        return []
    moves = "rises" if rising else "falls"
    expected = f"pressure that rises when frequency {moves}, from zero to full scale"
    if not rising:
        expected += " (or the instrument declared rising = true)"
    return [
        Fault("coefficients", f"pressure does not rise when frequency {moves} near {wrong[0]:.1f} Hz", expected)
    ]


KIND = InstrumentKind(
    name="vw_piezometer",
    primary="frequency",
    inputs={"frequency": "Hz", "thermistor": "ohm"},
    references={"barometer": "barometric_pressure"},
    quantities=("pore_pressure", "temperature"),
    needs=needs,
    check=check,
    convert=convert,
    prepare=prepare,
)
