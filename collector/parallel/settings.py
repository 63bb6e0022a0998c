"""PARALLEL.toml: which values of another system stand beside ours, and from when on a gauge has passed.

    [run]
    other = "CR6 with its own conversion"       what the other system is called in the report
    valid_from, valid_to                        the days that are compared
    days = 14                                   days with pairs that every gauge must have
    within_s = 60                               two readings no further apart than this are a pair
    [[source]]                                  files of the other system: keys of collector.imports.form, and
    id = "north", files = ["north.dat"]         paths beside PARALLEL.toml
    [[gauge]]
    source = "north", column = "P1_kPa"         where its value stands; unit, and processing for TOA5
    point = "P1", quantity = "pore_pressure"    which value of ours it is
    tolerance = 0.5                             in the quantity's unit
    within_percent = 95                         so many of the pairs must be within the tolerance
    paired_percent = 90                         so many of the readings of either system must have a partner

Nothing has a default: when two systems agree is for the engineer of record to say, before the days begin.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.imports.cells import scale
from collector.imports.form import AnyForm, Heading, Toa5Form
from collector.imports.settings import ROWS as SOURCE_ROWS
from collector.imports.settings import read_source
from collector.imports.table import Wanted
from seepline.quantities import QUANTITIES
from seepline.site import Site
from seepline.site_rules.draft import Problem, Raw, entry_paths, one_of
from seepline.site_rules.values import ID, TEXT, Row, at_least, between, shown, value_faults
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, unknown_tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The days, and what a pair is."""

    other: str
    valid_from_ms: int
    valid_to_ms: int | None
    days: int
    within_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of a source, beside PARALLEL.toml."""

    id: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge(Heading):
    """One value that both systems have, and when it has passed."""

    source: str
    point: str
    quantity: str
    tolerance: float
    within_percent: float
    paired_percent: float


@dataclass(frozen=True, slots=True)
class OtherSource:
    """One checked source of the other system's values: `gauges` and `wanted` go together."""

    files: Files
    form: AnyForm
    gauges: tuple[Gauge, ...]
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole PARALLEL.toml; `end_ms` is exclusive."""

    run: Run
    sources: tuple[OtherSource, ...]
    end_ms: int


_ABOVE_NOTHING = (lambda value: isinstance(value, int | float) and value > 0, "more than 0")
_PERCENT: Row = (between(1, 100), "1 to 100 percent")
ROWS: Mapping[tuple[str, str], Row] = {
    **SOURCE_ROWS,
    ("run", "other"): TEXT,
    ("run", "days"): (at_least(1), "1 or more days"),
    ("run", "within_s"): (at_least(0), "0 or more seconds"),
    ("source", "id"): ID,
    ("source", "files"): (bool, "one or more files"),
    ("gauge", "column"): TEXT,
    ("gauge", "tolerance"): _ABOVE_NOTHING,
    ("gauge", "within_percent"): _PERCENT,
    ("gauge", "paired_percent"): _PERCENT,
}


def parse_settings(text: str, site: Site, name: str) -> Settings:
    """Return the settings in a text; raises Faulty with every problem."""
    document = parse_toml(text, name)
    problems = list(unknown_tables(document, ("run", "source", "gauge")))
    run = _run(document, problems)
    forms: dict[str, tuple[Files, AnyForm]] = {}
    for path, raw in _entries(document, "source", problems):
        found = read_source(path, raw, problems, Files, ROWS)
        if found is not None:
            if found[0].id in forms:
                problems.append(Problem(f"{path}.id", repr(found[0].id), "an id that no other source has"))
            forms[found[0].id] = found
    gauges = [
        *_gauges(document, [str(raw.get("id")) for raw in entries_of(document, "source")[0]], site, problems)
    ]
    sources = tuple(_joined(files, form, gauges, problems) for files, form in forms.values())
    if problems or run is None or run.valid_to_ms is None:
        raise Faulty(once(problems))
    return Settings(run, sources, run.valid_to_ms)


def _run(document: Raw, problems: list[Problem]) -> Run | None:
    raw = document.get("run")
    if not isinstance(raw, Mapping):
        problems.append(Problem("run", "nothing" if raw is None else shown(raw), "one [run] table"))
        return None
    entry, faults = read_entry(Run, raw)
    problems += at("run", (*faults, *value_faults("run", raw, ROWS)))
    if entry is None:
        return None
    if entry.valid_to_ms is None or entry.valid_to_ms <= entry.valid_from_ms:
        problems.append(Problem("run.valid_to", shown(raw.get("valid_to", "nothing")), "a time after valid_from"))
    run: Run = entry
    return run


def _entries(document: Raw, table: str, problems: list[Problem]) -> Iterator[tuple[str, Raw]]:
    raws, found = entries_of(document, table)
    problems += found
    if not raws and not found:
        problems.append(Problem(table, "nothing", f"one [[{table}]] or more"))
    yield from zip(entry_paths(table, raws), raws, strict=True)


def _gauges(
    document: Raw, sources: Sequence[str], site: Site, problems: list[Problem]
) -> Iterator[tuple[str, Gauge]]:
    for path, raw in _entries(document, "gauge", problems):
        entry, faults = read_entry(Gauge, raw)
        problems += at(path, (*faults, *value_faults("gauge", raw, ROWS)))
        if entry is None:
            continue
        problems += _gauge_problems(path, entry, sources, site)
        yield path, entry


def _gauge_problems(path: str, gauge: Gauge, sources: Sequence[str], site: Site) -> Iterator[Problem]:
    if gauge.source not in sources:
        yield Problem(
            f"{path}.source", repr(gauge.source), one_of(sources, gauge.source, "the id of a [[source]]")
        )
    if gauge.point not in site.point_by_id:
        known = one_of(list(site.point_by_id), gauge.point, "a point of SITE.toml")
        yield Problem(f"{path}.point", repr(gauge.point), known)
    if gauge.quantity not in QUANTITIES:
        known = one_of(list(QUANTITIES), gauge.quantity, "a quantity")
        yield Problem(f"{path}.quantity", repr(gauge.quantity), known)
    elif scale(gauge, QUANTITIES[gauge.quantity].unit) is None:
        expected = f"{QUANTITIES[gauge.quantity].unit!r}, the quantity's, or a unit that it is made of"
        yield Problem(f"{path}.unit", repr(gauge.unit), expected)


def _joined(
    files: Files, form: AnyForm, gauges: Sequence[tuple[str, Gauge]], problems: list[Problem]
) -> OtherSource:
    own = [(path, one) for path, one in gauges if one.source == files.id]
    if not own:
        problems.append(Problem(f"source[{files.id}]", "no gauge", f'a [[gauge]] with source = "{files.id}"'))
    for path, one in own:
        if isinstance(form, Toa5Form) != bool(one.processing):
            found = repr(one.processing) if one.processing else "nothing"
            expected = "as line 4 of the file says it" if isinstance(form, Toa5Form) else "nothing: no TOA5 file"
            problems.append(Problem(f"{path}.processing", found, expected))
    made = [(one, scale(one, QUANTITIES[one.quantity].unit)) for _, one in own if one.quantity in QUANTITIES]
    known = [(one, to_ours) for one, to_ours in made if to_ours is not None]
    wanted = tuple(Wanted(one, to_ours) for one, to_ours in known)
    return OtherSource(files, form, tuple(one for one, _ in known), wanted)


def paths_of(source: OtherSource, folder: Path) -> list[Path]:
    """Return where the files of a source lie."""
    return [folder / name for name in source.files.files]
