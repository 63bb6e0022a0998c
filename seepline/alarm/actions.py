"""Who does what when a level is raised: the rows of a set, by rule and level, and what is still to be done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from seepline.alarm.standing import Standing
from seepline.site import Threshold
from seepline.site_alarms import Action
from seepline.thresholds import Level

LEVELS = (Level.YELLOW, Level.ORANGE, Level.RED)


@dataclass(frozen=True, slots=True)
class Task:
    """One action of one raised level: until when, and who has done it and when ('' and None: nobody yet)."""

    action: str
    what: str
    role: str
    notify: tuple[str, ...]
    page: str
    due_ms: int
    done_by: str = ""
    done_ms: int | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about one alarm since the event that raised it."""

    event: str = ""
    level: Level = Level.GREEN
    tasks: tuple[Task, ...] = ()


def fits(action: Action, set_id: str, name: str) -> bool:
    """Tell whether an action is one of the rule of this name: what it leaves open fits everything."""
    wanted = (action.point, action.quantity, action.direction)
    here = name.split("/")
    return action.set == set_id and all(one in ("", other) for one, other in zip(wanted, here, strict=True))


def actions_of(actions: Iterable[Action], set_id: str, name: str, level: Level) -> list[Action]:
    """Return the actions of a rule's level, in the order of the file."""
    return [one for one in actions if one.level == level.name.lower() and fits(one, set_id, name)]


def without_actions(actions: Iterable[Action], rules: Iterable[Threshold]) -> Iterator[tuple[Threshold, Level]]:
    """Yield every level of every rule that nobody has an action for: a set with one cannot be submitted."""
    known = tuple(actions)
    for rule in rules:
        for level in LEVELS:
            if not actions_of(known, rule.set, rule.name, level):
                yield rule, level


def plan_of(actions: Iterable[Action], name: str, alarm: Standing) -> Plan:
    """Return what is to be done about the level of an alarm, from when it was announced."""
    tasks = (
        Task(one.id, one.what, one.role, one.notify, one.page, alarm.counted_ms + one.within_s * 1000)
        for one in actions_of(actions, alarm.terms.set, name, alarm.level)
    )
    return Plan(alarm.raised, alarm.level, tuple(tasks))


def ticked(plan: Plan, action: str, by: str, at_ms: int) -> Plan | None:
    """Return the plan with an action done, None where it has no such action or it is done already."""
    open_ones = {one.action for one in plan.tasks if not one.done_by}
    if action not in open_ones:
        return None
    tasks = (replace(one, done_by=by, done_ms=at_ms) if one.action == action else one for one in plan.tasks)
    return replace(plan, tasks=tuple(tasks))


def overdue(plan: Plan, now_ms: int) -> tuple[Plan, tuple[Task, ...]]:
    """Return the plan at a time, and what has become overdue in it."""
    late = tuple(one for one in plan.tasks if not one.done_by and not one.overdue and one.due_ms <= now_ms)
    tasks = (replace(one, overdue=True) if one in late else one for one in plan.tasks)
    return replace(plan, tasks=tuple(tasks)), late


def next_due_ms(plan: Plan) -> int | None:
    """Return when the next action will be overdue, None when none can become so."""
    return min((one.due_ms for one in plan.tasks if not one.done_by and not one.overdue), default=None)
