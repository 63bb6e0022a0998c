"""The bill of materials of level 1, read and checked against the wiring and the air that the box stands in."""

import csv
from collections.abc import Iterator
from pathlib import Path

from hardware.level1.table import HERE, Build, WiringError
from hardware.source import EXPECTED, is_source

BOM = HERE / "bom.csv"
COLUMNS = (
    "refs", "qty", "value", "manufacturer", "mpn", "alternate", "temp_min", "temp_max", "lifecycle", "fitted",
    "source", "note",
)  # fmt: skip
LIFECYCLES = ("active", "to choose", "never built")
FITTED = ("yes", "option")
EXCEPTION = "EXCEPTION"
_FILLED = ("refs", "value", "manufacturer", "mpn", "alternate")

Row = dict[str, str]


def read(build: Build, path: Path = BOM) -> list[Row]:
    """Return the checked rows.

    Raises
    ------
    WiringError
        With every fault of the file, by line.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, heads = list(reader), tuple(reader.fieldnames or ())
    if heads != COLUMNS:
        raise WiringError(f"{path.name} line 1: columns are {', '.join(heads)}, expected {', '.join(COLUMNS)}")
    found = [fault for line, row in enumerate(rows, 2) for fault in _row_faults(build, row, f"line {line}")]
    found += _reference_faults(build, rows)
    if found:
        raise WiringError("\n".join(f"{path.name} {fault}" for fault in found))
    return rows


def exceptions(rows: list[Row]) -> list[Row]:
    """Return the rows that do not bear the ambient, and say so."""
    return [row for row in rows if EXCEPTION in row["note"]]


def _row_faults(build: Build, row: Row, line: str) -> Iterator[str]:
    if None in row or None in row.values():
        yield f"{line}: has another number of fields, expected {len(COLUMNS)}"
        return
    for column in _FILLED:
        if not row[column].strip():
            yield f"{line}: {column} is empty, expected a text ('any', 'none' and 'to choose' are texts)"
    if not is_source(row["source"]):
        yield f"{line}: source is {row['source']!r}, expected {EXPECTED}"
    for column, words in (("lifecycle", LIFECYCLES), ("fitted", FITTED)):
        if row[column] not in words:
            yield f"{line}: {column} is {row[column]!r}, expected one of {', '.join(words)}"
    yield from _heat_faults(build, row, line)


def _heat_faults(build: Build, row: Row, line: str) -> Iterator[str]:
    try:
        low, high = int(row["temp_min"]), int(row["temp_max"])
    except ValueError:
        yield f"{line}: temp_min, temp_max are {row['temp_min']!r}, {row['temp_max']!r}, expected whole degrees"
        return
    least, most = build.ambient_degc[0], build.ambient_degc[1] + build.sun_k
    bears = low <= least and high >= most
    if not bears and EXCEPTION not in row["note"]:
        yield f"{line}: bears {low} to {high} degC, expected {least} to {most}, or a note with {EXCEPTION} and why"


def _reference_faults(build: Build, rows: list[Row]) -> Iterator[str]:
    listed = [ref for row in rows for ref in (row["refs"] or "").split(",")]
    known = {*build.modules, *build.loose}
    for ref in sorted({ref for ref in listed if listed.count(ref) > 1}):
        yield f"has {ref} twice, expected each reference once"
    for ref in sorted(known - set(listed)):
        yield f"lacks {ref}, expected a row for each module of wiring.toml"
    for ref in sorted(set(listed) - known):
        yield f"has {ref}, expected a module of wiring.toml or one of its `loose` things"
