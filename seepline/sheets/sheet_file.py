"""SHEET.toml: a maker's calibration sheet typed off the paper: its coefficients, and the points they were made of.

    [calibration]                    the entry that SITE.toml will get, key for key
    [sheet]                          what the paper says of itself
    maker, serial                    whose and which gauge: must be those of the instrument in SITE.toml
    full_scale_output = 700.0        full-scale pressure (or level, ...) in the calibration's output_unit
    stated_percent_fs = 0.1          largest error that the maker states, in % of full scale
    calculated_within = 0.1          only with calculated values: how far ours may be from them (their rounding)
    [[point]]
    applied = 140.0                  true value, in output_unit
    readings = [8303, 8305]          one for each cycle, in input_unit
    temperature_degc = 22.4          only where the formula needs it
    calculated = 139.9               optional: what the maker's own formula gave

Nothing has a default. `read_sheet` finds every fault at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from seepline.instruments import INSTRUMENT_KINDS
from seepline.site import Calibration, Instrument, Site
from seepline.site_rules.draft import Problem, Raw, one_of
from seepline.site_rules.values import shown, value_faults
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, unknown_tables

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a sheet says of itself."""

    maker: str
    serial: str
    full_scale_output: float
    stated_percent_fs: float
    calculated_within: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One calibration point: the true value, the readings of its cycles, what the maker calculated."""

    applied: float
    readings: tuple[float, ...]
    temperature_degc: float | None = None
    calculated: float | None = None

    @property
    def reading(self) -> float:
        """The mean of the cycles."""
        return sum(self.readings) / len(self.readings)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole sheet, and the table of its [calibration] as it stands in the file."""

    calibration: Calibration
    raw: Raw
    about: About
    points: tuple[Point, ...]
    instrument: Instrument


# So many numbers of each form are fitted: with no more points than that, no residual proves anything.
_FITTED: Mapping[tuple[str, str], int] = {
    ("vw_piezometer", "linear"): 2,
    ("vw_piezometer", "polynomial"): 3,
    ("vw_piezometer", "six_term"): 6,
}
_FEWEST = 2


def parse_sheet(text: str, site: Site, name: str = "SHEET.toml") -> Sheet:
    """Return the sheet in a text; raises Faulty with every problem."""
    document = parse_toml(text, name)
    problems = list(unknown_tables(document, ("calibration", "sheet", "point")))
    calibration = _table(document, "calibration", Calibration, problems)
    about = _table(document, "sheet", About, problems)
    points = _points(document, problems)
    if calibration is not None:
        problems += value_at("calibration", document)
    instrument = None if calibration is None else site.instrument_by_id.get(calibration.instrument)
    if calibration is not None and instrument is None:
        known = one_of(
            list(site.instrument_by_id), calibration.instrument, "the id of an [[instrument]] of SITE.toml"
        )
        problems.append(Problem("calibration.instrument", repr(calibration.instrument), known))
    if calibration is not None and about is not None and instrument is not None:
        problems += _sheet_problems(calibration, about, points, instrument)
    if problems or calibration is None or about is None or instrument is None:
        raise Faulty(once(problems))
    raw = document["calibration"]
    assert isinstance(raw, Mapping)  # noqa: S101 - read as one above
    return Sheet(calibration, raw, about, points, instrument)


def value_at(table: str, document: Raw) -> Iterator[Problem]:
    """Yield the values of a table that are outside what SITE.toml allows."""
    raw = document.get(table)
    if isinstance(raw, Mapping):
        yield from at(table, value_faults(table, raw))


def _table(document: Raw, table: str, kind: type[Entry], problems: list[Problem]) -> Entry | None:
    raw = document.get(table)
    if not isinstance(raw, Mapping):
        problems.append(Problem(table, "nothing" if raw is None else shown(raw), f"one [{table}] table"))
        return None
    entry, faults = read_entry(kind, raw)
    problems += at(table, faults)
    return cast(Entry, entry) if not faults else None


def _points(document: Raw, problems: list[Problem]) -> tuple[Point, ...]:
    raws, found = entries_of(document, "point")
    problems += found
    points = []
    for number, raw in enumerate(raws, 1):
        entry, faults = read_entry(Point, raw)
        problems += at(f"point[{number}]", faults)
        if entry is not None and not entry.readings:
            problems.append(Problem(f"point[{number}].readings", "an empty list", "one reading for each cycle"))
        elif entry is not None:
            points.append(entry)
    return tuple(points)


def _sheet_problems(
    calibration: Calibration, about: About, points: tuple[Point, ...], instrument: Instrument
) -> Iterator[Problem]:
    kind = INSTRUMENT_KINDS.get(instrument.kind)
    for fault in kind.check(calibration, instrument) if kind else ():
        yield Problem(f"calibration.{fault.key}", fault.found, fault.expected)
    for key in ("maker", "serial"):
        if getattr(about, key) != getattr(instrument, key):
            expected = f"{getattr(instrument, key)!r}, as instrument[{instrument.id}] of SITE.toml"
            yield Problem(f"sheet.{key}", repr(getattr(about, key)), f"{expected}: is this another gauge's sheet?")
    for key in ("full_scale_output", "stated_percent_fs"):
        if getattr(about, key) <= 0:
            yield Problem(f"sheet.{key}", f"{getattr(about, key):g}", "more than 0")
    if about.stated_percent_fs >= 100:
        yield Problem("sheet.stated_percent_fs", f"{about.stated_percent_fs:g}", "less than 100")
    yield from _point_problems(calibration, about, points, instrument)


def _point_problems(
    calibration: Calibration, about: About, points: tuple[Point, ...], instrument: Instrument
) -> Iterator[Problem]:
    fitted = _FITTED.get((instrument.kind, calibration.form), _FEWEST)
    different = len({one.applied for one in points})
    if different <= fitted:
        expected = f"more than {fitted}: {calibration.form} fits {fitted} numbers, so fewer points prove nothing"
        yield Problem("point", f"{different} different applied values", expected)
    for number, one in enumerate(points, 1):
        if calibration.form == "six_term" and one.temperature_degc is None:
            yield Problem(f"point[{number}].temperature_degc", "nothing", "degC: the formula needs it")
    if any(one.calculated is not None for one in points) and about.calculated_within is None:
        expected = "how far ours may be from the sheet's calculated values, in output_unit"
        yield Problem("sheet.calculated_within", "nothing", expected)
