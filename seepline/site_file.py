"""SITE.toml: read it, and find everything that is wrong with it at once.

    bytes -> text -> TOML tables -> entries of seepline.site -> values in range -> rules between entries -> Site
             SiteError          SiteError, with every problem of all of these

    SiteError    this file does not describe a site; carries every Problem (place, what stands there, what should)

How a place is written stands in seepline.site_rules.draft.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from seepline.site import Site, SiteInfo
from seepline.site_rules import Rule, broken_rules
from seepline.site_rules.draft import TABLES, Draft, Problem, Raw, entry_paths
from seepline.site_rules.values import shown, value_faults
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, read_text, unknown_tables

# Stands in for a [site] table that was not read, only to look for further problems in the rest of the file.
_UNREAD_INFO = SiteInfo(id="", name="", timezone="UTC", datum="", grey_above_share=0.0, demo=True)


class SiteError(Faulty):
    """A site file cannot be used; `problems` says everything that is wrong with it."""


def read_site(path: Path, more_rules: Iterable[Rule] = ()) -> Site:
    """Return the site that a SITE.toml describes; `more_rules` find what a room has to say about it.

    Raises
    ------
    SiteError
        With every problem: of the file itself, of its TOML, of each value, of what does not fit together.
    """
    try:
        text = read_text(path, "SITE.toml")
    except Faulty as error:
        raise SiteError(error.problems) from error
    return parse_site(text, str(path), more_rules)


def parse_site(text: str, name: str = "SITE.toml", more_rules: Iterable[Rule] = ()) -> Site:
    """Return the site in the text of a SITE.toml, which is called `name`; raises SiteError with every problem."""
    try:
        document = parse_toml(text, name)
    except Faulty as error:
        raise SiteError(error.problems) from error
    draft, problems = _read_entries(document)
    problems += broken_rules(draft, more_rules)
    if problems:
        raise SiteError(once(problems))
    return draft.site


def _read_entries(document: Raw) -> tuple[Draft, list[Problem]]:
    """Return the draft of a document, and the problems of its tables and of their values."""
    problems = [*unknown_tables(document, ("site", *TABLES))]
    info, faults = _read_info(document)
    problems += faults
    read: dict[str, tuple[object, ...]] = {}
    unread: dict[str, list[Raw]] = {}
    paths: dict[int, str] = {}
    for table, (field, kind) in TABLES.items():
        raws, faults = entries_of(document, table)
        problems += faults
        entries = []
        for path, raw in zip(entry_paths(table, raws), raws, strict=True):
            entry, shape_faults = read_entry(kind, raw)
            problems += at(path, (*shape_faults, *value_faults(table, raw)))
            if entry is None:
                unread.setdefault(table, []).append(raw)
            else:
                entries.append(entry)
                paths[id(entry)] = path
        read[field] = tuple(entries)
    return Draft(Site(info=info, **read), unread, paths), problems  # type: ignore[arg-type]


def _read_info(document: Raw) -> tuple[SiteInfo, list[Problem]]:
    raw = document.get("site")
    if not isinstance(raw, Mapping):
        return _UNREAD_INFO, [Problem("site", "nothing" if raw is None else shown(raw), "one [site] table")]
    info, faults = read_entry(SiteInfo, raw)
    return info or _UNREAD_INFO, [*at("site", (*faults, *value_faults("site", raw)))]
