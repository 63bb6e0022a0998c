"""Every label of the commissioning report: values with their unit and decimals, limits, heads, roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fieldtool.words import N_


@dataclass(frozen=True, slots=True)
class Label:
    """How one recorded value is shown; `decimals` None = as it is, a word in the report's language."""

    text: str
    unit: str = ""
    decimals: int | None = None
    is_word: bool = False


VALUES: Mapping[str, Label] = MappingProxyType(
    {
        "serial_typed": Label(N_("Serial number on the gauge")),
        "serial_site": Label(N_("Serial number in the site file")),
        "cable_m": Label(N_("Cable length"), "m", 1),
        "cable_site_m": Label(N_("Cable length in the site file"), "m", 1),
        "coil_measured_ohm": Label(N_("Coil and cable, measured"), "ohm", 1),
        "coil_expected_ohm": Label(N_("Coil and cable, expected"), "ohm", 1),
        "tolerance_ohm": Label(N_("Tolerance"), "ohm", 1),
        "insulation_megohm": Label(N_("Insulation"), "Mohm", 1),
        "zero_read_digits": Label(N_("Field zero"), "digits", 1),
        "zero_expected_digits": Label(N_("Maker's zero at this temperature and pressure"), "digits", 1),
        "difference_digits": Label(N_("Difference"), "digits", 1),
        "zero_sheet_digits": Label(N_("Zero printed on the sheet"), "digits", 1),
        "temperature_degc": Label(N_("Temperature of the gauge"), "degC", 2),
        "station_pressure_kpa": Label(N_("Station pressure"), "kPa", 2),
        "readings": Label(N_("Readings"), "", 0),
        "spread_digits": Label(N_("Spread of the readings"), "digits", 2),
        "span_s": Label(N_("At rest for"), "s", 0),
        "depth_shallow_m": Label(N_("First depth"), "m", 3),
        "depth_deep_m": Label(N_("Second depth"), "m", 3),
        "density_kg_m3": Label(N_("Density of the water"), "kg/m3", 1),
        "quantity": Label(N_("Quantity"), is_word=True),
        "value_shallow": Label(N_("Value at the first depth"), "", 3),
        "value_deep": Label(N_("Value at the second depth"), "", 3),
        "change": Label(N_("Change, measured"), "", 3),
        "change_expected": Label(N_("Change of the water"), "", 3),
        "tolerance": Label(N_("Tolerance"), "", 3),
        "ratio": Label(N_("Measured / expected"), "", 4),
        "raw": Label(N_("Raw reading"), "", 3),
        "raw_unit": Label(N_("Unit of the raw reading"), is_word=True),
        "value": Label(N_("Value"), "", 3),
        "reason": Label(N_("Reason")),
    }
)

LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "zero_digits": N_("Field zero against the maker's, at most"),
        "stable_s": N_("At rest for, at least"),
        "stable_digits": N_("Spread while at rest, at most"),
        "stable_degc": N_("Temperature spread while at rest, at most"),
        "stable_share": N_("Spread while at rest, share of the reading, at most"),
        "stable_count": N_("Readings while at rest, at least"),
        "coil_ohm": N_("Coil"),
        "coil_share": N_("Tolerance of the coil, share"),
        "cable_ohm_per_km": N_("Cable, one conductor"),
        "cable_share": N_("Tolerance of the cable, share"),
        "coil_short_ohm": N_("Below it: a short"),
        "insulation_megohm": N_("Insulation, at least"),
        "cable_length_share": N_("Cable length against the site file, share, at most"),
        "depth_m": N_("Error of a depth, at most"),
        "factor_share": N_("Error of the factor, share, at most"),
        "no_answer_share": N_("Smaller change, share: no answer"),
        "compare_hz": N_("Frequency, logger against hand readout, at most"),
        "compare_degc": N_("Temperature, logger against hand readout, at most"),
        "compare_thermistor_share_per_degc": N_("Thermistor, share per degree"),
        "compare_ma": N_("Current, logger against multimeter, at most"),
        "compare_share": N_("Other values, share, at most"),
    }
)

IN_QUANTITY_S_UNIT = ("value", "value_shallow", "value_deep", "change", "change_expected", "tolerance")
QUANTITY_NAMES = (
    *(N_("pore_pressure"), N_("water_pressure"), N_("water_level"), N_("water_depth"), N_("barometric_pressure")),
    *(N_("rain"), N_("tilt"), N_("displacement"), N_("temperature"), N_("current")),
)
UNITS = (
    *(N_("digits"), N_("ohm"), N_("Mohm"), N_("ohm/km"), N_("kPa"), N_("degC"), N_("1/degC"), N_("m"), N_("s")),
    *(N_("kg/m3"), N_("Hz"), N_("mA"), N_("mV"), N_("mm"), N_("deg"), N_("count")),
)
PAIRS = (N_("frequency"), N_("thermistor"), N_("current"), N_("voltage"), N_("pulses"), N_("tilt"), N_("pressure"))

SOURCES = (N_("Seepline's own choice"), N_("from memory"), N_("stated by the operator"))

TITLE = N_("Commissioning report")
SITE, MADE = N_("Site"), N_("Printed")
POINT, PLACE = N_("Point"), N_("Place")
INSTRUMENT, SHEET, CHANNELS = N_("Instrument"), N_("Calibration sheet"), N_("Channels")
STATE, IN_COMMISSIONING, IN_SERVICE = N_("State"), N_("in commissioning"), N_("baseline accepted")
STEP, WHEN, WHO, VERDICT = N_("Step"), N_("When (UTC)"), N_("Who"), N_("Verdict")
NOT_DONE = N_("not done")
LIKELY_CAUSE = N_("Likely cause")
LIMIT, NUMBER, SOURCE = N_("Limit"), N_("Value"), N_("Source")
VALUE = N_("Value")
ACCEPTED_ZERO = N_("Accepted field zero")
COMPARISONS, BY_HAND, BY_LOGGER = N_("Comparisons with a hand readout"), N_("By hand"), N_("By logger")
DIFFERENCE, TOLERANCE = N_("Difference"), N_("Tolerance")
BASELINE = N_("Baseline")
ACCEPTED_BY = N_("Accepted by")
LIMITS_TITLE = N_("Limits used")
SIGN_TITLE = N_("Signatures")
ROLES = (N_("Operator"), N_("Engineer"), N_("Owner or authority"))
NAME, DATE, SIGNATURE = N_("Name"), N_("Date"), N_("Signature")
NOTICE = N_(
    "The field zero is kept apart from the maker's sheet. Limits marked as from memory or as Seepline's own choice"
    " are to be confirmed by the engineer."
)
NONE = N_("none")
PAGE = N_("page")
