"""A sheet's own calibration points, recomputed with its coefficients: what they should give, and what they give.

Source of the measure: Geokon 4500 manual, Appendix C, "Linearity (%F.S.)" = (calculated - true) / full scale x
100, with the zero that the sheet prints. The terms of temperature and air are left out: the points were made at
one temperature under one air.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from seepline.instruments import INSTRUMENT_KINDS, terms, vw_piezometer
from seepline.instruments.units import LENGTH_MM, PRESSURE_KPA
from seepline.quantities import QUANTITIES
from seepline.sheets.sheet_file import Point, Sheet
from seepline.site import Calibration

_INPUT_UNITS = ("Hz", "digits", "digits/1000", "period_1e-7s")


@dataclass(frozen=True, slots=True)
class Residual:
    """One point: what our formula makes of its reading, and what that is off, in output_unit and in % FS.

    `made` None: the formula gives no value; `beside` is ours less the sheet's calculated value, None without one.
    """

    point: Point
    made: float | None
    off: float | None
    percent_fs: float | None
    beside: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sheet agrees with itself. `reasons` say why not; `hints` what would help, never applied."""

    residuals: tuple[Residual, ...]
    worst_percent_fs: float | None
    reasons: tuple[str, ...]
    hints: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Tell whether nothing speaks against the sheet."""
        return not self.reasons


def verdict(sheet: Sheet) -> Verdict:
    """Return the residuals of a sheet, and whether they are what its maker states."""
    residuals = tuple(_residual(sheet, sheet.calibration, point) for point in sheet.points)
    reasons = tuple(_reasons(sheet, residuals))
    return Verdict(residuals, _worst(residuals), reasons, tuple(_hints(sheet)) if reasons else ())


def computed(kind: str, calibration: Calibration, point: Point) -> float | None:
    """Return the value, in output_unit, that a formula gives for a point's mean reading, None without one."""
    try:
        if kind == "vw_piezometer":
            hz = vw_piezometer.hz_of(point.reading, calibration.input_unit)
            return vw_piezometer.signal(calibration, hz, point.temperature_degc or 0.0)
        return _converted(kind, calibration, point)
    except (ValueError, ZeroDivisionError, OverflowError):  # a reading that no wire has
        return None


def _converted(kind: str, calibration: Calibration, point: Point) -> float | None:
    known, bare = INSTRUMENT_KINDS[kind], replace(calibration, thermal={}, barometric={})
    values = {known.primary: point.reading}
    if point.temperature_degc is not None:
        values["temperature"] = point.temperature_degc
    quantity = next(iter(known.needs(bare)))  # the form decides which of an instrument's quantities is measured
    made = known.convert(bare, values).get(quantity)
    if made is None or made.value is None or calibration.output_unit == QUANTITIES[quantity].unit:
        return None if made is None else made.value
    return made.value / {"kPa": PRESSURE_KPA, "mm": LENGTH_MM}[QUANTITIES[quantity].unit][calibration.output_unit]


def _residual(sheet: Sheet, calibration: Calibration, point: Point) -> Residual:
    made = computed(sheet.instrument.kind, calibration, point)
    if made is None:
        return Residual(point, None, None, None, None)
    off = made - point.applied
    beside = None if point.calculated is None else made - point.calculated
    return Residual(point, made, off, 100 * off / sheet.about.full_scale_output, beside)


def _worst(residuals: Sequence[Residual]) -> float | None:
    off = [one.percent_fs for one in residuals if one.percent_fs is not None]
    return max(off, key=abs) if len(off) == len(residuals) else None


def _reasons(sheet: Sheet, residuals: Sequence[Residual]) -> Iterator[str]:
    unit, stated = sheet.calibration.output_unit, sheet.about.stated_percent_fs
    for number, one in enumerate(residuals, 1):
        place = f"point[{number}] at {one.point.applied:g} {unit}"
        if one.made is None or one.percent_fs is None:
            yield f"{place}: a reading of {one.point.reading:g} {sheet.calibration.input_unit} gives no value"
        elif not _in_range(sheet.instrument.kind, sheet.calibration, one.point):
            said = f"a reading of {one.point.reading:g} {sheet.calibration.input_unit}"
            yield f"{place}: {said} is outside full_scale, the range of the sheet"
        elif abs(one.percent_fs) > stated:
            said = f"{one.made:.6g} {unit}, off by {one.percent_fs:+.3g} % FS; the maker states {stated:g} % FS"
            yield f"{place}: recomputed {said}"
        elif one.beside is not None and abs(one.beside) > (sheet.about.calculated_within or 0.0):
            said = f"{one.made:.6g} {unit}, the sheet calculated {one.point.calculated:g} {unit}"
            yield f"{place}: recomputed {said}: a digit may be wrong"


def _hints(sheet: Sheet) -> Iterator[str]:
    """Yield which single other reading of the paper would make every point fit."""
    now = sheet.calibration
    for sign in terms.READING_SIGNS if now.sign else ():
        if sign != now.sign and _fits(sheet, replace(now, sign=sign)):
            yield f'sign = "{sign}" would fit every point: look at the order of the difference on the paper'
    for unit in _INPUT_UNITS if sheet.instrument.kind == "vw_piezometer" else ():
        if unit != now.input_unit and _fits(sheet, replace(now, input_unit=unit)):
            yield f'input_unit = "{unit}" would fit every point: look at the unit of the readings'


def _fits(sheet: Sheet, other: Calibration) -> bool:
    if not all(_in_range(sheet.instrument.kind, other, point) for point in sheet.points):
        return False
    worst = _worst([_residual(sheet, other, point) for point in sheet.points])
    return worst is not None and abs(worst) <= sheet.about.stated_percent_fs


def _in_range(kind: str, calibration: Calibration, point: Point) -> bool:
    """Tell whether a wire's reading lies in the range of its sheet: in another unit it would not."""
    if kind != "vw_piezometer":
        return True
    try:
        hz = vw_piezometer.hz_of(point.reading, calibration.input_unit)
    except (ValueError, ZeroDivisionError):
        return False
    low, high = vw_piezometer.full_scale_hz(calibration.full_scale)
    return low <= hz <= high
