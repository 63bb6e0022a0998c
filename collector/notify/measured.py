"""What is measured of telling people, for page, API and morning sheet: alarm load, duty, messages that failed.

Alarm load is measured from what was announced (ISA-18.2, IEC 62682); limits are those of [load] in notify.toml,
and where a facility states none, none is shown.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.notify.book_reader import BookReader
from collector.notify.outlook import swaps
from collector.store import StoreReader
from seepline.notices import load
from seepline.notices.contacts import Contacts, LoadLimits
from seepline.notices.rota import Span, gaps, on_duty, overlaps, spans
from seepline.thresholds import Level

MONTH_MS = 30 * load.DAY_MS
_WEEK_MS = 7 * load.DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLoad:
    """The alarms of the last 24 hours by person, and of the last 30 days by level. Lists are names of alarms.

    `chattering` and `stale` are None where no limit says what that is.
    """

    time_ms: int
    limits: LoadLimits | None
    persons: tuple[load.Load, ...]
    chattering: tuple[str, ...] | None
    stale: tuple[str, ...] | None
    priorities: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyNow:
    """Who is on duty in one rota, who is next and when (None: the plan ends), and what is wrong in 7 days."""

    rota: str
    timezone: str
    persons: tuple[str, ...]
    gap: bool
    overlap: bool
    planned: tuple[Span, ...]
    gaps: tuple[tuple[int, int], ...]
    overlaps: tuple[tuple[Span, Span], ...]


def alarm_load(contacts: Contacts | None, book: BookReader, reader: StoreReader, now_ms: int) -> AlarmLoad:
    """Measure it from the book and the store."""
    limits = contacts.load if contacts else None
    raised = _raised(reader, now_ms - MONTH_MS)
    stands = {
        name: one.since_ms for name, one in reader.standings().items() if one.level and one.since_ms is not None
    }
    last_day = [(name, at_ms) for name, at_ms, _ in raised if at_ms > now_ms - load.DAY_MS]
    return AlarmLoad(
        time_ms=now_ms,
        limits=limits,
        persons=tuple(load.loads(book.alarms_since(now_ms - load.DAY_MS), limits, now_ms)),
        chattering=tuple(load.chattering(last_day, limits.chattering_per_min)) if limits else None,
        stale=tuple(load.standing(stands, limits.standing_h, now_ms)) if limits else None,
        priorities=load.priorities(level for _, _, level in raised),
    )


def _raised(reader: StoreReader, from_ms: int) -> list[tuple[str, int, Level]]:
    """Return (alarm, when, level) of every level that was announced since a time."""
    sql = (
        "SELECT point || '/' || quantity || '/' || direction, arrived_ms, level_to FROM events"
        " WHERE kind IN ('level', 'late', 'realarm') AND arrived_ms >= ? AND level_to > 0"
        " AND (level_to > level_from OR kind <> 'level') ORDER BY number"
    )
    with reader.connected() as connection:
        return [(name, at_ms, Level(level)) for name, at_ms, level in connection.execute(sql, (from_ms,))]


def duty_now(contacts: Contacts, reader: StoreReader, now_ms: int) -> tuple[DutyNow, ...]:
    """Return who is on duty in each rota, and the plan of the next seven days."""
    signed, until_ms = swaps(reader), now_ms + _WEEK_MS
    found = []
    for one in contacts.rotas:
        on = on_duty(contacts, signed, one.id, now_ms)
        turns = [turn for turn in contacts.turns if turn.rota == one.id]
        found.append(
            DutyNow(
                rota=one.id,
                timezone=one.timezone,
                persons=on.persons,
                gap=on.gap,
                overlap=on.overlap,
                planned=tuple(spans(turns, ZoneInfo(one.timezone), now_ms, until_ms)),
                gaps=tuple(gaps(contacts, one, now_ms, until_ms)),
                overlaps=tuple(overlaps(contacts, one, now_ms, until_ms)),
            )
        )
    return tuple(found)


def name_of(contacts: Contacts | None, person: str) -> str:
    """Return the name of a person, their id where notify.toml has none."""
    contact = contacts.contact(person) if contacts else None
    return contact.name if contact else person
