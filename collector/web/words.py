"""The words and moments of the page: levels, qualities, kinds of event, times in local time and UTC.

Tables hold English; `_` (gettext) turns them into the reader's language. No entry calls a dam anything better than
"no trigger exceeded".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from collector.web.scales import number
from seepline.quantities import QUANTITIES
from seepline.reading import Quality
from seepline.thresholds import Level

Translate = Callable[[str], str]


def noted(text: str) -> str:
    """Mark a text for translation where the table stands; it is translated where it is shown."""
    return text


LEVEL_WORDS = {
    Level.GREEN: noted("green"),
    Level.YELLOW: noted("yellow"),
    Level.ORANGE: noted("orange"),
    Level.RED: noted("red"),
}
GREY_WORD = noted("grey")  # of a site too few of whose instruments are valid

QUALITY_WORDS = {
    Quality.GOOD: noted("good"),
    Quality.NOT_EVALUATED: noted("not evaluated"),
    Quality.SUSPECT: noted("suspect"),
    Quality.FAIL: noted("failed"),
    Quality.MISSING: noted("missing"),
}

QUANTITY_WORDS = {
    "pore_pressure": noted("pore pressure"),
    "temperature": noted("temperature"),
    "barometric_pressure": noted("barometric pressure"),
    "water_pressure": noted("water pressure"),
    "water_level": noted("water level"),
    "water_depth": noted("water depth"),
    "rain": noted("rain"),
    "tilt": noted("tilt"),
    "displacement": noted("displacement"),
    "current": noted("loop current"),
    "piezometric_elevation": noted("piezometric elevation"),
    "pore_pressure_ratio": noted("pore-pressure ratio ru"),
    "b_bar": noted("B-bar"),
    "hydraulic_gradient": noted("hydraulic gradient"),
    "critical_gradient_share": noted("share of the critical gradient"),
    "freeboard": noted("freeboard"),
    "beach_width": noted("beach width"),
    "rise_rate": noted("rate of rise"),
    "hours_to_limit": noted("hours to the limit"),
    "elevation": noted("elevation"),
    "mark_displacement": noted("movement of a survey mark"),
    "interval_displacement": noted("displacement over one interval"),
    "settlement": noted("settlement"),
    "velocity": noted("velocity"),
    "days_to_failure": noted("days to failure, extrapolated"),
    "flow": noted("flow"),
    "rain_1h": noted("rain in 1 h"),
    "rain_24h": noted("rain in 24 h"),
    "rain_72h": noted("rain in 72 h"),
    "antecedent_rain": noted("antecedent rain"),
    "factor_of_safety": noted("factor of safety by the engineer's analyses"),
    "pore_pressure_trend": noted("trend of the pore pressure"),
    "level_trend": noted("trend of the level"),
    "cusum": noted("CUSUM"),
    "pore_pressure_residual": noted("residual of the pore pressure"),
    "level_residual": noted("residual of the level"),
    "flow_residual": noted("residual of the flow"),
    "residual_sigmas": noted("residual, in standard deviations"),
    "peak_acceleration": noted("peak acceleration"),
    "peak_acceleration_z": noted("peak acceleration along z"),
    "arias_intensity": noted("Arias intensity"),
    "cumulative_absolute_velocity": noted("cumulative absolute velocity"),
    "shaking_duration": noted("duration of the shaking"),
    "significant_duration": noted("significant duration"),
}

UNIT_WORDS = {
    "kPa": noted("kPa"), "degC": "°C", "m": noted("m"), "mm": noted("mm"), "deg": "°", "mA": noted("mA"), "1": "",
    "mm/h": noted("mm/h"), "h": noted("h"), "mm/d": noted("mm/d"), "d": noted("d"), "L/s": noted("L/s"),
    "kPa/d": noted("kPa/d"), "m/d": noted("m/d"), "m/s2": noted("m/s²"), "m/s": noted("m/s"), "s": noted("s"),
    "m H2O": noted("m H₂O"), "kgf/cm2": noted("kgf/cm²"), "bar": noted("bar"), "psi": noted("psi"),
    "ft": noted("ft"), "in": noted("in"), "digits": noted("digits"), "Hz": noted("Hz"), "ohm": noted("Ω"),
    "mV": noted("mV"), "V": noted("V"), "count": noted("tips"),
}  # fmt: skip

DECIMALS = {"tilt": 4, "rain": 1}  # all others: 2

BOUND_SIGNS = {"": "", "at_least": "≥ ", "at_most": "≤ "}


def raised_word(level: Level | None, _: Translate) -> str:
    """Return ', red' for a level above green, else ''."""
    return f", {_(LEVEL_WORDS[level])}" if level else ""


def quantity_word(quantity: str, _: Translate) -> str:
    """Return a quantity's name as people say it; an unknown one keeps its identifier."""
    return _(QUANTITY_WORDS.get(quantity, quantity.replace("_", " ")))


def unit_word(unit: str, _: Translate = str) -> str:
    """Return a unit as it is printed; one that the table has not stays as it is written."""
    word = UNIT_WORDS.get(unit, unit)
    return _(word) if word else ""


def unit_of(quantity: str, _: Translate = str) -> str:
    """Return a quantity's unit as it is printed; '' for an unknown quantity."""
    known = QUANTITIES.get(quantity)
    return unit_word(known.unit, _) if known else ""


def rule_unit(quantity: str, direction: str, _: Translate = str) -> str:
    """Return the unit of a rule's limits: of a rate it is per hour."""
    return unit_of(quantity, _) + ("/" + _("h") if direction.startswith("rate") else "")


def value_text(quantity: str, value: float | None, bound: str = "", unit: bool = True, _: Translate = str) -> str:
    """Return a value as people read it, with its bound and unit; '' for none."""
    if value is None:
        return ""
    text = BOUND_SIGNS[bound] + number(value, DECIMALS.get(quantity, 2))
    return f"{text} {unit_of(quantity, _)}".rstrip() if unit else text


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant, written twice: local time with its offset, and UTC."""

    local: str
    offset: str
    utc: str


def moment(time_ms: int, zone: ZoneInfo) -> Moment:
    """Return the instant to the second.

    >>> moment(1451634300000, ZoneInfo("Etc/GMT+8"))
    Moment(local='2015-12-31 23:45:00', offset='UTC−08:00', utc='2016-01-01 07:45:00 UTC')
    """
    utc = datetime.fromtimestamp(time_ms // 1000, UTC)
    local = utc.astimezone(zone)
    offset = local.strftime("%z").replace("-", "−")
    return Moment(f"{local:%Y-%m-%d %H:%M:%S}", f"UTC{offset[:3]}:{offset[3:5]}", f"{utc:%Y-%m-%d %H:%M:%S} UTC")


def duration(seconds: float, _: Translate = str) -> str:
    """Return a length of time in its two largest units.

    >>> duration(42), duration(5400), duration(-3 * 86400 - 7200)
    ('42 s', '1 h 30 min', '−3 d 2 h')
    """
    sign, rest = ("−" if seconds < 0 else ""), int(abs(seconds))
    for large_s, large, small_s, small in (
        (86_400, noted("d"), 3_600, noted("h")),
        (3_600, noted("h"), 60, noted("min")),
        (60, noted("min"), 1, noted("s")),
    ):
        if rest >= large_s:
            return f"{sign}{rest // large_s} {_(large)} {rest % large_s // small_s} {_(small)}"
    return f"{sign}{rest} {_('s')}"
