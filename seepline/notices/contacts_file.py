"""The text of a notify.toml as Contacts, or everything that is wrong with it (seepline.toml_file.Faulty)."""

from collections.abc import Iterator, Mapping
from typing import Any

from seepline.acts.roles import ROLES
from seepline.notices import contacts as form
from seepline.notices.channel import ChannelKind
from seepline.notices.contacts_rules import RULES, is_clock, is_day, is_zone
from seepline.site_rules.draft import Problem, Raw, one_of
from seepline.site_rules.values import ID, TEXT, Row, at_least, between, shown, value_faults
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, once, parse_toml, unknown_tables

FILE_NAME = "notify.toml"

_LISTS: Mapping[str, tuple[str, type]] = {
    "contact": ("contacts", form.Contact),
    "group": ("groups", form.Group),
    "rota": ("rotas", form.Rota),
    "turn": ("turns", form.Turn),
    "tell": ("tells", form.Tell),
    "escalation": ("escalations", form.Escalation),
}
_SINGLE: Mapping[str, tuple[str, type]] = {
    "notify": ("general", form.General),
    "load": ("load", form.LoadLimits),
    "watchdog": ("watchdog", form.Watchdog),
}
_OF_A_CHANNEL = ("id", "kind", "level")
_COUNT: Row = (at_least(1), "1 or more")
_SHARE: Row = (between(0, 100), "a share from 0 to 100 percent")
_CLOCK: Row = (is_clock, "a time of day, such as '07:00'")
_DAY: Row = (is_day, "a day, such as '2026-12-01'")
_ROWS: Mapping[tuple[str, str], Row] = {
    ("notify", "digest_s"): _COUNT,
    ("notify", "page"): (
        lambda value: value == "" or str(value).startswith(("http://", "https://")),
        "the address of the page, http:// or https://",
    ),
    ("notify", "morning_at"): (lambda value: value == "" or is_clock(value), _CLOCK[1]),
    ("watchdog", "every_s"): _COUNT,
    ("contact", "person"): ID,
    ("contact", "name"): TEXT,
    ("contact", "role"): (lambda value: value == "" or value in ROLES, "one of " + ", ".join(sorted(ROLES))),
    ("group", "id"): ID,
    ("rota", "id"): ID,
    ("rota", "timezone"): (is_zone, 'a time zone of the IANA list, for example "Asia/Dushanbe"'),
    ("turn", "days"): _COUNT,
    ("turn", "first"): _DAY,
    ("turn", "last"): (lambda value: value == "" or is_day(value), _DAY[1]),
    ("turn", "begins"): _CLOCK,
    ("turn", "ends"): _CLOCK,
    ("channel", "id"): ID,
    **{("load", key): _COUNT for key in ("per_hour", "per_10_min", "flood_per_10_min", "standing_h")},
    ("load", "chattering_per_min"): (at_least(2), "2 or more"),
    **{("load", key): _SHARE for key in ("yellow", "orange", "red")},
}


def parse_contacts(text: str, kinds: Mapping[str, ChannelKind], name: str = FILE_NAME) -> form.Contacts:
    """Return the contacts in a text; `kinds` are the kinds of channel by their word.

    Raises
    ------
    seepline.toml_file.Faulty
        With every problem of its TOML, of each value, and of what does not fit together.
    """
    document = parse_toml(text, name)
    problems = list(unknown_tables(document, (*_SINGLE, *_LISTS, "channel")))
    fields: dict[str, Any] = {}
    for table, (field, kind) in _SINGLE.items():
        fields[field] = _single(table, kind, document.get(table), problems)
    for table, (field, kind) in _LISTS.items():
        fields[field] = _list(table, kind, document, problems)
    fields["channels"] = tuple(_channels(document, kinds, problems))
    if problems:
        raise Faulty(once(problems))
    fields["addresses"] = {word: kind.address for word, kind in kinds.items()}
    fields["forms"] = {word: kind.form for word, kind in kinds.items()}
    found = form.Contacts(**fields)
    problems = [problem for rule in RULES for problem in rule(found)]
    if problems:
        raise Faulty(once(problems))
    return found


def _single(table: str, kind: type, raw: object, problems: list[Problem]) -> Any:
    if raw is None and table != "notify":
        return None
    if not isinstance(raw, Mapping):
        problems.append(Problem(table, "nothing" if raw is None else shown(raw), f"one [{table}] table"))
        return None
    entry, faults = read_entry(kind, raw)
    problems += at(table, (*faults, *value_faults(table, raw, _ROWS)))
    return entry


def _list(table: str, kind: type, document: Raw, problems: list[Problem]) -> tuple[Any, ...]:
    raws, faults = entries_of(document, table)
    problems += faults
    entries = []
    for number, raw in enumerate(raws, 1):
        entry, shape = read_entry(kind, raw)
        problems += at(f"{table}[{number}]", (*shape, *value_faults(table, raw, _ROWS)))
        entries.append(entry)
    return tuple(entries)


def _channels(document: Raw, kinds: Mapping[str, ChannelKind], problems: list[Problem]) -> Iterator[form.Channel]:
    raws, faults = entries_of(document, "channel")
    problems += faults
    for number, raw in enumerate(raws, 1):
        place = f"channel[{number}]"
        own = {key: raw[key] for key in _OF_A_CHANNEL if key in raw}
        channel, shape = read_entry(form.ChannelHead, own)
        problems += at(place, (*shape, *value_faults("channel", raw, _ROWS)))
        kind = kinds.get(str(raw.get("kind")))
        if kind is None:
            if "kind" in raw:
                problems.append(
                    Problem(f"{place}.kind", shown(raw["kind"]), one_of(sorted(kinds), str(raw["kind"])))
                )
            continue
        rest = {key: value for key, value in raw.items() if key not in _OF_A_CHANNEL}
        settings, shape = read_entry(kind.settings, rest)
        problems += at(place, shape)
        if settings is not None and not shape:
            problems += at(place, kind.faults(settings))
        if channel is not None:
            yield form.Channel(id=channel.id, kind=channel.kind, level=channel.level, settings=settings)
