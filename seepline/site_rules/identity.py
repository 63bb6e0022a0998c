"""Ids are unique within their table, addresses on their line, serial numbers everywhere."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

from seepline.site_rules.draft import TABLES, Draft, Problem
from seepline.site_wiring import ForeignLogger, Station, Wired

Entry = TypeVar("Entry")

# What makes the name of an entry, in the tables whose entries have one.
_BY_ID = attrgetter("id")
_NAMES: Mapping[str, Callable[[Any], Hashable]] = {
    **{
        table: _BY_ID
        for table, (_, kind) in TABLES.items()
        if table != "round" and "id" in {field.name for field in fields(kind)}  # a round's dated lists share one
    },
    "vote": attrgetter("set", "id"),
    "action": attrgetter("set", "id"),
    "channel": attrgetter("logger", "id"),
    "calibration": attrgetter("id", "version"),
}


def twins(entries: Iterable[Entry], key: Callable[[Entry], Hashable]) -> Iterator[tuple[Entry, Entry]]:
    """Yield (first, other) of every entry whose key an entry before it has too."""
    first: dict[Hashable, Entry] = {}
    for entry in entries:
        before = first.setdefault(key(entry), entry)
        if before is not entry:
            yield before, entry


def ids_are_unique(draft: Draft) -> Iterator[Problem]:
    """Check that an id (of a channel: within its logger; of a calibration: with its version) stands once."""
    for table, name in _NAMES.items():
        key = "version" if table == "calibration" else "id"
        for before, entry in twins(getattr(draft.site, TABLES[table][0]), name):
            yield Problem(
                draft.path(entry, key),
                f"{getattr(entry, key)!r}, as in {draft.path(before)}",
                f"one that no other {table} has" + (" with this id" if table == "calibration" else ""),
            )
    for before, one in twins(draft.site.sources, _BY_ID):
        if type(one) is not type(before):
            has = "logger or station" if isinstance(one, ForeignLogger) else "logger"
            expected = f"an id that no {has} has: channels name both alike"
            yield Problem(draft.path(one, "id"), f"{one.id!r}, as in {draft.path(before)}", expected)


def addresses_are_unique(draft: Draft) -> Iterator[Problem]:
    """Check addresses: two that answer at once are not understood; stations share a line with loggers."""
    for before, one in twins(draft.site.wired, lambda one: (_line(one), one.address)):
        yield Problem(
            draft.path(one, "address"),
            f"{one.address}, which {draft.path(before)} has on {_line(one)} too",
            "an address of its own " + ("on the bus" if one.bus else "there"),
        )


def _line(source: Wired) -> str:
    return source.tcp if isinstance(source, Station) and not source.bus else f"bus {source.bus}"


def serials_are_unique(draft: Draft) -> Iterator[Problem]:
    """Check serials: a logger's is its identity on the wire, a gauge's tells two of one maker apart."""
    for before, logger in twins(draft.site.loggers, lambda one: one.serial):
        yield Problem(
            draft.path(logger, "serial"), f"{logger.serial}, as in {draft.path(before)}", "a serial of its own"
        )
    for first, gauge in twins(draft.site.instruments, lambda one: (one.maker, one.kind, one.serial)):
        yield Problem(
            draft.path(gauge, "serial"),
            f"{gauge.serial!r}, as in {draft.path(first)}",
            "a serial number that no other instrument of this maker and kind has",
        )


RULES = (ids_are_unique, addresses_are_unique, serials_are_unique)
