"""The sheets' texts: one TOML file each, read and checked."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_KEYS = {"id", "title", "intro", "fields", "steps", "zero"}
_MUST = ("id", "title", "intro", "fields", "steps")


class SheetError(Exception):
    """A sheet's file is wrong: one line for each fault."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and what shows that it is done."""

    do: str
    passes: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; `zero` is empty where nothing is zeroed, `fields` are to be filled in."""

    id: str
    title: str
    intro: str
    steps: tuple[Step, ...]
    zero: tuple[Step, ...]
    fields: tuple[str, ...]

    @property
    def texts(self) -> Iterator[str]:
        """Every text of it, to be translated."""
        yield from (self.title, self.intro, *self.fields)
        for step in (*self.steps, *self.zero):
            yield from (step.do, step.passes)


def read_all(folder: Path = HERE) -> list[Sheet]:
    """Return the sheets of a folder, by name; raises SheetError."""
    return [read(path) for path in sorted(folder.glob("*.toml"))]


def read(path: Path) -> Sheet:
    """Return one sheet.

    Raises
    ------
    SheetError
        With every fault of the file.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SheetError(f"{path.name}: {error}") from error
    if found := list(_faults(path, rows)):
        raise SheetError("\n".join(f"{path.name}: {fault}" for fault in found))
    steps, zero = (tuple(Step(row["do"], row["pass"]) for row in rows.get(key, [])) for key in ("steps", "zero"))
    return Sheet(rows["id"], rows["title"], rows["intro"], steps, zero, tuple(rows["fields"]))


def _faults(path: Path, rows: dict[str, object]) -> Iterator[str]:
    for key in _MUST:
        if not rows.get(key):
            yield f"{key} is missing or empty, expected a text or a list"
    for key in sorted(rows.keys() - _KEYS):
        yield f"has the unknown key {key}, expected {', '.join(sorted(_KEYS))}"
    if rows.get("id") not in (None, path.stem):
        yield f"id is {rows['id']!r}, expected the file's name, {path.stem!r}"
    for key in ("steps", "zero"):
        for number, row in enumerate(_listed(rows.get(key)), 1):
            if not isinstance(row, dict) or set(row) != {"do", "pass"} or not all(row.values()):
                yield f"{key} {number} is {row!r}, expected do and pass, neither empty"


def _listed(found: object) -> list[object]:
    return found if isinstance(found, list) else []
