"""A sheet that somebody sent: every fault with its line, or what was read, beside the sheet in force. Pure.

Nothing is kept: the engineer who accepts it signs the act `sheet_accept` with the very text that was checked.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.deeds.forms import Filled, filled, for_role
from collector.web.scales import number
from collector.web.visitor import Visitor
from collector.web.words import Moment, moment
from seepline.acts.sheets import KIND
from seepline.sheets.fit import ended_by, fit_problems
from seepline.sheets.lines import line_of
from seepline.sheets.residuals import Residual, Verdict, computed, verdict
from seepline.sheets.sheet_file import Sheet, parse_sheet
from seepline.site import Calibration, Site, valid_at
from seepline.site_digest import site_digest
from seepline.site_rules.draft import Problem
from seepline.toml_file import Faulty

_TABLES = ("coefficients", "zero", "thermal", "barometric", "thermistor", "full_scale")
_SINGLE = ("form", "sign", "input_unit", "output_unit")


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One thing wrong: its line (None: it belongs to no line of the sheet), place, value, what was expected."""

    line: int | None
    place: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """One calibration point, recomputed by this sheet and by the one in force; '' where there is no value."""

    applied: str
    reading: str
    made: str
    percent_fs: str
    by_present: str
    difference: str


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number or word of the sheet, and what the sheet in force has; `difference` only between numbers."""

    key: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage:
    """What a sheet is. Without `label` it could not be read, and `faults` says why."""

    instrument: str
    digest: str
    faults: tuple[FaultRow, ...]
    reasons: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    label: str = ""
    maker: str = ""
    serial: str = ""
    source: str = ""
    units: tuple[str, str] = ("", "")
    full_scale: float = 0.0
    stated_percent_fs: float = 0.0
    since: Moment | None = None
    until: Moment | None = None
    later: bool = False
    present: str = ""
    ended: str = ""
    numbers: tuple[NumberRow, ...] = ()
    points: tuple[PointRow, ...] = ()
    forms: tuple[Filled, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing speaks against it."""
        return not (self.faults or self.reasons)

    @property
    def compares(self) -> bool:
        """Tell whether the sheet in force is about the same units, so that it makes something of these points."""
        return any(one.by_present for one in self.points)


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at a sheet when, at which site and for which instrument."""

    site: Site
    instrument: str
    now_ms: int
    visitor: Visitor


def sheet_page(text: str, looking: Looking) -> SheetPage:
    """Return the page of a sheet's text."""
    site, digest = looking.site, hashlib.sha256(text.encode()).hexdigest()
    try:
        sheet = parse_sheet(text, site)
    except Faulty as error:
        return SheetPage(instrument=looking.instrument, digest=digest, faults=_faults(text, error.problems))
    problems = [*_of_another(sheet, looking.instrument), *fit_problems(site, sheet.calibration)]
    return _read(sheet, verdict(sheet), _faults(text, problems), digest, looking)


def _of_another(sheet: Sheet, instrument: str) -> Iterator[Problem]:
    if sheet.calibration.instrument != instrument:
        found = repr(sheet.calibration.instrument)
        yield Problem("calibration.instrument", found, f"{instrument!r}, the instrument of this page")


def _faults(text: str, problems: tuple[Problem, ...] | list[Problem]) -> tuple[FaultRow, ...]:
    return tuple(FaultRow(line_of(text, one.path), one.path, one.found, one.expected) for one in problems)


def _read(sheet: Sheet, found: Verdict, faults: tuple[FaultRow, ...], digest: str, looking: Looking) -> SheetPage:
    one, site = sheet.calibration, looking.site
    zone, present, ended = ZoneInfo(site.info.timezone), sheet_at(site, one), ended_by(site, one)
    sound = found.agrees and not faults
    return SheetPage(
        instrument=looking.instrument,
        digest=digest,
        faults=faults,
        reasons=found.reasons,
        hints=found.hints,
        label=one.label,
        maker=sheet.about.maker,
        serial=sheet.about.serial,
        source=one.source,
        units=(one.input_unit, one.output_unit),
        full_scale=sheet.about.full_scale_output,
        stated_percent_fs=sheet.about.stated_percent_fs,
        since=moment(one.valid_from_ms, zone),
        until=None if one.valid_to_ms is None else moment(one.valid_to_ms, zone),
        later=one.valid_from_ms > looking.now_ms,
        present=present.label if present else "",
        ended=ended.label if ended else "",
        numbers=tuple(_numbers(present, one)),
        points=tuple(_point(each, sheet, present) for each in found.residuals),
        forms=for_role((_form(one, site),), looking.visitor) if sound else (),
    )


def sheet_at(site: Site, new: Calibration) -> Calibration | None:
    """Return the sheet of the same instrument that is in force when a new one begins, None without one."""
    known = site.calibrations_by_instrument.get(new.instrument, ())
    at_ms = new.valid_from_ms
    return next((one for one in known if valid_at(one.valid_from_ms, one.valid_to_ms, at_ms)), None)


def _form(one: Calibration, site: Site) -> Filled:
    about = {"instrument": one.instrument, "calibration": one.label, "site": site_digest(site)}
    return filled(KIND, about, opened=True)  # the text itself is put in by the browser, to the byte


def _numbers(before: Calibration | None, after: Calibration) -> Iterator[NumberRow]:
    old = _values(before) if before else {}
    new = _values(after)
    for key in (*new, *(one for one in old if one not in new)):
        was, now = old.get(key), new.get(key)
        is_pair = isinstance(was, int | float) and isinstance(now, int | float)
        difference = f"{now - was:+g}".replace("-", "−") if is_pair and now != was else ""  # type: ignore[operator]
        yield NumberRow(key, _text(was), _text(now), difference)


def _values(one: Calibration) -> Mapping[str, str | float]:
    found: dict[str, str | float] = {key: getattr(one, key) for key in _SINGLE if getattr(one, key)}
    for table in _TABLES:
        found |= {f"{table}.{key}": value for key, value in getattr(one, table).items()}
    return found


def _text(value: str | float | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value!r}".replace("-", "−")


def _point(one: Residual, sheet: Sheet, present: Calibration | None) -> PointRow:
    by_present = None
    if present and (present.input_unit, present.output_unit) == (
        sheet.calibration.input_unit,
        sheet.calibration.output_unit,
    ):
        by_present = computed(sheet.instrument.kind, present, one.point)
    differs = None if one.made is None or by_present is None else one.made - by_present
    return PointRow(
        applied=f"{one.point.applied:g}",
        reading=f"{one.point.reading:g}",
        made="" if one.made is None else number(one.made, 4),
        percent_fs="" if one.percent_fs is None else f"{one.percent_fs:+.3f}".replace("-", "−"),
        by_present="" if by_present is None else number(by_present, 4),
        difference="" if differs is None else f"{differs:+.4f}".replace("-", "−"),
    )
