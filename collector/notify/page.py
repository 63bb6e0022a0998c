"""The page of people: who is on duty, what each was told and by what, how many alarms that is."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from collector.deeds.alarm_page import local_input
from collector.deeds.forms import Filled, filled, for_role, plain
from collector.notify.book_reader import BookReader
from collector.notify.measured import AlarmLoad, alarm_load, duty_now, name_of
from collector.store import StoreReader
from collector.web.shell import Shell
from collector.web.visitor import Visitor
from collector.web.words import Moment, moment, noted
from seepline.notices.contacts import Contacts
from seepline.thresholds import Level

_MOST = 100

STATE_WORDS = {
    "queued": noted("to be sent"),
    "again": noted("failed, is tried again"),
    "sent": noted("sent"),
    "failed": noted("failed, given up"),
    "unreachable": noted("cannot be reached"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message as it is shown."""

    person: str
    channel: str
    state: str
    tries: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is told, and what became of it with each person; `colour` is that of its level, '' for none.

    `event` is its id where it has a page: a morning sheet has none.
    """

    event: str
    made: Moment
    colour: str
    kind: str
    text: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One rota as it is shown."""

    rota: str
    persons: tuple[str, ...]
    gap: bool
    overlap: bool
    planned: tuple[tuple[Moment, Moment, str], ...]
    gaps: tuple[tuple[Moment, Moment], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPage:
    """Everything that the page shows. `fault` is what is wrong with notify.toml, `there`: it can be used."""

    there: bool
    fault: str
    watches: tuple[Watch, ...]
    said: tuple[Said, ...]
    load: AlarmLoad
    names: dict[str, str]
    forms: tuple[Filled, ...]


def told_page(
    shell: Shell, reader: StoreReader, book: BookReader, contacts: Contacts | None, fault: str, visitor: Visitor
) -> ToldPage:
    """Return the data of the page."""
    zone, now_ms = ZoneInfo(shell.site.info.timezone), shell.now_ms()
    load, newest = alarm_load(contacts, book, reader, now_ms), book.newest(_MOST)
    texts = book.texts(one["event"] for one in newest)
    return ToldPage(
        there=contacts is not None,
        fault=fault,
        watches=_watches(contacts, reader, zone, now_ms) if contacts else (),
        said=tuple(_said(newest, texts, _in_store(reader, texts), contacts, zone)),
        load=load,
        names={one.person: name_of(contacts, one.person) for one in load.persons},
        forms=for_role(_swap(contacts, zone, now_ms), visitor) if contacts and contacts.rotas else (),
    )


def _swap(contacts: Contacts, zone: ZoneInfo, now_ms: int) -> tuple[Filled, ...]:
    """Return the form by which a duty changes hands, beginning now."""
    persons = tuple((one.person, one.name) for one in contacts.contacts)
    rotas, now = plain(tuple(one.id for one in contacts.rotas)), {"from_ms": local_input(now_ms, zone)}
    return (filled("duty", now, rota=rotas, person=persons, instead_of=persons),)


def _watches(contacts: Contacts, reader: StoreReader, zone: ZoneInfo, now_ms: int) -> tuple[Watch, ...]:
    return tuple(
        Watch(
            rota=one.rota,
            persons=tuple(name_of(contacts, person) for person in one.persons),
            gap=one.gap,
            overlap=one.overlap,
            planned=tuple(
                (moment(span.begin_ms, zone), moment(span.end_ms, zone), name_of(contacts, span.person))
                for span in one.planned
            ),
            gaps=tuple((moment(begin_ms, zone), moment(end_ms, zone)) for begin_ms, end_ms in one.gaps),
        )
        for one in duty_now(contacts, reader, now_ms)
    )


def _said(
    newest: list[dict[str, Any]],
    texts: dict[str, tuple[str, str]],
    pages: frozenset[str],
    contacts: Contacts | None,
    zone: ZoneInfo,
) -> Iterator[Said]:
    """Yield each event once, in the order of its newest message, with everybody who was told of it."""
    by_event: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in newest:
        by_event.setdefault((one["event"], one["level"]), []).append(one)
    for (event, number), messages in by_event.items():
        level, (kind, text) = Level(number), texts.get(event, ("", event))
        yield Said(
            event=event if event in pages else "",
            made=moment(min(one["made_ms"] for one in messages), zone),
            colour=level.name.lower() if level else "",
            kind=kind,
            text=text,
            rows=tuple(_row(one, contacts) for one in messages),
        )


def _in_store(reader: StoreReader, events: Iterable[str]) -> frozenset[str]:
    sql = "SELECT id FROM events WHERE id IN (SELECT value FROM json_each(?))"
    with reader.connected() as connection:
        return frozenset(row[0] for row in connection.execute(sql, (json.dumps(sorted(events)),)))


def _row(message: dict[str, Any], contacts: Contacts | None) -> Row:
    state = "again" if message["state"] == "queued" and message["tries"] else message["state"]
    return Row(
        person=name_of(contacts, message["person"]),
        channel=message["channel"],
        state=STATE_WORDS[state],
        tries=message["tries"],
        said=message["reason"] or message["receipt"],
    )
