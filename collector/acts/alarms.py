"""What the acts of persons do to the alarms of a running collector: a handler for each kind of act."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from collector import events
from collector.acts.desk import Handler
from collector.standings import Standings
from collector.store import StoredEvent
from seepline.acts import alarms as acts
from seepline.acts.document import AcceptedAct
from seepline.alarm.event import Event
from seepline.alarm.inputs import (
    Acknowledge,
    Assess,
    Cause,
    Input,
    PutBack,
    Reached,
    Release,
    Shelve,
    TakeOut,
    Terms,
    Unshelve,
)
from seepline.thresholds import Level, in_force, set_in_force

# What an act is to the alarm that it names.
_INPUTS: Mapping[type, Callable[[Any, Cause], Input]] = {
    acts.Acknowledged: lambda body, cause: Acknowledge(body.event, cause),
    acts.Assessed: lambda body, cause: Assess(body.event, body.finding, body.decision, cause),
    acts.Released: lambda body, cause: Release(body.event, cause),
    acts.Shelved: lambda body, cause: Shelve(body.until_ms, body.one_shot, Level[body.up_to.upper()], cause),
    acts.Unshelved: lambda body, cause: Unshelve(cause),
    acts.OutOfService: lambda body, cause: TakeOut(body.until_ms, cause),
    acts.InService: lambda body, cause: PutBack(cause),
}


class AlarmActs:
    """The handlers of one site's acts about alarms; `name_photos` keeps which photos an act names."""

    def __init__(self, standings: Standings, name_photos: Callable[[str, Iterable[str]], None]) -> None:
        self._standings, self._name_photos = standings, name_photos

    def handlers(self) -> Mapping[str, Handler]:
        """Return the handlers by kind of act."""
        named = ("acknowledge", "assess", "release", "shelve", "unshelve")
        return {
            **dict.fromkeys(named, self._named),
            "out_of_service": self._of_a_point,
            "in_service": self._of_a_point,
            "observe": self._observe,
            "action_done": self._action_done,
        }

    def _named(self, accepted: AcceptedAct, body: Any, arrived_ms: int) -> Iterator[StoredEvent]:
        cause = _cause(accepted, arrived_ms, body.reason)
        yield from _stored(self._standings.put(body.alarm, _INPUTS[type(body)](body, cause)))

    def _of_a_point(self, accepted: AcceptedAct, body: Any, arrived_ms: int) -> Iterator[StoredEvent]:
        permit = f" (permit {body.permit})" if isinstance(body, acts.OutOfService) else ""
        cause = _cause(accepted, arrived_ms, f"{body.reason}{permit}")
        names = sorted(self._rules_of(body.point, body.quantity, arrived_ms))
        for name in names:
            yield from _stored(self._standings.put(name, _INPUTS[type(body)](body, cause)))
        if not names:
            text = f"{cause.text}: without effect, no rule judges {body.quantity or 'anything'} at {body.point}"
            about, times = (body.point, body.quantity), (cause.time_ms, arrived_ms)
            yield events.by_person(accepted.id, "no_effect", about, times, text)

    def _rules_of(self, point: str, quantity: str, now_ms: int) -> set[str]:
        judged = {name for name in self._standings.names() if name.split("/")[2] != acts.OBSERVED}
        stated = {rule.name for rules in in_force(self._standings.site, now_ms).values() for rule in rules}
        fits = (name.split("/") for name in judged | stated)
        return {"/".join(one) for one in fits if one[0] == point and quantity in ("", one[1])}

    def _observe(self, accepted: AcceptedAct, body: acts.Observed, arrived_ms: int) -> Iterator[StoredEvent]:
        """Tell what was seen, and set its level: the worse of the observer's and that of the set in force."""
        site = self._standings.site
        in_use = set_in_force(site.threshold_sets, arrived_ms)
        set_id = in_use.id if in_use else ""
        stated = [one.level for one in site.observations if (one.set, one.kind) == (set_id, body.what)]
        name = f"{body.place}/{body.what}/{acts.OBSERVED}"
        level = max(Level[one.upper()] for one in (body.level, *stated))
        cause = _cause(accepted, arrived_ms, body.text)._replace(time_ms=body.seen_ms)
        photos = f", photos {', '.join(photo[:12] for photo in body.photos)}" if body.photos else ""
        text = f"{cause.text} ({body.what.replace('_', ' ')} at {body.place}{photos})"
        self._name_photos(accepted.id, body.photos)
        yield events.by_person(accepted.id, "observed", (body.place, body.what), cause[1:3], text)
        worst = max(level, self._standings.get(name).reached)
        news = Reached(worst, Terms(set=set_id, latch=Level.YELLOW), cause, valid=False)
        yield from _stored(self._standings.reached(name, news))

    def _action_done(self, accepted: AcceptedAct, body: acts.ActionDone, arrived_ms: int) -> Iterator[StoredEvent]:
        cause = _cause(accepted, arrived_ms, body.reason)
        by = f"{accepted.name} ({accepted.role})"
        yield from _stored(self._standings.tick_off(body.alarm, body.event, body.action, by, cause))


def _cause(accepted: AcceptedAct, arrived_ms: int, reason: str) -> Cause:
    said = f"{accepted.name} ({accepted.role.replace('_', ' ')})"
    text = f"{said}: {reason.strip()}" if reason.strip() else said
    return Cause(accepted.id, accepted.act.signed_at_ms, arrived_ms, text)


def _stored(happened: Iterable[Event]) -> Iterator[StoredEvent]:
    return (events.stored(event) for event in happened)
