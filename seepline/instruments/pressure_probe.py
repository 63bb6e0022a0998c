"""Pressure probe: water pressure (kPa, gauge), depth and level (m) from a submerged digital probe.

Source: head = P / (rho g) with standard gravity 9.80665 m/s2; density of fresh water after Jones and Harris (1992,
J. Res. NIST 97, 335); Keller series 30 protocol v3.5 for PR (vented), PAA (absolute).

Inputs: `pressure` (kPa, as the probe gives it), `temperature` (degC). Reference: `barometer` (kPa). Keys:

    form = "vented"                  P = pressure + offset                 density_kg_m3 stated
    form = "absolute"                P = pressure + offset + barometric    density_kg_m3 stated
    form = "vented_fresh_water"      as above, density from the probe's temperature
    form = "absolute_fresh_water"
    coefficients = { zero_elevation_m, [density_kg_m3], [offset_kpa, offset_psi, offset_bar, offset_m_h2o] }
        zero_elevation_m: the probe's diaphragm in the site's datum; density: of what lies above it
    barometric = { sign = "S0-S1" | "S1-S0", unit = "kPa/kPa", factor, zero }, ADDED as written; absolute only;
        for a probe that reads absolute pressure: sign "S0-S1", factor 1, zero 0
    full_scale = { max_kpa }: above it the value is "at least"
    input_unit = "kPa", output_unit = "kPa"; no sign, no zero, no thermal, no thermistor
"""

from collections.abc import Mapping

from seepline.instruments import sheet, terms
from seepline.instruments.kind import Converted, Fault, InstrumentKind
from seepline.instruments.units import GRAVITY_M_S2, OFFSET_KPA, offset_kpa
from seepline.site import Calibration, Instrument

_BAROMETRIC = ("absolute", "absolute_fresh_water")
_FRESH_WATER = ("vented_fresh_water", "absolute_fresh_water")
_FORMS = ("vented", "absolute", "vented_fresh_water", "absolute_fresh_water")

# kg/m3 by powers of degC, Jones and Harris (1992)
_DENSITY = (999.84847, 6.337563e-2, -8.523829e-3, 6.943248e-5, -3.821216e-7)


def fresh_water_kg_m3(temperature_degc: float) -> float:
    """Return the density of air-free fresh water.

    >>> [round(fresh_water_kg_m3(degc), 3) for degc in (0, 4, 10, 20)]
    [999.848, 999.97, 999.695, 998.201]
    """
    return sum(factor * temperature_degc**power for power, factor in enumerate(_DENSITY))


def head_m(pressure_kpa: float, density_kg_m3: float) -> float:
    """Return the height of a column.

    >>> round(head_m(98.1, 1000.0), 3), round(head_m(98.1, 1025.0), 3), round(head_m(98.1, 1450.0), 3)
    (10.003, 9.759, 6.899)
    """
    return 1000 * pressure_kpa / (density_kg_m3 * GRAVITY_M_S2)


def check(calibration: Calibration, instrument: Instrument) -> list[Fault]:
    """Return every fault of a probe's sheet."""
    form, given = calibration.form, calibration.coefficients
    required = ("zero_elevation_m",) if form in _FRESH_WATER else ("zero_elevation_m", "density_kg_m3")
    return [
        *sheet.frame(calibration, _FORMS, ("kPa",), ("kPa",)),
        *sheet.numbers("coefficients", given, required, tuple(OFFSET_KPA)),
        *sheet.positive("coefficients", given, ("density_kg_m3",)),
        *_check_barometric(calibration),
        *sheet.numbers("full_scale", calibration.full_scale, ("max_kpa",)),
        *sheet.positive("full_scale", calibration.full_scale, ("max_kpa",)),
        *sheet.unused(calibration, "sign", "zero", "thermal", "thermistor"),
    ]


def _check_barometric(calibration: Calibration) -> list[Fault]:
    if calibration.form not in _BAROMETRIC:
        return sheet.unused(calibration, "barometric")
    if not calibration.barometric:
        return [Fault("barometric", "missing", "sign, unit, factor and zero: an absolute probe feels the air too")]
    return terms.check_barometric(calibration.barometric)


def needs(calibration: Calibration) -> dict[str, tuple[str, ...]]:
    """Return the inputs of each quantity."""
    air = ("barometer",) if calibration.form in _BAROMETRIC else ()
    warm = ("temperature",) if calibration.form in _FRESH_WATER else ()
    pressure, head = ("pressure", *air), ("pressure", *air, *warm)
    return {"water_pressure": pressure, "water_depth": head, "water_level": head}


def convert(calibration: Calibration, values: Mapping[str, float]) -> dict[str, Converted]:
    """Return pressure (kPa), depth and level (m), as far as the inputs at hand allow."""
    wanted = needs(calibration)
    if any(name not in values for name in wanted["water_pressure"]):
        return {}
    given = calibration.coefficients
    kpa = values["pressure"] + offset_kpa(given)
    if calibration.barometric:
        kpa += terms.barometric_kpa(calibration.barometric, values["barometer"])
    beyond = values["pressure"] > calibration.full_scale["max_kpa"]
    bound = "at_least" if beyond else "at_most" if kpa <= 0 else ""
    made = {"water_pressure": Converted(kpa, bound)}
    if all(name in values for name in wanted["water_depth"]):
        stated = given.get("density_kg_m3")
        depth_m = head_m(kpa, fresh_water_kg_m3(values["temperature"]) if stated is None else stated)
        made["water_depth"] = Converted(depth_m, bound)
        made["water_level"] = Converted(given["zero_elevation_m"] + depth_m, bound)
    return made


KIND = InstrumentKind(
    name="pressure_probe",
    primary="pressure",
    inputs={"pressure": "kPa", "temperature": "degC"},
    references={"barometer": "barometric_pressure"},
    quantities=("water_pressure", "water_depth", "water_level"),
    needs=needs,
    check=check,
    convert=convert,
    when_clipped="at_least",
)
