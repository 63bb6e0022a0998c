"""The page's table of alarms: what stands, what people have done about it, and what is still to be done. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.present import Present
from collector.web.deciding import direction_word, role_word
from collector.web.words import Moment, Translate, moment, noted, quantity_word
from seepline.alarm.actions import Plan, Task
from seepline.alarm.machine import HIDDEN, UNSEEN, State
from seepline.alarm.standing import Standing, concerns_people, lacking, shown
from seepline.thresholds import Level

STATE_WORDS = {
    State.NORMAL: noted("at rest"),
    State.UNACKNOWLEDGED: noted("not acknowledged"),
    State.ACKNOWLEDGED: noted("acknowledged"),
    State.RETURNED: noted("over, not acknowledged"),
    State.LATCHED_UNACKNOWLEDGED: noted("readings are back, not acknowledged"),
    State.LATCHED: noted("readings are back, acknowledged"),
    State.SHELVED: noted("shelved"),
    State.SUPPRESSED: noted("told by another rule"),
    State.OUT_OF_SERVICE: noted("out of service"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One action: what, by whom, until when, and who has done it."""

    what: str
    role: str
    notify: str
    page: str
    due: Moment
    done_by: str
    done: Moment | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """One alarm that is not at rest; `until` is the end of a shelf or of the time out of service.

    `lacking` is what has to be done before its level goes down, in English: templates say it by `|part`.
    """

    name: str
    point: str
    quantity: str
    level: Level
    state: str
    unseen: bool
    since: Moment | None
    until: Moment | None
    lacking: tuple[str, ...]
    event: str
    tasks: tuple[TaskRow, ...]


def alarm_rows(present: Present, zone: ZoneInfo, _: Translate) -> tuple[AlarmRow, ...]:
    """Return the alarms that concern people: the worst first, of equals the unseen, then the longest standing."""
    found = [(name, alarm) for name, alarm in present.standings.items() if concerns_people(alarm)]
    found.sort(key=lambda one: (-one[1].level, shown(one[1]) not in UNSEEN, one[1].since_ms or 0, one[0]))
    return tuple(_row(name, alarm, present.plans.get(name, Plan()), zone, _) for name, alarm in found)


def _row(name: str, alarm: Standing, plan: Plan, zone: ZoneInfo, _: Translate) -> AlarmRow:
    point, quantity, direction = name.split("/")
    state = shown(alarm)
    until_ms = alarm.out_until_ms or (alarm.shelf.until_ms if alarm.shelf else None)
    return AlarmRow(
        name=name,
        point=point,
        quantity=f"{quantity_word(quantity, _)} ({direction_word(direction, _)})",
        level=alarm.level,
        state=_(STATE_WORDS[state]),
        unseen=state in UNSEEN,
        since=None if alarm.since_ms is None else moment(alarm.since_ms, zone),
        until=moment(until_ms, zone) if until_ms and state in HIDDEN else None,
        lacking=lacking(alarm),
        event=alarm.raised,
        tasks=tuple(_task_rows(plan, zone, _)) if alarm.raised == plan.event else (),
    )


def _task_rows(plan: Plan, zone: ZoneInfo, _: Translate) -> Iterator[TaskRow]:
    return (_task_row(task, zone, _) for task in plan.tasks)


def _task_row(task: Task, zone: ZoneInfo, _: Translate) -> TaskRow:
    return TaskRow(
        what=task.what,
        role=role_word(task.role, _),
        notify=", ".join(role_word(one, _) for one in task.notify),
        page=task.page,
        due=moment(task.due_ms, zone),
        done_by=task.done_by,
        done=None if task.done_ms is None else moment(task.done_ms, zone),
        overdue=task.overdue,
    )
