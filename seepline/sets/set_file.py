"""SET.toml: one proposed set of limits, and everything that is wrong with it.

[set]          id, site, follows, valid_from, reason, geometry, geometry_date, critical, k1, k2
[document]     title, number, date, sha256 of the paper that it rests on
[[threshold]]  as in SITE.toml, without `set`
[[action]]     as in SITE.toml: id, level, what, role, within_s, page, notify, point, quantity, direction
[[vote]]       id, needed
[[observation]]  kind, level
[[recipient]]  level, role, organisation
[[criterion]]  point, quantity, direction, k1, k2, act, date: the national criteria

[[percentile]] point, quantity, direction, level, percentile, readings_a_year: where a limit is one of history

No number has a default. SetError carries every Problem (place, what stands there, what should).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from seepline.sets.limit_set import Criterion, Document, Head, LimitSet, Percentile, Recipient
from seepline.sets.set_rules import RULES
from seepline.site import Threshold
from seepline.site_alarms import Action, Observation, Vote
from seepline.site_rules.draft import Problem, Raw
from seepline.site_rules.values import shown, value_faults
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, read_text, unknown_tables

_LISTS: Mapping[str, tuple[str, type]] = {
    "threshold": ("thresholds", Threshold),
    "action": ("actions", Action),
    "recipient": ("recipients", Recipient),
    "criterion": ("criteria", Criterion),
    "percentile": ("percentiles", Percentile),
    "vote": ("votes", Vote),
    "observation": ("observations", Observation),
}
_OF_A_SET = ("threshold", "action", "vote", "observation")  # in SITE.toml they name their set
_SINGLE: Mapping[str, tuple[str, type]] = {"set": ("head", Head), "document": ("document", Document)}
_EMPTY = re.compile(r"\s*([\w-]+)\s*=\s*(?:#.*)?")
MOST_CHARS = 700_000  # what an act can carry


class SetError(Faulty):
    """A file holds no set that can be proposed; `problems` says everything that is wrong with it."""


def read_set(path: Path) -> tuple[LimitSet, str]:
    """Return the set of a file, and its text. Raises SetError."""
    try:
        text = read_text(path, "SET.toml")
    except Faulty as error:
        raise SetError(error.problems) from error
    return parse_set(text, str(path)), text


def parse_set(text: str, name: str = "SET.toml") -> LimitSet:
    """Return the set in a text that is called `name`. Raises SetError."""
    if len(text) > MOST_CHARS:
        raise SetError([Problem(name, f"{len(text)} characters", f"at most {MOST_CHARS}")])
    try:
        document = parse_toml(text, name)
    except Faulty as error:
        raise SetError(list(_empty(text, name)) or error.problems) from error
    problems = list(unknown_tables(document, (*_SINGLE, *_LISTS)))
    fields: dict[str, Any] = {
        field: _single(table, kind, document.get(table), problems) for table, (field, kind) in _SINGLE.items()
    }
    for table, (field, kind) in _LISTS.items():
        fields[field] = _list(table, kind, document, problems)
    if None in fields.values() or any(None in fields[field] for field, _ in _LISTS.values()):
        raise SetError(once(problems))
    found = LimitSet(**_named(fields), digest=hashlib.sha256(text.encode()).hexdigest())
    problems += [problem for rule in RULES for problem in rule(found)]
    if problems:
        raise SetError(once(problems))
    return found


def _empty(text: str, name: str) -> Iterator[Problem]:
    """Yield every key of the empty form that nobody has filled in: it is no TOML until then."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _EMPTY.fullmatch(line):
            yield Problem(f"{name}, line {number}, {found[1]}", "nothing", "a value")


def _single(table: str, kind: type, raw: object, problems: list[Problem]) -> Any:
    if not isinstance(raw, Mapping):
        problems.append(Problem(table, "nothing" if raw is None else shown(raw), f"one [{table}] table"))
        return None
    entry, faults = read_entry(kind, raw)
    problems += at(table, faults)
    return entry


def _list(table: str, kind: type, document: Raw, problems: list[Problem]) -> tuple[Any, ...]:
    raws, faults = entries_of(document, table)
    problems += faults
    entries = []
    for number, raw in enumerate(raws, 1):
        place, of_a_set = f"{table}[{number}]", table in _OF_A_SET
        entry, shape = read_entry(kind, {"set": "", **raw} if of_a_set else raw)
        problems += at(place, (*shape, *value_faults(table, raw)))
        if of_a_set and "set" in raw:
            problems.append(Problem(f"{place}.set", shown(raw["set"]), "no such key: the file is the set"))
        entries.append(entry)
    return tuple(entries)


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with the set's id in each entry that names its set."""
    owned = {
        field: tuple(replace(one, set=fields["head"].id) for one in fields[field])
        for field, _ in (_LISTS[table] for table in _OF_A_SET)
    }
    return {**fields, **owned}
