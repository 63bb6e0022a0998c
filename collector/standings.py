"""The standing alarms of a running collector: every change is one of seepline.alarm's, every result is kept.

Names in the store: 'point/quantity/direction' of a rule, 'place/kind/observed' of an observation. A rule that
names another one hears of it as soon as that one changes; what is to be done is kept under the alarm's name too.
"""

from collections.abc import Iterable, Sequence

from collector.kept import Kept
from collector.store_writing import StoreWriter
from seepline.alarm.actions import Plan, Task, next_due_ms, overdue, plan_of, ticked
from seepline.alarm.event import Event
from seepline.alarm.follow import follow
from seepline.alarm.inputs import About, Around, Cause, Input, Invalid, Passed, Reached, Terms
from seepline.alarm.machine import HIDDEN, State
from seepline.alarm.standing import Standing, shown, told
from seepline.alarm.timers import deadline_ms
from seepline.site import Site
from seepline.thresholds import Level


class Standings:
    """The alarms of one site by name, what is to be done about each, and when time alone changes something."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._alarms = Kept("standing", Standing, Standing)
        self._plans = Kept("plan", Plan, Plan)
        self._followers: dict[str, set[str]] = {}  # by the rule that they name
        self._due_ms: dict[str, int] = {}

    def load(self, store: StoreWriter) -> None:
        """Take up the alarms that the store holds."""
        self._alarms.load(store)
        self._plans.load(store)
        self._followers, self._due_ms = {}, {}
        for name in self._alarms.by_name:
            self._index(name)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        self._alarms.save(store)
        self._plans.save(store)

    def get(self, name: str) -> Standing:
        """Return an alarm by name."""
        return self._alarms.get(name)

    def names(self) -> Iterable[str]:
        """Return the names of all alarms that have ever judged anything."""
        return tuple(self._alarms.by_name)

    def worst(self) -> str:
        """Return the first alarm by name that stands at orange or red, with its level; '' when none does."""
        high = (name for name, alarm in sorted(self._alarms.by_name.items()) if alarm.level >= Level.ORANGE)
        name = next(high, "")
        return f"{name} at {self.get(name).level.name.lower()}" if name else ""

    def stands(self, name: str, level: Level, terms: Terms) -> bool:
        """Tell whether valid readings of a rule have this level already, so that one more says nothing new."""
        alarm = self._alarms.by_name.get(name)
        return alarm is not None and alarm.valid and alarm.reached is level and alarm.terms == terms

    def reached(self, name: str, news: Reached) -> list[Event]:
        """Follow the level that a rule's readings, or persons who saw something, say now."""
        around = self._around(name, news.cause, news.terms.only_with, news.terms.suppressed_by)
        return [*around, *self.put(name, news)]

    def invalid(self, name: str, why: str, at_ms: int) -> list[Event]:
        """Follow that a rule's instrument has no valid readings; what waits for the rule no longer does."""
        alarm = self._alarms.by_name.get(name)
        if alarm is None or not (alarm.valid or alarm.level or alarm.terms.missing_s):
            return []
        return self.put(name, Invalid(why, at_ms))

    def put(self, name: str, news: Input) -> list[Event]:
        """Follow anything that happens to an alarm; return the events of it and of those that name it."""
        before = self.get(name)
        after, events = follow(before, news, self.about(name))
        self._alarms.put(name, after)
        self._replan(name, after)
        self._index(name)
        if _heard(before) != _heard(after):
            cause = _cause(name, news, events)
            more = (self._hear(other, cause) for other in sorted(self._followers.get(name, ())))
            return [*events, *(event for each in more for event in each)]
        return list(events)

    def due(self, now_ms: int) -> bool:
        """Tell whether time alone changes something at `now_ms`."""
        return any(due_ms <= now_ms for due_ms in self._due_ms.values())

    def passed(self, now_ms: int) -> list[Event]:
        """Follow the clock."""
        names = sorted(name for name, due_ms in self._due_ms.items() if due_ms <= now_ms)
        return [
            event for name in names for event in (*self.put(name, Passed(now_ms)), *self._remind(name, now_ms))
        ]

    def tick_off(self, name: str, event: str, action: str, by: str, cause: Cause) -> list[Event]:
        """Note an action of an alarm as done, that of the event which raised it."""
        alarm, about, plan = self.get(name), self.about(name), self._plans.by_name.get(name)
        if plan is not None:
            plan = ticked(plan, action, by, cause.arrived_ms) if plan.event == event else None
        if plan is None:
            text = f"{cause.text}: without effect, {action} is no open action of this event"
            return [told(alarm, about, "no_effect", cause, text=text)]
        self._plans.put(name, plan)
        self._index(name)
        return [told(alarm, about, "action_done", cause, text=f"{cause.text}: {_words(plan, action)}")]

    def about(self, name: str) -> About:
        """Return which alarm a name is."""
        return About(self.site.info.id, *name.split("/"))

    def _hear(self, name: str, cause: Cause) -> list[Event]:
        terms = self.get(name).terms
        return self._around(name, cause, terms.only_with, terms.suppressed_by)

    def _around(self, name: str, cause: Cause, only_with: str, suppressed_by: str) -> list[Event]:
        """Follow what the rules say that this one names: its second quantity, and the one that has told."""
        alarm = self.get(name)
        is_open = not only_with or _lets_raise(self.get(only_with))
        other = self.get(suppressed_by) if suppressed_by else Standing()
        up_to = Level.GREEN if shown(other) in HIDDEN else other.level
        if (is_open, up_to) == (alarm.open, alarm.told_up_to):
            return []
        return self.put(name, Around(is_open, up_to, cause))

    def _replan(self, name: str, alarm: Standing) -> None:
        if not alarm.level:
            if alarm.state is State.NORMAL:
                self._plans.drop(name)
        elif shown(alarm) not in HIDDEN and alarm.raised != self._plans.get(name).event:
            self._plans.put(name, plan_of(self.site.actions, name, alarm))

    def _remind(self, name: str, now_ms: int) -> list[Event]:
        plan, late = overdue(self._plans.get(name), now_ms)
        if late:
            self._plans.put(name, plan)
            self._index(name)
        return [self._overdue(name, plan, task, now_ms) for task in late]

    def _overdue(self, name: str, plan: Plan, task: Task, now_ms: int) -> Event:
        cause = Cause(f"{plan.event} {task.action}", task.due_ms, now_ms)
        text = f"{task.what} ({task.role}) is overdue; to be told: {', '.join(task.notify) or 'nobody stated'}"
        return told(self.get(name), self.about(name), "action_overdue", cause, text=text)

    def _index(self, name: str) -> None:
        alarm = self.get(name)
        for other in (alarm.terms.only_with, alarm.terms.suppressed_by):
            if other:
                self._followers.setdefault(other, set()).add(name)
        plan = self._plans.by_name.get(name)
        ends = [end for end in (deadline_ms(alarm), next_due_ms(plan) if plan else None) if end is not None]
        if ends:
            self._due_ms[name] = min(ends)
        else:
            self._due_ms.pop(name, None)


def _heard(alarm: Standing) -> tuple[Level, bool, bool]:
    """Return what of an alarm concerns the rules that name it."""
    return alarm.level, shown(alarm) in HIDDEN, _lets_raise(alarm)


def _lets_raise(alarm: Standing) -> bool:
    """Tell whether a rule may raise that waits for this one: what has no valid reading never counts as no."""
    return bool(alarm.level) or not alarm.valid or alarm.out_until_ms is not None


def _cause(name: str, news: Input, events: Sequence[Event]) -> Cause:
    """Return why the rules that name an alarm hear of it: its last event, or what changed it without one."""
    if events:
        return Cause(events[-1].id, events[-1].time_ms, events[-1].arrived_ms)
    if isinstance(news, Reached):
        return news.cause._replace(identity=f"{name} {news.cause.identity}", text="", value=None)
    at_ms = news.at_ms if isinstance(news, Invalid) else 0
    return Cause(f"{name} invalid@{at_ms}", at_ms, at_ms)


def _words(plan: Plan, action: str) -> str:
    return next(f"{one.what} ({one.role})" for one in plan.tasks if one.action == action)
