"""SITE.toml: read it, and find everything that is wrong with it at once.

    bytes -> text -> TOML tables -> entries of seepline.site -> values in range -> rules between entries -> Site
             SiteError          SiteError, with every problem of all of these

    SiteError    this file does not describe a site; carries every Problem (place, what stands there, what should)

How a place is written stands in seepline.site_rules.draft.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from seepline.site import Site, SiteInfo
from seepline.site_rules import Rule, broken_rules
from seepline.site_rules.draft import TABLES, Draft, Problem, Raw, entry_paths, one_of
from seepline.site_rules.values import printed, shown, value_faults
from seepline.site_shape import Fault, read_entry

_MAX_BYTES = 16 * 1024 * 1024  # 1,000 loggers with all their channels stay below 5 MB

# Stands in for a [site] table that was not read, only to look for further problems in the rest of the file.
_UNREAD_INFO = SiteInfo(id="", name="", timezone="UTC", datum="", grey_above_share=0.0, demo=True)


class SiteError(Exception):
    """A site file cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def read_site(path: Path, more_rules: Iterable[Rule] = ()) -> Site:
    """Return the site that a SITE.toml describes; `more_rules` find what a room has to say about it.

    Raises
    ------
    SiteError
        With every problem: of the file itself, of its TOML, of each value, of what does not fit together.
    """
    return parse_site(_read_text(path), str(path), more_rules)


def parse_site(text: str, name: str = "SITE.toml", more_rules: Iterable[Rule] = ()) -> Site:
    """Return the site in the text of a SITE.toml, which is called `name`; raises SiteError with every problem."""
    document = _toml(text, name)
    draft, problems = _read_entries(document)
    problems += broken_rules(draft, more_rules)
    if problems:
        raise SiteError(_once(problems))
    return draft.site


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise SiteError(
            [Problem(str(path), error.strerror or str(error), "a SITE.toml that can be read")]
        ) from error
    except ValueError as error:  # a NUL in the path
        raise SiteError([Problem(repr(str(path)), str(error), "the path of a SITE.toml")]) from error
    if len(data) > _MAX_BYTES:
        raise SiteError(
            [Problem(str(path), f"more than {_MAX_BYTES} bytes", "a site description of at most that")]
        )
    return _utf8(path, data)


def _utf8(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x} at byte {error.start} (line {line}), which is not UTF-8"
        raise SiteError([Problem(str(path), found, "text saved as UTF-8")]) from error


def _toml(text: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteError([Problem(name, str(error), "TOML 1.0")]) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; lists nested without end
        raise SiteError([Problem(name, str(error), "TOML with plain numbers and lists")]) from error


def _once(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Return the first problem of each place: what a value is comes before what it would mean."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.path, problem)
    return first.values()


def _read_entries(document: Raw) -> tuple[Draft, list[Problem]]:
    """Return the draft of a document, and the problems of its tables and of their values."""
    problems = [*_unknown_tables(document)]
    info, faults = _read_info(document)
    problems += faults
    read: dict[str, tuple[object, ...]] = {}
    unread: dict[str, list[Raw]] = {}
    paths: dict[int, str] = {}
    for table, (field, kind) in TABLES.items():
        raws, faults = _tables(document, table)
        problems += faults
        entries = []
        for path, raw in zip(entry_paths(table, raws), raws, strict=True):
            entry, shape_faults = read_entry(kind, raw)
            problems += _at(path, (*shape_faults, *value_faults(table, raw)))
            if entry is None:
                unread.setdefault(table, []).append(raw)
            else:
                entries.append(entry)
                paths[id(entry)] = path
        read[field] = tuple(entries)
    return Draft(Site(info=info, **read), unread, paths), problems  # type: ignore[arg-type]


def _at(path: str, faults: Iterable[Fault]) -> Iterator[Problem]:
    yield from (Problem(f"{path}.{key}", found, expected) for key, found, expected in faults)


def _unknown_tables(document: Raw) -> Iterator[Problem]:
    known = ("site", *TABLES)
    for key in document:
        if key not in known:
            yield Problem(printed(key), "an unknown table or key", one_of(known, key))


def _read_info(document: Raw) -> tuple[SiteInfo, list[Problem]]:
    raw = document.get("site")
    if not isinstance(raw, Mapping):
        return _UNREAD_INFO, [Problem("site", "nothing" if raw is None else shown(raw), "one [site] table")]
    info, faults = read_entry(SiteInfo, raw)
    return info or _UNREAD_INFO, [*_at("site", (*faults, *value_faults("site", raw)))]


def _tables(document: Raw, table: str) -> tuple[list[Raw], list[Problem]]:
    """Return the entries of an array of tables, and the problem of a key that is something else."""
    raw = document.get(table, [])
    if isinstance(raw, list) and all(isinstance(entry, Mapping) for entry in raw):
        return raw, []
    return [], [Problem(table, shown(raw), f"[[{table}]] in double brackets")]
