"""/alarms and /alarms/EVENT: what stands, the journal, and one alarm with what may be done about it now. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from collector.deeds.forms import Filled, filled, for_role, plain
from collector.deeds.journal import Asked
from collector.present import Present
from collector.store import StoredEvent
from collector.web.alarms import AlarmRow, alarm_rows
from collector.web.spoken import sides
from collector.web.tables import EventRow, event_rows
from collector.web.visitor import Visitor
from collector.web.words import Translate
from collector.works.table import Work
from seepline.acts.alarms import OBSERVED
from seepline.alarm.actions import Plan
from seepline.alarm.machine import UNSEEN
from seepline.alarm.standing import Standing, concerns_people, lacking
from seepline.site import Site
from seepline.thresholds import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmList:
    """What stands, the unseen first; a page of the journal; forms that need no alarm."""

    alarms: tuple[AlarmRow, ...]
    asked: Asked
    events: tuple[EventRow, ...]
    older: int | None
    places: tuple[str, ...]
    forms: tuple[Filled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmPage:
    """One event, the alarm that it is of as it stands now (None: none is), its history, and what may be done.

    Value and limit are given in every unit that people speak. `newer` is the event that has to be looked at
    instead, where the alarm was raised again since.
    """

    event: EventRow
    value: tuple[str, ...]
    limit: tuple[str, ...]
    name: str
    alarm: AlarmRow | None
    newer: str
    history: tuple[EventRow, ...]
    forms: tuple[Filled, ...]


def local_input(time_ms: int, zone: ZoneInfo) -> str:
    """Return a time as <input type=datetime-local> holds it, in the zone of the site.

    >>> local_input(1451634300000, ZoneInfo("Asia/Tashkent"))
    '2016-01-01T12:45'
    """
    return datetime.fromtimestamp(time_ms // 1000, zone).strftime("%Y-%m-%dT%H:%M")


def alarms_first(present: Present, zone: ZoneInfo, _: Translate) -> tuple[AlarmRow, ...]:
    """Return what stands: the unseen first, of equals the worst."""
    return tuple(sorted(alarm_rows(present, zone, _), key=lambda one: not one.unseen))


def free_forms(site: Site, now_ms: int, place: str = "") -> tuple[Filled, ...]:
    """Return the forms that need no alarm: something seen, a note."""
    now, points = local_input(now_ms, ZoneInfo(site.info.timezone)), tuple(site.point_by_id)
    places = (*points, *(one.id for one in site.sections))
    return (
        filled("observe", {"seen_ms": now, "place": place}, place=plain(places)),
        filled("note", {"at_ms": now, "point": place if place in points else ""}, point=plain(points)),
    )


def alarm_page(
    site: Site,
    found: Present,
    event: StoredEvent,
    told: tuple[Sequence[StoredEvent], Sequence[Work]],
    visitor: Visitor,
    _: Translate,
) -> AlarmPage:
    """Return the page of an event; `told` are the history of its alarm and the works that may explain it."""
    zone, (history, works) = ZoneInfo(site.info.timezone), told
    rate = event.direction.startswith("rate")
    (row,) = event_rows(site, [event], works, zone, _)
    name = "/".join((event.point, event.quantity, event.direction)) if event.direction else ""
    alarm = found.standings.get(name)
    stands = alarm is not None and concerns_people(alarm)
    newer = alarm.raised if alarm is not None and stands and event.id != alarm.raised else ""
    plan = found.plans.get(name, Plan())
    forms = tuple(_forms(site, name, alarm, plan)) if alarm is not None and stands and not newer else ()
    return AlarmPage(
        event=row,
        value=tuple(sides(event.quantity, event.value, _, rate=rate)),
        limit=tuple(sides(event.quantity, event.limit_value, _, rate=rate)),
        name=name,
        alarm=next((one for one in alarm_rows(found, zone, _) if one.name == name), None),
        newer=newer,
        history=event_rows(site, history, (), zone, _),
        forms=for_role((*forms, *free_forms(site, found.time_ms, event.point)), visitor),
    )


def _forms(site: Site, name: str, alarm: Standing, plan: Plan) -> Iterator[Filled]:
    """Yield what makes sense in the state of an alarm; whether it counts is the collector's word."""
    about = {"alarm": name, "event": alarm.raised}
    if alarm.state in UNSEEN:
        yield filled("acknowledge", about, opened=True)
    open_tasks = tuple((one.action, one.what) for one in plan.tasks if not one.done_by)
    if plan.event == alarm.raised and open_tasks:
        yield filled("action_done", about, action=open_tasks)
    if alarm.level:
        yield filled("assess", about, opened=alarm.level >= Level.ORANGE and alarm.assessed < alarm.level)
    if any(word.startswith("an engineer's release") for word in lacking(alarm)):
        yield filled("release", about)
    if alarm.shelf is not None:
        yield filled("unshelve", about)
    elif alarm.terms.shelve_max_s is not None and alarm.out_until_ms is None:
        yield filled("shelve", {"alarm": name})
    point, _quantity, direction = name.split("/")
    if point in site.point_by_id and direction != OBSERVED:
        yield filled("in_service" if alarm.out_until_ms is not None else "out_of_service", {"point": point})


def places_of(site: Site) -> tuple[str, ...]:
    """Return what the journal can be filtered by: points, sections, loggers and stations."""
    return tuple(
        sorted({*site.point_by_id, *(one.id for one in site.sections), *(one.id for one in site.sources)})
    )
