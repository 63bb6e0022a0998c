"""The exercise of a running collector: its acts, its events, and how a real alarm breaks through.

An exercise's events are of their own kinds and begin with EXERCISE. A real alarm that rises while one runs says
that it is real, and so does one that is told again, escalates, or tells that an instrument is blind. Orange or red
ends the exercise first.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from collector import events
from collector.acts.desk import Handler
from collector.kept import Kept
from collector.store import StoredEvent, StoreReader, read_states
from collector.store_writing import StoreWriter
from seepline import exercise
from seepline.acts.document import AcceptedAct
from seepline.acts.exercise import KINDS, Begin, End, Played, SirenRelease
from seepline.alarm import event_id
from seepline.exercise import NONE, Exercise, NotNow
from seepline.thresholds import Level

_RISES = ("level", "late")  # real when they go up
_AGAIN = ("realarm", "escalated", "unshelved", "unsuppressed")  # people are told of a level that stands
_BLIND = ("missing", "fault", "silence", "clock", "action_overdue")  # real at any level, and end no exercise
_NOW = "now"


class Exercises:
    """The one exercise of a site, kept with the store.

    Parameters
    ----------
    site_id
        The site.
    standing
        Returns the name of an alarm that stands at orange or red, '' when none does.
    """

    def __init__(self, site_id: str, standing: Callable[[], str]) -> None:
        self._site_id, self._standing = site_id, standing
        self._kept = Kept("exercise", Exercise, Exercise)

    def load(self, store: StoreWriter) -> None:
        """Take up what the store holds."""
        self._kept.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        self._kept.save(store)

    @property
    def state(self) -> Exercise:
        """What runs, or did until its time was over."""
        return self._kept.get(_NOW)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Who acts on the acts of an exercise."""
        return dict.fromkeys(KINDS, self._handle)

    def due(self, now_ms: int) -> bool:
        """Tell whether the time of an exercise is over and nobody was told."""
        return bool(self.state.id) and not exercise.runs(self.state, now_ms)

    def passed(self, now_ms: int) -> Iterator[StoredEvent]:
        """Tell that an exercise is over by itself."""
        if self.due(now_ms):
            state = self.state
            self._kept.put(_NOW, NONE)
            text = "over, for its time has come"
            yield self._event("exercise_end", state, state.id, (state.until_ms, now_ms), text)

    def seen(self, event: StoredEvent) -> Iterator[StoredEvent]:
        """Yield an event of the judgement as people must see it: what is real says so while an exercise runs."""
        state, now_ms = self.state, event.arrived_ms
        rises = event.kind in _RISES and (event.level_to or 0) > (event.level_from or 0)
        is_real = rises or event.kind in (*_AGAIN, *_BLIND)
        if not is_real or not exercise.runs(state, now_ms):
            yield event
            return
        before = None if event.kind in _AGAIN else event.level_from
        if event.kind not in _BLIND and exercise.breaks(before, event.level_to):
            self._kept.put(_NOW, NONE)
            text = f"broken off by a real alarm of {event.point}; sirens are released no longer"
            yield self._event("exercise_broken", state, event.id, (now_ms, now_ms), text)
        yield replace(event, text=f"REAL, not exercise {state.id}: {event.text}")

    def _handle(self, accepted: AcceptedAct, body: Any, arrived_ms: int) -> Iterator[StoredEvent]:
        yield from self.passed(arrived_ms)
        before, times = self.state, (arrived_ms, arrived_ms)
        try:
            after = _step(before, accepted, body, arrived_ms, self._standing())
        except NotNow as error:
            text = f"EXERCISE {body.exercise[:64]}: {accepted.name}: no effect: {error}."
            yield events.by_person(accepted.id, "exercise_refused", ("", ""), times, text)
            return
        self._kept.put(_NOW, after)
        kind = accepted.act.kind.replace("siren_release", "exercise_siren")
        event = self._event(kind, after if after.id else before, accepted.id, times, _text(accepted.name, body))
        level_to = int(Level[body.level.upper()]) if isinstance(body, Played) else None
        yield replace(event, point=getattr(body, "point", ""), level_to=level_to)  # an assumed level, of no alarm

    def _event(self, kind: str, state: Exercise, about: str, times: tuple[int, int], text: str) -> StoredEvent:
        number = event_id(self._site_id, kind, state.id, about)
        said = f"EXERCISE {state.id} ({state.name}): {text}."
        return events.by_person(number, kind, ("", ""), times, said)


def _step(state: Exercise, accepted: AcceptedAct, body: Any, now_ms: int, real: str) -> Exercise:
    if isinstance(body, Begin):
        if real:
            raise NotNow(f"a real alarm stands: {real}")
        return exercise.begun(state, body, now_ms)
    if isinstance(body, SirenRelease):
        return exercise.released(state, body, accepted.act.person, now_ms)
    if isinstance(body, Played):
        return exercise.played(state, body, now_ms)
    return exercise.ended(state, body, now_ms)


def _text(name: str, body: Begin | End | Played | SirenRelease) -> str:
    if isinstance(body, Begin):
        return f"begun by {name}, until {events.utc_text(body.until_ms)}; readings and alarms go on as always"
    if isinstance(body, SirenRelease):
        where = body.gateway or "all gateways"
        span = f"{events.utc_text(body.from_ms)} to {events.utc_text(body.until_ms)}"
        return f"sirens of {where} released by {name}, {span}"
    if isinstance(body, Played):
        return f"assumed by {name}: {body.level} at {body.point}: {body.text.strip()}"
    return f"ended by {name}{': ' if body.text else ''}{body.text.strip()}"


def running(reader: StoreReader, now_ms: int) -> Exercise | None:
    """Return the exercise that runs now, as pages and the API mark it."""
    with reader.connected() as connection:
        state = read_states(connection, "exercise", Exercise).get(_NOW, NONE)
    return state if exercise.runs(state, now_ms) else None
