"""One event of the store as messages: its notice, and a message for everybody who is told and each channel.

What goes to machines (webhook, MQTT) is never collected: they are not flooded, and count on one event a message.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from collector import events
from collector.notify.message import Message, Planned
from collector.notify.outlook import Outlook
from collector.store import StoredEvent
from seepline.alarm import event_id
from seepline.alarm.actions import actions_of
from seepline.notices.kinds import KINDS, channel_level, goes_at_once, is_exercise
from seepline.notices.notice import Notice
from seepline.notices.told_to import Call, told_to, ways_to
from seepline.quantities import QUANTITIES
from seepline.site_alarms import Action
from seepline.thresholds import Level

News = Callable[[str, str], bool]  # whether an event has to go to a person by a channel at once
NOBODY = "no contact in notify.toml is, or is behind, this name"
_NO_ADDRESS = "no address that a channel uses"


def is_told(event: StoredEvent) -> bool:
    """Tell whether an event concerns anybody beside who made it: a late reading that says green does not."""
    return event.kind in KINDS and (event.kind != "late" or bool(event.level_to))


def _always(_person: str, _channel: str) -> bool:
    return True


def planned(
    event: StoredEvent, step: int, now: Outlook, is_news: News = _always, *, is_repeated: bool = False
) -> Planned:
    """Return what an event makes; `step` is that of an escalation.

    What `is_news` to somebody by a channel goes by its level, the rest is collected. `is_repeated`: the same pass
    has told of it before, so it counts as no alarm of its own.
    """
    if not is_told(event):
        return Planned(event=event.id)
    level = level_of(event)
    actions = _actions(event, level, now)
    step = 1 if event.kind == "missing" else step
    call = Call(kind=event.kind, level=level, at_ms=now.now_ms, notify=_notify(event, actions, now), step=step)
    told = told_to(now.people, call)
    found = list(_messages(event, level, told.persons, now, is_news))
    unreached = tuple(dict.fromkeys((*told.unknown, *(one.person for one in found if not one.channel))))
    lost = goes_at_once(event.kind, level) and not any(one.channel for one in found)
    if lost:
        everybody = tuple(one.person for one in now.people.contacts.contacts)
        found = [*found, *(one for one in _messages(event, level, everybody, now, _always) if one.channel)]
    found += [_message(event, level, name, "", now.now_ms, reason=NOBODY) for name in told.unknown]
    reached = {one.person for one in found if one.channel}
    notice = _notice(event, level, (actions, reached, unreached), step, now)
    messages = {one.key: replace(one, announces=one.announces and not is_repeated) for one in found}
    is_lost = lost and event.kind != "not_told" and not is_repeated
    return Planned(event=event.id, notice=notice, messages=tuple(messages.values()), lost=is_lost)


def not_told(notice: Notice, why: str, now_ms: int) -> StoredEvent:
    """Return the event that nobody has been reached with something; it is one however often that is found."""
    number = event_id(notice.site_id, "not_told", notice.event_id)
    text = f"Nobody who should be told of this has been reached ({why}): {notice.text}"
    return events.by_person(number, "not_told", (notice.point, notice.quantity), (now_ms, now_ms), text)


def level_of(event: StoredEvent) -> Level:
    """Return the level that a message of an event begins with: where it goes down, the one that was left."""
    return Level(max(event.level_from or 0, event.level_to or 0))


def alarm_of(event: StoredEvent) -> str:
    """Return the name of the alarm that an event is about, '' when it is about none."""
    return f"{event.point}/{event.quantity}/{event.direction}" if event.direction else ""


def _actions(event: StoredEvent, level: Level, now: Outlook) -> tuple[Action, ...]:
    falls = (event.level_to or 0) < (event.level_from or 0)
    if not (event.direction and KINDS[event.kind].announces) or falls:
        return ()
    return tuple(actions_of(now.site.actions, event.threshold_set, alarm_of(event), level))


def _notify(event: StoredEvent, actions: tuple[Action, ...], now: Outlook) -> tuple[str, ...]:
    """Return the names that the actions of a level state; of an overdue one those who are to hear of that."""
    if event.kind == "action_overdue":
        plan = now.plans.get(alarm_of(event))
        tasks = [one for one in plan.tasks if one.due_ms == event.time_ms] if plan else []
        return tuple(dict.fromkeys(name for task in tasks for name in task.notify))
    return tuple(dict.fromkeys(name for action in actions for name in action.notify))


def _messages(
    event: StoredEvent, level: Level, persons: tuple[str, ...], now: Outlook, is_news: News
) -> Iterator[Message]:
    contacts = now.people.contacts
    by = channel_level(event.kind, level)
    for person in persons:
        contact = contacts.contact(person)
        channels = ways_to(contacts, contact, by) if contact else []
        machines = [one for one in channels if contacts.form(one) == "data"]
        news = [one for one in channels if one not in machines and is_news(person, one)]
        known = [one for one in channels if one not in machines and one not in news]
        quiet = ways_to(contacts, contact, Level.YELLOW) if contact and known else []
        for channel in machines:
            yield replace(_message(event, level, person, channel, now.now_ms), at_once=True)
        for channel in news:
            yield _message(event, level, person, channel, now.now_ms)
        for channel in [one for one in known if one in quiet] or known:
            yield replace(_message(event, level, person, channel, now.now_ms), at_once=False, announces=False)
        if not channels:
            yield _message(event, level, person, "", now.now_ms, reason=_NO_ADDRESS)


def _message(
    event: StoredEvent, level: Level, person: str, channel: str, now_ms: int, *, reason: str = ""
) -> Message:
    return Message(
        event=event.id,
        person=person,
        channel=channel,
        level=int(level),
        at_once=goes_at_once(event.kind, level),
        announces=KINDS[event.kind].announces and not is_exercise(event.kind),
        alarm=alarm_of(event),
        made_ms=now_ms,
        state="queued" if channel else "unreachable",
        reason=reason,
    )


def _notice(
    event: StoredEvent,
    level: Level,
    about: tuple[tuple[Action, ...], set[str], tuple[str, ...]],
    step: int,
    now: Outlook,
) -> Notice:
    actions, persons, unreached = about
    point = now.site.point_by_id.get(event.point)
    general = now.people.contacts.general
    unit = QUANTITIES[event.quantity].unit if event.quantity in QUANTITIES else ""
    late = event.late or event.arrived_ms - event.time_ms > general.digest_s * 1000
    return Notice(
        id=event.id,
        event_id=event.id,
        kind=event.kind,
        level=level,
        site_id=now.site.info.id,
        site_name=now.site.info.name,
        point=event.point,
        point_name=(point.name if point else "") or event.point,
        quantity=event.quantity,
        value=event.value,
        unit=unit,
        limit=event.limit_value,
        time_ms=event.time_ms,
        arrived_ms=event.arrived_ms,
        late=late and KINDS[event.kind].circle == "alarm",
        exercise=is_exercise(event.kind),
        actions=tuple(one.what for one in actions),
        text=event.text,
        page_url=general.page,
        escalation=step,
        timezone=now.site.info.timezone,
        direction=event.direction,
        logger=event.logger,
        threshold_set=event.threshold_set,
        from_level=None if event.level_from is None else Level(event.level_from),
        unreached=unreached,
        to_level=None if event.level_to is None else Level(event.level_to),
        told=tuple(one.name for one in now.people.contacts.contacts if one.person in persons),
    )
