"""DIR/imports.toml: which files this collector imports, how they are written, and which column is which channel.

    [[source]]                      one kind of file of one [[foreign]] logger of SITE.toml
    id = "north-hourly"
    logger = "cr6-north"
    folder = "/srv/loggernet"       # watched, with files = "North_*.dat"; without both: by `collector import` only
    form = "toa5"                   # or lc2, csv: keys of collector.imports.form
    ...
    [[column]]
    source = "north-hourly"
    column = "VW1_Hz"
    unit = "Hz"                     # as the file says it; processing = "Smp" for TOA5
    channel = "p1_frequency"        # a channel of the logger; its unit is made of the column's

Every fault is found at once, with its place. Without the file nothing is imported.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from collector.imports.cells import but_sentinels, scale, thermistor_faults
from collector.imports.form import FORMS, AnyForm, CsvForm, Heading, Lc2Form, Toa5Form
from collector.imports.moments import MomentError, zone_of
from collector.imports.table import Wanted
from seepline.site import Site
from seepline.site_rules.draft import Problem, Raw, entry_paths, one_of
from seepline.site_rules.values import ID, TEXT, Row, at_least, has_text, shown, value_faults
from seepline.site_shape import Fault, read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, read_text, unknown_tables

FILE_NAME = "imports.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Whose files a source brings, and where they appear."""

    id: str
    logger: str
    folder: str = ""
    files: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Heading):
    """Which column of a source is which channel of its logger."""

    source: str
    channel: str


@dataclass(frozen=True, slots=True)
class Source:
    """One checked source."""

    intake: Intake
    form: AnyForm
    channels: tuple[str, ...]
    wanted: tuple[Wanted, ...]

    @property
    def writer(self) -> str:
        """The name under which the journal keeps what this source brought: no gateway's id has a colon."""
        return f"import:{self.intake.id}"

    @property
    def mapping(self) -> str:
        """What its files mean, in eight hex digits: form, columns, channels."""
        said = repr((self.form, [one.heading for one in self.wanted], self.channels))
        return hashlib.sha256(said.encode()).hexdigest()[:8]


_LAST_LINE = 1000
_LC2_COLUMNS = ("reading_", "temperature_", "battery_v", "logger_degc")
ROWS: Mapping[tuple[str, str], Row] = {
    ("source", "id"): ID,
    ("source", "folder"): TEXT,
    ("source", "files"): (lambda value: has_text(value) and "/" not in str(value), "a pattern of file names"),
    ("source", "station"): TEXT,
    ("source", "table"): TEXT,
    ("source", "header_lines"): (at_least(0), "0 or more"),
    ("source", "first_line"): (lambda value: isinstance(value, int) and 1 <= value <= _LAST_LINE, "1 to 1000"),
    ("source", "time_columns"): (bool, "one or more columns"),
    ("source", "time_format"): TEXT,
    ("source", "header_line"): (at_least(1), "1 or more"),
    ("column", "column"): TEXT,
    ("column", "unit"): TEXT,
}


def read_sources(data: Path, site: Site) -> tuple[Source, ...]:
    """Return the sources of a data directory, none when it has no imports.toml.

    Raises
    ------
    seepline.toml_file.Faulty
        With every problem of the file, of its TOML, of each value, of what does not fit together or to the site.
    """
    path = data / FILE_NAME
    return parse_sources(read_text(path, FILE_NAME), site, str(path)) if path.exists() else ()


def parse_sources(text: str, site: Site, name: str = FILE_NAME) -> tuple[Source, ...]:
    """Return the sources in the text of an imports.toml; raises Faulty."""
    document = parse_toml(text, name)
    problems = list(unknown_tables(document, ("source", "column")))
    forms: dict[str, tuple[Intake, AnyForm]] = {}
    for path, raw in _entries(document, "source", problems):
        found = read_source(path, raw, problems)
        if found is not None:
            problems += _source_problems(path, found[0], forms, site)
            forms[found[0].id] = found
    names = [str(raw.get("id")) for raw in entries_of(document, "source")[0]]
    columns = list(_columns(document, names, problems))
    made = [_joined(intake, form, columns, site, problems) for intake, form in forms.values()]
    if problems:
        raise Faulty(once(problems))
    return tuple(made)


def _entries(document: Raw, table: str, problems: list[Problem]) -> Iterator[tuple[str, Raw]]:
    raws, found = entries_of(document, table)
    problems += found
    yield from zip(entry_paths(table, raws), raws, strict=True)


def read_source(
    path: str,
    raw: Raw,
    problems: list[Problem],
    intake: type[Any] = Intake,
    rows: Mapping[tuple[str, str], Row] = ROWS,
) -> tuple[Any, AnyForm] | None:
    """Return the two parts of one table: the fields of `intake`, and the form; add what is wrong to `problems`."""
    kind = FORMS.get(str(raw.get("form")))
    own = {field.name for field in fields(intake)}
    first, faults = read_entry(intake, {key: value for key, value in raw.items() if key in own})
    problems += at(path, (*faults, *value_faults("source", raw, rows)))
    if kind is None:
        found = shown(raw["form"]) if "form" in raw else "nothing"
        problems.append(Problem(f"{path}.form", found, "one of " + ", ".join(FORMS)))
        return None
    form, faults = read_entry(kind, {key: value for key, value in raw.items() if key not in own})
    problems += at(path, faults)
    if form is None or first is None:
        return None
    problems += at(path, form_faults(form))
    return first, form


