"""The bill of materials: one row for each kind and value, with everything that an order needs."""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from hardware.carrier.catalog import Kind
from hardware.carrier.part import Part

HEAD = (
    "refs",
    "qty",
    "value",
    "footprint",
    "manufacturer",
    "mpn",
    "alternate",
    "temp_min_c",
    "temp_max_c",
    "lifecycle",
    "source",
    "note",
)


def _natural(ref: str) -> tuple[str, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", ref)
    return (found[1], int(found[2])) if found else (ref, 0)


def rows(parts: Sequence[Part], kinds: Mapping[str, Kind]) -> list[tuple[object, ...]]:
    """Return the rows in the order of their first reference; test points are no parts."""
    refs: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        if kinds[part.kind].maker != "none":
            key = (part.kind, "" if part.kind.startswith(("terminal", "header")) else part.value)
            refs.setdefault(key, []).append(part.ref)
    found = []
    for (name, value), same in refs.items():
        kind, ordered = kinds[name], sorted(same, key=_natural)
        order = (kind.maker, kind.number, kind.alternate, kind.lowest_c, kind.highest_c)
        about = (kind.footprint, *order, "to be checked", kind.source, kind.note)
        found.append((" ".join(ordered), len(ordered), value, *about))
    return sorted(found, key=lambda one: _natural(str(one[0]).split()[0]))


def write_bill(path: Path, parts: Sequence[Part], kinds: Mapping[str, Kind]) -> None:
    """Write the rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows(parts, kinds)])
