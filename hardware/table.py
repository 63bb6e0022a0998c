"""A TOML file of arrays of tables, each of one class: read whole, with everything that is wrong in it.

bytes -> text -> TOML tables -> entries of the given classes -> rules between them
         Faulty                 Faulty, with every problem of both
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seepline.site_rules.draft import Problem, Raw
from seepline.site_rules.values import is_id
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, read_text, unknown_tables


class Row(NamedTuple):
    """An entry and its place, such as `channel[PZ-01]`."""

    path: str
    entry: Any


Rows = Mapping[str, tuple[Row, ...]]
Rule = Callable[[Rows], Iterator[Problem]]


def read_rows(path: Path, classes: Mapping[str, type], rules: Iterable[Rule], more: Rows | None = None) -> Rows:
    """Return the rows of each table; a table of the file that is no array counts as one row.

    `more` are rows of another file that the rules look at. Rules see only rows whose shape is right.

    Raises
    ------
    seepline.toml_file.Faulty
        With every problem, each with the file, its row, what stands there and what was expected.
    """
    document = parse_toml(read_text(path, path.name), str(path))
    problems = list(unknown_tables(document, classes))
    rows: dict[str, tuple[Row, ...]] = {}
    for table, kind in classes.items():
        rows[table], faults = _rows(_listed(document, table), table, kind)
        problems += faults
    for rule in rules:
        problems += rule({**rows, **(more or {})})
    if problems:
        raise Faulty(Problem(f"{path.name}: {one.path}", one.found, one.expected) for one in once(problems))
    return rows


def _listed(document: Raw, table: str) -> Raw:
    alone = document.get(table)
    return {table: [alone]} if isinstance(alone, Mapping) else document


def _rows(document: Raw, table: str, kind: type) -> tuple[tuple[Row, ...], list[Problem]]:
    entries, problems = entries_of(document, table)
    rows = []
    for path, raw in zip(_paths(table, entries), entries, strict=True):
        entry, faults = read_entry(kind, raw)
        problems += at(path, faults)
        if entry is not None:
            rows.append(Row(path, entry))
    return tuple(rows), problems


def _paths(table: str, entries: list[Raw]) -> Iterator[str]:
    """Yield the place of each row: by its id or name where that is its own, else by its number from 1."""
    names = [next((raw[key] for key in ("id", "net", "firmware") if is_id(raw.get(key))), None) for raw in entries]
    for number, name in enumerate(names, start=1):
        yield f"{table}[{name if name is not None and names.count(name) == 1 else number}]"


def no_twins(rows: Rows, table: str, key: str) -> Iterator[Problem]:
    """Yield a problem for each row whose key stands in an earlier row of its table."""
    seen: dict[object, str] = {}
    for path, entry in rows[table]:
        value = getattr(entry, key)
        if value in seen:
            yield Problem(f"{path}.{key}", repr(value), f"another than that of {seen[value]}")
        seen.setdefault(value, path)
