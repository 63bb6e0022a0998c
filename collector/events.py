"""The kinds of event that the collector keeps, and the sentence of each.

Other languages are said from the kept sentence: one that changes needs a template more in
collector/notify/sentence_table.py, and the one before it stays for what is kept already.
"""

from dataclasses import replace
from datetime import UTC, datetime

from collector.journal_entries import Entry
from collector.store import StoredEvent
from seepline import alarm
from seepline.logger_words import sentence
from seepline.quantities import QUANTITIES
from seepline.thresholds import Level

KINDS = {
    "level": "an alarm level was entered or left",
    "late": "a reading that came late reached a level",
    "unannounced": "a level was entered or left while shelved, suppressed or out of service: kept, not announced",
    "returned": "readings are back, and the level stays until people let it go",
    "realarm": "an alarm that still stands, or stands again, is announced again",
    "escalated": "nobody has acknowledged an alarm in time: the next persons are to be told",
    "missing": "a rule has had no valid reading for longer than its set allows: the next persons are to be told",
    "acknowledged": "a person has seen an alarm",
    "assessed": "an engineer says what an alarm is",
    "released": "an engineer lets go a level that was kept",
    "shelved": "a person does not want to hear of an alarm for a time",
    "unshelved": "a shelved alarm is announced again",
    "suppressed": "another rule has told the level of this one",
    "unsuppressed": "no other rule tells the level of this one any more",
    "out_of_service": "an instrument is taken out of service until a time",
    "in_service": "an instrument is in service again",
    "observed": "a person saw something on the dam",
    "action_done": "an action that a level asks for is done",
    "action_overdue": "an action that a level asks for is overdue",
    "no_effect": "an act had no effect on an alarm",
    "fault": "an instrument has no valid reading",
    "fault_end": "an instrument has valid readings again",
    "silence": "a logger is silent",
    "silence_end": "a logger is heard again",
    "logger": "what a logger says of itself: a restart, a step of its clock, a refused command",
    "strong_motion": "an accelerometer was shaken: by an earthquake, a blast or a blow",
    "clock": "a logger's readings are dated ahead of the collector's clock: kept as evidence, not judged",
    "clock_end": "a logger's readings are dated right again, and judged",
    "conflict": "a second, different value came for one channel and time; the first stays current",
    "identity_conflict": "one logger record came with different content; both are kept",
    "air": "an engineer accepted how a gauge answers the air",
    "surface": "an engineer signed a table of factors of safety",
    "sheet": "an engineer accepted a maker's calibration sheet; it counts once SITE.toml has taken it",
    "key": "a person made a further key of their own known, or ended one",
    "note": "a person's remark",
    "recompute": "an engineer asked that history be made again from raw readings; its counts stand at the run",
    "works": "works on the dam, as somebody wrote them into the diary",
    "commissioning": "a point was taken into commissioning, or its baseline was accepted, by an engineer",
    "exercise_begin": "an exercise begins: only what says so is played",
    "exercise_event": "something is played in an exercise; nothing of it was measured",
    "exercise_siren": "the named authority lets sirens sound in an exercise for a stated time",
    "exercise_end": "an exercise is over",
    "exercise_broken": "a real alarm ended an exercise",
    "exercise_refused": "an act of an exercise did not fit what runs",
    "local_alarm": "what a person did at a gateway's local alarm",
    "remark": "what a person saw beside a reading or on a round",
    "round": "a visual round was done",
    "corrected": "a reading by hand was corrected; the one before is kept as superseded",
    "base": "an engineer named the base survey of an inclinometer hole",
    "hand_ahead": "a reading by hand is dated ahead of the collector's clock: kept as evidence, not judged",
    "overdue": "a reading by hand or a round is overdue",
    "overdue_end": "an overdue reading by hand or round was done",
    "policy": "who may act on this site is written anew",
    "audit_head": "the chain of acts at the end of a day: every authority keeps it",
    "set_submitted": "a set of limits is proposed",
    "set_approved": "a person approves a set of limits",
    "set_decided": "a set of limits has every approval that it needs",
    "set_tightened": "the engineer of record tightens limits; authorities may object",
    "set_objected": "a person objects to a set of limits",
    "set_withdrawn": "a set of limits is withdrawn for another",
    "set_overtaken": "a set was proposed on limits that are others now; it is to be submitted anew",
    "set_superseded": "a set of limits never comes into force, another takes its place",
    "set_in_force": "a set of limits comes into force",
    "set_refused": "an act on a set of limits has no effect; what is in force stays",
    "act_unfit": "what a person did does not fit the site file any more; it is kept in the journal",
    "export_refused": "InfluxDB refuses some points for good; the store keeps them",
    "export_held": "InfluxDB takes nothing until a person mends token, rights, bucket or disk, or starts it",
    "export_resumed": "InfluxDB takes readings again",
    "duty": "a person takes another's duty for a time",
    "resumed": "the collector watches again after a pause: what stands",
    "not_told": "nobody who should be told of something has been reached",
    "disk_full": "nothing can be judged or kept: the disk is full",
    "messages_damaged": "the book of messages was damaged; it was set aside and a new one begun",
    "journal_damaged": "the raw journal was damaged; it was set aside and a new one begun",
    "store_damaged": "the store was damaged; it was set aside and is made again from the raw journal",
}


