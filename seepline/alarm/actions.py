"""Who does what when a level is raised: the rows of a set, by rule and level, and what is still to be done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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

    alarm: str = ""
    event: str = ""
    set: str = ""
    level: Level = Level.GREEN
    tasks: tuple[Task, ...] = ()


def fits(action: Action, rule: Threshold) -> bool:
    """Tell whether an action is one of a rule's: what it leaves open fits everything."""
    wanted = (action.point, action.quantity, action.direction)
    here = (rule.point, rule.quantity, rule.direction)
    return action.set == rule.set and all(one in ("", other) for one, other in zip(wanted, here, strict=True))


def actions_of(actions: Iterable[Action], rule: Threshold, level: Level) -> list[Action]:
    """Return the actions of a rule's level, in the order of the file."""
    return [one for one in actions if one.level == level.name.lower() and fits(one, rule)]


def without_actions(actions: Iterable[Action], rules: Iterable[Threshold]) -> Iterator[tuple[Threshold, Level]]:
    """Yield every level of every rule that nobody has an action for: a set with one cannot be submitted."""
    known = tuple(actions)
    for rule in rules:
        for level in LEVELS:
            if not actions_of(known, rule, level):
                yield rule, level


def plan_of(actions: Iterable[Action], rule: Threshold, level: Level, event: str, at_ms: int) -> Plan:
    """Return what is to be done about a level that an event raised at a time."""
    tasks = (
        Task(one.id, one.what, one.role, one.notify, one.page, at_ms + one.within_s * 1000)
        for one in actions_of(actions, rule, level)
    )
    return Plan(rule.name, event, rule.set, level, tuple(tasks))


def next_due_ms(plan: Plan) -> int | None:
    """Return when the next action will be overdue, None when none can become so."""
    return min((one.due_ms for one in plan.tasks if not one.done_by and not one.overdue), default=None)
