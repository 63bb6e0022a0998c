"""Who is on duty: turns by the clock on the wall, and swaps that persons signed.

A wall time that summer time leaves out begins as much later; one that comes twice is its first. So what ends at
08:00 and what begins at 08:00 always meet. In a gap everybody of the rota is on duty: nobody is not an answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from seepline.notices.contacts import Contacts, Rota, Turn

_DAY_MS = 86_400_000


class Span(NamedTuple):
    """One person's duty, in UTC milliseconds; the end is not part of it."""

    begin_ms: int
    end_ms: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """`person` takes the duty of `instead_of` ('' for whoever has it) in a rota for a time; `by` signed it.

    `at_ms` is when it came: of two swaps of one time the later counts.
    """

    rota: str
    person: str
    instead_of: str
    from_ms: int
    until_ms: int
    by: str = ""
    at_ms: int = 0


class OnDuty(NamedTuple):
    """Who is on duty; `gap`: nobody is planned, so it is everybody of the rota. `overlap`: several are planned."""

    persons: tuple[str, ...]
    gap: bool = False
    overlap: bool = False


def utc_ms(day: date, clock: str, zone: ZoneInfo) -> int:
    """Return the instant of a wall time of a day.

    >>> utc_ms(date(2026, 3, 29), "02:30", ZoneInfo("Europe/Berlin")) == utc_ms(
    ...     date(2026, 3, 29), "03:30", ZoneInfo("Europe/Berlin"))
    True
    """
    moment = datetime.combine(day, time.fromisoformat(clock), zone)
    return int(moment.timestamp()) * 1000


def spans(turns: Iterable[Turn], zone: ZoneInfo, from_ms: int, to_ms: int) -> list[Span]:
    """Return every duty of some turns that touches from_ms <= t < to_ms, by its begin."""
    found = (span for turn in turns for span in _of_turn(turn, zone, from_ms, to_ms))
    return sorted(one for one in found if one.begin_ms < to_ms and one.end_ms > from_ms)


def _of_turn(turn: Turn, zone: ZoneInfo, from_ms: int, to_ms: int) -> Iterator[Span]:
    first = date.fromisoformat(turn.first)
    last = date.fromisoformat(turn.last) if turn.last else date.max
    day = max(first, _local_day(from_ms, zone) - timedelta(days=2))
    end = min(last, _local_day(to_ms, zone) + timedelta(days=1))
    over = timedelta(days=int(turn.ends <= turn.begins))
    while day <= end:
        person = turn.persons[(day - first).days // turn.days % len(turn.persons)]
        yield Span(utc_ms(day, turn.begins, zone), utc_ms(day + over, turn.ends, zone), person)
        day += timedelta(days=1)


def _local_day(at_ms: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at_ms // 1000, zone).date()


def on_duty(contacts: Contacts, swaps: Sequence[Swap], rota_id: str, at_ms: int) -> OnDuty:
    """Return who is on duty in a rota at a time.

    Who has no contact cannot be on duty: a swap with them leaves a gap, and a gap calls everybody.
    """
    rota = next(one for one in contacts.rotas if one.id == rota_id)
    turns = [one for one in contacts.turns if one.rota == rota_id]
    planned = [one.person for one in spans(turns, ZoneInfo(rota.timezone), at_ms, at_ms + 1)]
    for swap in sorted(swaps, key=lambda one: one.at_ms):
        if swap.rota == rota_id and swap.from_ms <= at_ms < swap.until_ms:
            planned = _swapped(planned, swap)
    known = {one.person for one in contacts.contacts}
    persons = tuple(dict.fromkeys(person for person in planned if person in known))
    if not persons:
        everybody = tuple(dict.fromkeys(person for turn in turns for person in turn.persons))
        return OnDuty(everybody, gap=True)
    return OnDuty(persons, overlap=len(persons) > 1)


def _swapped(planned: list[str], swap: Swap) -> list[str]:
    if not swap.instead_of:
        return [swap.person]
    return [swap.person if one == swap.instead_of else one for one in planned]


def gaps(contacts: Contacts, rota: Rota, from_ms: int, to_ms: int) -> list[tuple[int, int]]:
    """Return (begin, end) of every time in which nobody is planned in a rota."""
    found, reached_ms = [], from_ms
    for span in _planned(contacts, rota, from_ms, to_ms):
        if span.begin_ms > reached_ms:
            found.append((reached_ms, span.begin_ms))
        reached_ms = max(reached_ms, span.end_ms)
    if reached_ms < to_ms:
        found.append((reached_ms, to_ms))
    return found


def overlaps(contacts: Contacts, rota: Rota, from_ms: int, to_ms: int) -> list[tuple[Span, Span]]:
    """Return neighbours of which the second begins before the first has ended, and who are two persons."""
    planned = _planned(contacts, rota, from_ms, to_ms)
    return [(one, two) for one, two in pairwise(planned) if two.begin_ms < one.end_ms and one.person != two.person]


def _planned(contacts: Contacts, rota: Rota, from_ms: int, to_ms: int) -> list[Span]:
    turns = [one for one in contacts.turns if one.rota == rota.id]
    return spans(turns, ZoneInfo(rota.timezone), from_ms, to_ms)