def form_faults(form: AnyForm) -> Iterator[Fault]:
    """Yield what does not fit together within a form."""
    try:
        zone_of(form.time_zone)
    except MomentError as error:
        yield "time_zone", repr(form.time_zone), str(error)
    if not isinstance(form, CsvForm):
        return
    if form.header_line is not None and form.header_line >= form.first_line:
        yield "header_line", str(form.header_line), f"a line before first_line ({form.first_line})"
    if form.decimal == form.delimiter:
        yield "decimal", repr(form.decimal), "another sign than the delimiter"
    if form.time_format not in ("iso", "excel_days") and "%" not in form.time_format:
        yield "time_format", repr(form.time_format), '"iso", "excel_days" or a pattern such as "%d.%m.%Y %H:%M"'


def _source_problems(path: str, intake: Intake, before: Mapping[str, Any], site: Site) -> Iterator[Problem]:
    if intake.id in before:
        yield Problem(f"{path}.id", repr(intake.id), "an id that no other source has")
    if intake.logger in {one.id for one in site.wired}:
        expected = "a [[foreign]] logger of SITE.toml: what a gateway reads comes through the gateway"
        yield Problem(f"{path}.logger", repr(intake.logger), expected)
    elif intake.logger not in {one.id for one in site.foreign}:
        known = one_of([one.id for one in site.foreign], intake.logger, "the id of a [[foreign]] logger")
        yield Problem(f"{path}.logger", repr(intake.logger), known)
    if bool(intake.folder) != bool(intake.files):
        lacking = "files" if intake.folder else "folder"
        yield Problem(f"{path}.{lacking}", "nothing", "folder and files together, or neither")


def _columns(document: Raw, names: Sequence[str], problems: list[Problem]) -> Iterator[tuple[str, Column]]:
    for path, raw in _entries(document, "column", problems):
        entry, faults = read_entry(Column, raw)
        problems += at(path, (*faults, *value_faults("column", raw, ROWS)))
        if entry is None:
            continue
        if entry.source not in names:
            problems.append(Problem(f"{path}.source", repr(entry.source), one_of(names, entry.source)))
        yield path, entry


def _joined(
    intake: Intake, form: AnyForm, columns: Sequence[tuple[str, Column]], site: Site, problems: list[Problem]
) -> Source:
    own = [(path, one) for path, one in columns if one.source == intake.id]
    if not own:
        problems.append(Problem(f"source[{intake.id}]", "no column", f'a [[column]] with source = "{intake.id}"'))
    wanted: list[Wanted] = []
    taken: dict[str, str] = {}
    for path, one in own:
        problems += _form_problems(path, one, form)
        if intake.logger in site.source_by_id:
            problems += _channel_problems(path, one, intake, site, taken)
        channel = site.channel_by_name.get(f"{intake.logger}/{one.channel}")
        made = scale(one, channel.unit) if channel else None
        if channel is not None and made is not None:
            wanted.append(Wanted(one, but_sentinels(made, channel.sentinels)))
    return Source(intake, form, tuple(one.channel for _, one in own), tuple(wanted))


def _channel_problems(
    path: str, one: Column, intake: Intake, site: Site, taken: dict[str, str]
) -> Iterator[Problem]:
    known = {channel.id: channel for channel in site.channels if channel.logger == intake.logger}
    channel = known.get(one.channel)
    if channel is None:
        expected = one_of(sorted(known), one.channel, f"a [[channel]] of {intake.logger} in SITE.toml")
        yield Problem(f"{path}.channel", repr(one.channel), expected)
    elif taken.setdefault(one.channel, path) != path:
        yield Problem(f"{path}.channel", repr(one.channel), f"another channel than {taken[one.channel]}")
    elif scale(one, channel.unit) is None:
        yield from _unit_problems(path, one, channel.unit)


def _form_problems(path: str, one: Column, form: AnyForm) -> Iterator[Problem]:
    if isinstance(form, Toa5Form) and not one.processing:
        yield Problem(f"{path}.processing", "nothing", 'as line 4 of the file says it, such as "Smp" or "Avg"')
    elif not isinstance(form, Toa5Form) and one.processing:
        yield Problem(f"{path}.processing", repr(one.processing), "nothing: only TOA5 files say it")
    if isinstance(form, Lc2Form) and not one.column.startswith(_LC2_COLUMNS):
        yield Problem(f"{path}.column", repr(one.column), "reading_1, temperature_1, battery_v, logger_degc, ...")


def _unit_problems(path: str, one: Column, unit: str) -> Iterator[Problem]:
    if (one.unit, unit) == ("degC", "ohm"):
        yield from (Problem(f"{path}.thermistor", shown(one.thermistor), said) for said in thermistor_faults(one))
    else:
        yield Problem(f"{path}.unit", repr(one.unit), f"{unit!r}, the channel's, or a unit that it is made of")