def utc_text(time_ms: int) -> str:
    """Return a time as people read it, with its zone.

    >>> utc_text(1451635200250)
    '2016-01-01 08:00:00 UTC'
    """
    return f"{datetime.fromtimestamp(time_ms // 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def stored(event: alarm.Event) -> StoredEvent:
    """Return an event of the judgement as the store keeps it, with its sentence."""
    return StoredEvent(
        id=event.id,
        kind=event.kind,
        time_ms=event.time_ms,
        arrived_ms=event.arrived_ms,
        point=event.point,
        quantity=event.quantity,
        logger=event.logger,
        level_from=event.from_level,
        level_to=event.to_level,
        value=event.value,
        limit_value=event.limit,
        threshold_set=event.threshold_set,
        direction=event.direction,
        late=event.kind == "late",
        text=f"Logger {event.logger}: {_logger_text(event)}" if event.logger else _level_text(event),
    )


def _logger_text(event: alarm.Event) -> str:
    noticed = utc_text(event.arrived_ms)
    if event.kind == "clock":
        told = f"of the collector's clock, {noticed}"
        return f"{event.text} {told}; they are kept and not judged until the wrong clock is set."
    if event.kind == "clock_end":
        return f"{event.text} again, noticed {noticed}."
    said = "last reading" if event.kind == "silence" else "newest reading"
    return f"{event.text}; {said} {utc_text(event.time_ms)}, noticed {noticed}."


def _level_text(event: alarm.Event) -> str:
    where = f"{event.point} {event.quantity}"
    if event.kind in ("fault", "fault_end"):
        said = f"no valid reading ({event.text})" if event.kind == "fault" else "valid readings again"
        held = f"its level stays {_name(event.to_level)}" if event.to_level else "no trigger was exceeded before"
        return f"{where}: {said} since {utc_text(event.time_ms)}; {held}."
    when = utc_text(event.time_ms)
    if event.from_level == event.to_level:
        said = f"{event.kind.replace('_', ' ')}, {event.text}" if event.text else event.kind
        return f"{where}: {said}; level {_name(event.to_level)} ({event.direction}) at {when}."
    change = f"{_name(event.from_level)} to {_name(event.to_level)}"
    return f"{where}: {change}, {_seen(event)} ({event.direction}) at {when}{_how_told(event)}."


def _seen(event: alarm.Event) -> str:
    """Return what a level is told by: a value against its limit, else a person's words."""
    if event.value is None or event.limit is None or event.quantity not in QUANTITIES:
        return event.text or "no value"
    unit = QUANTITIES[event.quantity].unit + (" per hour" if event.direction.startswith("rate") else "")
    return f"{event.value:.6g} {unit} against {event.limit:.6g} {unit}"


def _how_told(event: alarm.Event) -> str:
    if event.kind == "late":
        return f", came late: {utc_text(event.arrived_ms)}"
    return ", not announced" if event.kind == "unannounced" else ""


def logged(site: str, entry: Entry, shaken_ms: int | None = None) -> StoredEvent:
    """Return the event that a logger's own event record is: its names and numbers as the logger wrote them.

    `shaken_ms` is when the shaking began, and then the event's time, where it is strong motion that is taken over.
    """
    name, numbers = name_and_numbers(entry)
    about = (entry.identity,) if entry.identity else (entry.logger, name, entry.time_ms)
    number = alarm.event_id(site, "logger", *about)
    text = f"Logger {entry.logger}: {sentence(name.partition('-')[0], numbers)} at {utc_text(entry.time_ms)}."
    if shaken_ms is None:
        return _about_logger(number, "logger", entry.logger, (entry.time_ms, entry.arrival_ms), text)
    return _about_logger(number, "strong_motion", entry.logger, (shaken_ms, entry.arrival_ms), text)


def name_and_numbers(entry: Entry) -> tuple[str, dict[str, int]]:
    """Return an event record's name (with its slot, where it has one) and its numbers by their names."""
    values = {one.reading.channel.partition("/")[2]: one.reading.value for one in entry.values}
    name = next(iter(values), "event").partition(".")[0]
    numbers = {key.partition(".")[2]: int(value) for key, value in values.items() if value is not None}
    return name, numbers


def _name(level: Level | None) -> str:
    return level.name.lower() if level is not None else ""


def conflict(site: str, kind: str, about: str, logger: str, time_ms: int, arrived_ms: int) -> StoredEvent:
    """Return the event that two contents came for one thing; `about` names it (a channel, a record identity)."""
    number = alarm.event_id(site, kind, about, time_ms)
    return _about_logger(
        number, kind, logger, (time_ms, arrived_ms), f"{about} at {utc_text(time_ms)}: {KINDS[kind]}."
    )


def by_person(number: str, kind: str, about: tuple[str, str], times: tuple[int, int], text: str) -> StoredEvent:
    """Return the event of what a person did; `about` is (point, quantity), each '' where it does not apply."""
    return replace(_about_logger(number, kind, "", times, text), point=about[0], quantity=about[1])


def _about_logger(number: str, kind: str, logger: str, times: tuple[int, int], text: str) -> StoredEvent:
    """Return an event without level and value; `times` are its time and its arrival."""
    return StoredEvent(
        id=number,
        kind=kind,
        time_ms=times[0],
        arrived_ms=times[1],
        point="",
        quantity="",
        logger=logger,
        level_from=None,
        level_to=None,
        value=None,
        limit_value=None,
        threshold_set="",
        direction="",
        late=False,
        text=text,
    )
