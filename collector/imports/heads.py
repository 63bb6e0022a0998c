"""The head of a file: whether it is the declared one, and where each wanted column stands.

TOA5   four lines: whose file it is, names, units, processing; a changed unit is another column
LC-2   no head that means anything: the place of a cell is its meaning, so the number of cells must be right
CSV    the line of names, where the source has one
"""

import csv
from collections.abc import Sequence
from typing import NamedTuple

from collector.imports.form import AnyForm, CsvForm, Fault, HeadError, Heading, Lc2Form, Toa5Form

Heads = Sequence[Heading]

_TOA5_LINES = 4
_TOA5_ABOUT = ("form", "station", "model", "serial", "os", "program", "program_signature", "table")
_LC2_BATTERY = ("battery_v", "logger_degc")
_ANY_WIDTH = 0


class Layout(NamedTuple):
    """Where things stand in a row, counted from 0: its time, its record number, the wanted columns in order.

    `width` is the number of cells that every row must have, 0 = at least as many as are used.
    """

    names: tuple[str, ...]
    width: int
    time: tuple[int, ...]
    number: int | None
    cells: tuple[int, ...]


def head_lines(form: AnyForm) -> int:
    """Return how many lines stand before the first row."""
    if isinstance(form, Toa5Form):
        return _TOA5_LINES
    return form.header_lines if isinstance(form, Lc2Form) else form.first_line - 1


def split(form: AnyForm, text: str) -> list[str]:
    """Return the cells of one line, without the spaces around them; raises ValueError for a broken quote."""
    delimiter = form.delimiter if isinstance(form, CsvForm) else ","
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise ValueError(str(error)) from None
    return [cell.strip() for cell in cells]


def layout_of(form: AnyForm, wanted: Heads, head: Sequence[str]) -> Layout:
    """Return the layout of the rows behind this head.

    Raises
    ------
    HeadError
        With everything that is not as declared.
    """
    if isinstance(form, Toa5Form):
        return _toa5(form, wanted, head)
    return _lc2(form, wanted) if isinstance(form, Lc2Form) else _csv(form, wanted, head)


def _cells(form: AnyForm, line: int, text: str) -> list[str]:
    try:
        return split(form, text)
    except ValueError as error:
        raise HeadError([Fault(line, "", str(error), "whole quoted texts")]) from None


def _toa5(form: Toa5Form, wanted: Heads, head: Sequence[str]) -> Layout:
    about, names, units, processing = (_cells(form, line, text) for line, text in enumerate(head, 1))
    faults = [*_toa5_about(form, about), *_same_width(names, units, processing)]
    if faults:
        raise HeadError(faults)
    if names[:1] != ["TIMESTAMP"]:
        found = repr(names[0]) if names else "an empty line"
        raise HeadError([Fault(2, "", found, "'TIMESTAMP' as the first name")])
    for one in wanted:
        place = _place(2, names, one.column, faults)
        if place is not None:
            faults += _other(3, one.column, "unit", units[place], one.unit)
            faults += _other(4, one.column, "processing", processing[place], one.processing)
    number = names.index("RECORD") if "RECORD" in names else None
    return _layout(faults, names, wanted, (0,), number, len(names))


def _toa5_about(form: Toa5Form, about: list[str]) -> list[Fault]:
    if about[:1] != ["TOA5"] or len(about) != len(_TOA5_ABOUT):
        found = f"{about[0]!r} and {len(about)} texts" if about else "nothing"
        return [Fault(1, "", found, f"'TOA5' and {len(_TOA5_ABOUT)} texts: {', '.join(_TOA5_ABOUT[1:])}")]
    declared = {"station": form.station, "table": form.table, "serial": form.serial}
    declared["program_signature"] = form.program_signature
    written = dict(zip(_TOA5_ABOUT, about, strict=True))
    return [
        Fault(1, "", f"{key} {written[key]!r}", f"{key} {value!r}, as the source says")
        for key, value in declared.items()
        if value and written[key] != value
    ]


def _same_width(names: list[str], units: list[str], processing: list[str]) -> list[Fault]:
    return [
        Fault(line, "", f"{len(row)} {what}", f"{len(names)}, one for each name of line 2")
        for line, what, row in ((3, "units", units), (4, "kinds of processing", processing))
        if len(row) != len(names)
    ]


def _other(line: int, column: str, what: str, found: str, declared: str) -> list[Fault]:
    same = _plain_unit(found) == _plain_unit(declared) if what == "unit" else found == declared
    return [] if same else [Fault(line, column, f"{what} {found!r}", f"{declared!r}, as the source says")]


def _plain_unit(unit: str) -> str:
    """Return a unit's text as it is compared: loggers write units as their programmers did.

    >>> _plain_unit("Ohms") == _plain_unit("ohm"), _plain_unit("Deg C") == _plain_unit("degC")
    (True, True)
    """
    plain = unit.lower().replace(" ", "").replace("_", "").replace("°", "deg")
    return {"ohms": "ohm", "c": "degc", "hertz": "hz", "volts": "v", "mvolts": "mv", "digit": "digits"}.get(
        plain, plain
    )


def _lc2(form: Lc2Form, wanted: Heads) -> Layout:
    date = ("year", "day") if form.date == "day_of_year" else ("year", "month", "day")
    clock = ("hhmm", "second") if form.clock == "hhmm" else ("hour", "minute", "second")
    gauges = range(1, form.gauges + 1)
    values = [*(f"reading_{one}" for one in gauges), *(f"temperature_{one}" for one in gauges)]
    names = [*(["name"] if form.name else []), *date, *clock, *_LC2_BATTERY, *values, "array"]
    first = int(bool(form.name))
    faults: list[Fault] = []
    for one in wanted:
        _place(0, names, one.column, faults)
    time = tuple(range(first, first + len(date) + len(clock)))
    return _layout(faults, names, wanted, time, len(names) - 1, len(names))


def _csv(form: CsvForm, wanted: Heads, head: Sequence[str]) -> Layout:
    line = form.header_line
    used = [*form.time_columns, *([form.record_column] if form.record_column else [])]
    used += [one.column for one in wanted]
    if line is None:
        numbers = [int(name) for name in used if name.isdecimal() and 0 < int(name) < 10_000]
        names, width = [str(number + 1) for number in range(max(numbers, default=0))], _ANY_WIDTH
    else:
        names = _cells(form, line, head[line - 1])
        width = len(names)
    faults: list[Fault] = []
    places = [_place(line or 0, names, name, faults) for name in used]
    if faults:
        raise HeadError(faults)
    found = [place for place in places if place is not None]
    time, number = (
        tuple(found[: len(form.time_columns)]),
        found[len(form.time_columns)] if form.record_column else None,
    )
    return _layout([], names, wanted, time, number, width)


def _place(line: int, names: Sequence[str], column: str, faults: list[Fault]) -> int | None:
    """Return where a column stands; add to `faults` when it stands nowhere, or twice."""
    times = names.count(column)
    if times == 1:
        return names.index(column)
    found = f"{times} columns of this name" if times else "no such column"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    faults.append(Fault(line or 1, column, found, f"one; the columns are {shown}"))
    return None


def _layout(
    faults: list[Fault], names: list[str], wanted: Heads, time: tuple[int, ...], number: int | None, width: int
) -> Layout:
    if faults:
        raise HeadError(faults)
    return Layout(tuple(names), width, time, number, tuple(names.index(one.column) for one in wanted))
