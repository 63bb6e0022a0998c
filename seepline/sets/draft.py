"""A set of limits as a person writes it into a form: texts in the place of values, and the SET.toml of them. Pure.

    {"set": {"id": "2026-2", ...}, "threshold": [{"point": "P1", "yellow": "4,5", ...}, ...], ...}

The tables and keys are those of SET.toml. A number may have a decimal comma or a decimal point, never both, and no
exponent. What is left empty is no key of the file, but for the three that say something when they are empty. Every
value is given back as it was understood, by its place ('threshold[3].yellow'), so that whoever wrote "4,5" can see
that it is 4.5.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from seepline.sets.limit_set import Criterion, Document, Head, LimitSet, Percentile, Recipient
from seepline.site import Threshold
from seepline.site_alarms import Action, Observation, Vote
from seepline.site_rules.draft import Problem, one_of
from seepline.site_rules.values import printed, shown
from seepline.site_shape import keys_of

Entry = Mapping[str, str]
Draft = Mapping[str, Entry | Sequence[Entry]]

SINGLE: Mapping[str, type] = {"set": Head, "document": Document}
LISTS: Mapping[str, type] = {
    "threshold": Threshold,
    "action": Action,
    "recipient": Recipient,
    "criterion": Criterion,
    "percentile": Percentile,
    "vote": Vote,
    "observation": Observation,
}
_FIELDS = {
    "set": "head",
    "document": "document",
    "threshold": "thresholds",
    "action": "actions",
    "recipient": "recipients",
    "criterion": "criteria",
    "percentile": "percentiles",
    "vote": "votes",
    "observation": "observations",
}
_OF_A_SET = frozenset(("threshold", "action", "vote", "observation"))  # the file is their set
_MAY_BE_EMPTY = frozenset((("set", "follows"), ("set", "critical"), ("action", "notify")))  # and are written then
_NUMBER = re.compile(r"[+−-]?[0-9]{1,18}(?:[.,][0-9]{1,24})?")
_WHOLE = re.compile(r"[+−-]?[0-9]{1,18}")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z")
_MOST_ROWS = 5000


class NoDraft(Exception):  # noqa: N818 - says what it is
    """What came is not of the shape of a draft: one sentence."""


@dataclass(frozen=True, slots=True)
class Written:
    """The file that a draft is; `understood` are its values as TOML, `problems` the texts that are no values."""

    text: str
    understood: Mapping[str, str]
    problems: tuple[Problem, ...]


def read_draft(value: object) -> Draft:
    """Return a draft that came as JSON. Raises NoDraft."""
    if not isinstance(value, Mapping) or not set(value) <= {*SINGLE, *LISTS}:
        raise NoDraft(f"expected an object with {', '.join((*SINGLE, *LISTS))}")
    for table, entries in value.items():
        rows = [entries] if table in SINGLE else entries
        if not isinstance(rows, list) or len(rows) > _MOST_ROWS:
            raise NoDraft(f"{table}: expected a list of at most {_MOST_ROWS} entries")
        for row in rows:
            if not isinstance(row, Mapping) or not all(isinstance(one, str) for one in row.values()):
                raise NoDraft(f"{table}: expected entries with a text for each key")
    return cast(Draft, value)


def keys(table: str) -> Mapping[str, object]:
    """Return the keys that a table of SET.toml may have, with the type of each, in their order."""
    kind = SINGLE.get(table) or LISTS[table]
    return {key: hint for key, hint in keys_of(kind).items() if not (table in _OF_A_SET and key == "set")}


def written(draft: Draft) -> Written:
    """Return the text of SET.toml that a draft means."""
    lines: list[str] = []
    understood: dict[str, str] = {}
    problems: list[Problem] = []
    for table, heading, place, entry in _entries(draft):
        lines.append(heading)
        problems += _strange(table, place, entry)
        for key, hint in keys(table).items():
            typed = entry.get(key, "").strip()
            if not typed and (table, key) not in _MAY_BE_EMPTY:
                continue
            value, expected = _value(typed, hint, key)
            if expected:
                problems.append(Problem(f"{place}.{key}", shown(typed), expected))
                continue
            understood[f"{place}.{key}"] = value
            lines.append(f"{key} = {value}")
        lines.append("")
    return Written("\n".join(lines), understood, tuple(problems))


def _entries(draft: Draft) -> Iterator[tuple[str, str, str, Entry]]:
    """Yield (table, its heading, the place of an entry in messages, the entry)."""
    for table in SINGLE:
        yield table, f"[{table}]", table, cast(Entry, draft.get(table, {}))
    for table in LISTS:
        for number, entry in enumerate(cast(Sequence[Entry], draft.get(table, ())), 1):
            yield table, f"[[{table}]]", f"{table}[{number}]", entry


def _strange(table: str, place: str, entry: Entry) -> Iterator[Problem]:
    strange = (key for key in entry if key not in keys(table))
    return (
        Problem(f"{place}.{printed(key)}", "an unknown key", one_of(tuple(keys(table)), key)) for key in strange
    )


Read = tuple[str, str]  # the value as TOML, and '' or what was expected


def _value(typed: str, hint: object, key: str) -> Read:
    if key == "valid_from":
        return _date(typed)
    reader = next((read for kind, read in _READERS.items() if hint in (kind, kind | None)), _text)
    return reader(typed)


def _date(typed: str) -> Read:
    expected = "a date and time in UTC, such as 2026-12-01T00:00:00Z"
    if not _DATE.fullmatch(typed):
        return "", expected
    try:
        datetime.fromisoformat(typed.replace("Z", "+00:00"))
    except ValueError:
        return "", expected
    return (typed if typed.count(":") == 2 else typed.replace("Z", ":00Z")), ""


def _number(typed: str) -> Read:
    """Return a number as TOML.

    >>> _number("4,5"), _number("−12"), _number("1e3")[0], _number("1.234,5")[0]
    (('4.5', ''), ('-12.0', ''), '', '')
    """
    if not _NUMBER.fullmatch(typed):
        return "", "a number, such as 4,5 or 4.5"
    return _decimal(typed), ""


def _decimal(typed: str) -> str:
    plain = typed.replace("−", "-").replace(",", ".").removeprefix("+")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    before, _, after = digits.partition(".")
    return f"{sign}{before.lstrip('0') or '0'}.{after.rstrip('0') or '0'}"


def _whole(typed: str) -> Read:
    if not _WHOLE.fullmatch(typed):
        return "", "a whole number"
    return str(int(typed.replace("−", "-"))), ""


def _text(typed: str) -> Read:
    try:
        typed.encode()
    except UnicodeEncodeError:
        return "", "a text"
    return json.dumps(typed.replace("\r\n", "\n"), ensure_ascii=False).replace("\x7f", "\\u007f"), ""


def _bool(typed: str) -> Read:
    return (typed, "") if typed in ("true", "false") else ("", "true or false")


def _several(one: Callable[[str], Read]) -> Callable[[str], Read]:
    """Return the reader of a list: one value a line."""

    def read(typed: str) -> Read:
        found = [one(line.strip()) for line in typed.splitlines() if line.strip()]
        expected = next((words for _, words in found if words), "")
        return f"[{', '.join(value for value, _ in found)}]", expected and f"one on each line: {expected}"

    return read


_READERS: Mapping[Any, Callable[[str], Read]] = {
    float: _number,
    int: _whole,
    bool: _bool,
    tuple[str, ...]: _several(_text),
    tuple[int, ...]: _several(_whole),
}


def draft_of(limits: LimitSet) -> dict[str, Any]:
    """Return the draft that a set is: what the form shows when a new one begins from it."""
    found: dict[str, Any] = {table: _typed(table, getattr(limits, _FIELDS[table])) for table in SINGLE}
    for table in LISTS:
        found[table] = [_typed(table, one) for one in getattr(limits, _FIELDS[table])]
    return found


def _typed(table: str, entry: Any) -> dict[str, str]:
    known, found = keys(table), {}
    for field in fields(entry):
        key = "valid_from" if field.name == "valid_from_ms" else field.name
        value = getattr(entry, field.name)
        if key in known and not _is_default(field, value):
            found[key] = _as_typed(key, value)
    return found


def _is_default(field: Field[Any], value: object) -> bool:
    return field.default is not MISSING and field.default == value


def _as_typed(key: str, value: object) -> str:
    if key == "valid_from":
        return datetime.fromtimestamp(cast(int, value) // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "\n".join(map(str, value))
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return str(value)
