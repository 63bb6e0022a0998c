"""The alarm that people see. It rises with the condition and goes down only as far as people allow.

    yellow              returns by itself
    orange, red         stay until an engineer has assessed them
    a latched level     stays until an engineer has released it, too
    a kept level        (its instrument failed, fell silent or was taken out of service) likewise

Shelved, suppressed and out of service lie over it: it is judged on and its events are kept, and not announced. A
level worse than what was shelved, or than what the other rule told, is announced at once.
"""

from dataclasses import dataclass, field, replace

from seepline.alarm.event import Event, EventKind, event_id
from seepline.alarm.inputs import About, Cause, Terms
from seepline.alarm.machine import HELD, HIDDEN, Move, State, moved
from seepline.thresholds import Level


@dataclass(frozen=True, slots=True)
class Shelf:
    """Until when, for how long and up to which level an alarm is shelved, and by whom."""

    until_ms: int
    one_shot: bool
    up_to: Level
    by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One alarm. `level` is what stands, `reached` what the condition says, `state` one of A to F.

    `raised` is the id of the event that a person has to see, `counted_ms` when it was announced or acknowledged.
    `assessed` and `released` say up to which level the present excursion has been; `kept` why a level stays beyond
    that. `missing_ms`: since when no reading is valid. `open`: no other rule keeps this one from raising.
    `told_up_to`: another rule has told so much.
    """

    level: Level = Level.GREEN
    reached: Level = Level.GREEN
    state: State = State.NORMAL
    since_ms: int | None = None
    raised: str = ""
    counted_ms: int = 0
    escalated: int = 0
    assessed: Level = Level.GREEN
    released: Level = Level.GREEN
    kept: str = ""
    valid: bool = True
    missing_ms: int | None = None
    missing_told: bool = False
    open: bool = True
    told_up_to: Level = Level.GREEN
    shelf: Shelf | None = None
    out_until_ms: int | None = None
    terms: Terms = field(default_factory=Terms)


Change = tuple[Standing, tuple[Event, ...]]


def shown(alarm: Standing) -> State:
    """Return the state that people see, what lies over it included."""
    if alarm.out_until_ms is not None:
        return State.OUT_OF_SERVICE
    if alarm.level and alarm.level <= alarm.told_up_to:
        return State.SUPPRESSED
    return State.SHELVED if alarm.shelf else alarm.state


def concerns_people(alarm: Standing) -> bool:
    """Tell whether an alarm is on the list that people see: it stands, was not seen, or is not announced."""
    covered = alarm.shelf is not None or alarm.out_until_ms is not None
    return bool(alarm.level) or covered or alarm.state is not State.NORMAL


def lacking(alarm: Standing) -> tuple[str, ...]:
    """Return what has to be done by people before the level may go down."""
    words = []
    if alarm.level >= Level.ORANGE and alarm.assessed < alarm.level:
        words.append("an engineer's assessment")
    latches = alarm.terms.latch and alarm.level >= alarm.terms.latch and alarm.released < alarm.level
    if latches or alarm.kept:
        words.append(f"an engineer's release{f' ({alarm.kept})' if alarm.kept else ''}")
    return tuple(words)


def told(
    alarm: Standing,
    about: About,
    kind: EventKind,
    cause: Cause,
    levels: tuple[Level, Level] | None = None,
    text: str = "",
) -> Event:
    """Return an event of an alarm: its id says the level it leads to, where it changes that, else its kind."""
    before, after = levels or (alarm.level, alarm.level)
    return Event(
        id=_id(alarm, about, cause, kind if levels is None else after),
        kind=kind,
        time_ms=cause.time_ms,
        arrived_ms=cause.arrived_ms,
        point=about.point,
        quantity=about.quantity,
        from_level=before,
        to_level=after,
        value=cause.value,
        limit=alarm.terms.limit(max(before, after)),
        threshold_set=alarm.terms.set,
        direction=about.direction,
        text=text or cause.text,
    )


def _id(alarm: Standing, about: About, cause: Cause, mark: Level | EventKind) -> str:
    """Return the id of an event; of one that leads to a level it is the same at a gateway, which holds nothing."""
    rule = f"{alarm.terms.set}/{about.direction}"
    last = int(mark) if isinstance(mark, Level) else mark
    return event_id(about.site, about.point, about.quantity, rule, cause.identity, last)


def settled(alarm: Standing, about: About, cause: Cause) -> Change:
    """Return the alarm after its level has followed the condition as far as it may."""
    if alarm.open and alarm.reached > alarm.level:
        return _risen(alarm, about, cause)
    alarm, again = _again(alarm, about, cause)
    after, events = _fallen(alarm, about, cause) if alarm.reached < alarm.level else (alarm, ())
    return after, (*again, *events)


def announced(alarm: Standing, at_ms: int) -> Standing:
    """Return the alarm as one that people are told of now."""
    return replace(alarm, counted_ms=at_ms, escalated=0)


def surfaced(alarm: Standing, before: State, at_ms: int) -> Standing:
    """Return an alarm from which something was lifted: where nothing covers it any more it is new to people."""
    if before not in HIDDEN or shown(alarm) in HIDDEN:
        return alarm
    held = State.UNACKNOWLEDGED if alarm.reached else State.LATCHED_UNACKNOWLEDGED
    return announced(replace(alarm, state=held if alarm.level else State.NORMAL), at_ms)


def _risen(alarm: Standing, about: About, cause: Cause) -> Change:
    levels, events = (alarm.level, alarm.reached), list[Event]()
    if alarm.shelf and alarm.reached > alarm.shelf.up_to:
        text = f"a worse level than {alarm.shelf.up_to.name.lower()}"
        alarm, events = replace(alarm, shelf=None), [told(alarm, about, "unshelved", cause, text=text)]
    after = replace(
        alarm,
        level=alarm.reached,
        since_ms=cause.time_ms,
        assessed=Level.GREEN,
        released=Level.GREEN,
        state=moved(alarm.state, Move.RAISE),
    )
    hidden = shown(after) in HIDDEN
    event = told(after, about, "unannounced" if hidden else "level", cause, levels)
    after = replace(after, raised=event.id)
    return (after if hidden else announced(after, cause.arrived_ms)), (*events, event)


def _again(alarm: Standing, about: About, cause: Cause) -> Change:
    """Return an alarm whose condition had gone and is true again, at a level that still stands."""
    if not (alarm.open and alarm.reached and alarm.state in HELD):
        return alarm, ()
    after = replace(alarm, state=moved(alarm.state, Move.RAISE), assessed=Level.GREEN, released=Level.GREEN)
    if shown(after) in HIDDEN:
        return after, ()
    text = f"beyond the limit of {alarm.reached.name.lower()} again"
    event = replace(told(after, about, "realarm", cause, text=text), id=_id(after, about, cause, after.reached))
    return announced(replace(after, raised=event.id), cause.arrived_ms), (event,)


def _fallen(alarm: Standing, about: About, cause: Cause) -> Change:
    missing = lacking(alarm)
    if not missing:
        return _lowered(alarm, about, cause)
    if alarm.reached or moved(alarm.state, Move.HOLD) is alarm.state:
        return alarm, ()
    text = f"readings are back, the level stays until there is {' and '.join(missing)}"
    return replace(alarm, state=moved(alarm.state, Move.HOLD)), (told(alarm, about, "returned", cause, text=text),)


def _lowered(alarm: Standing, about: About, cause: Cause) -> Change:
    levels = (alarm.level, alarm.reached)
    kind: EventKind = "unannounced" if shown(alarm) in HIDDEN else "level"
    events = [told(alarm, about, kind, cause, levels)]
    after = replace(alarm, level=alarm.reached, since_ms=cause.time_ms, assessed=alarm.reached)
    if alarm.reached:
        return after, tuple(events)
    clear = Move.RESET if alarm.state in HELD else Move.CLEAR
    after = replace(after, state=moved(alarm.state, clear))
    if alarm.shelf and alarm.shelf.one_shot:
        after = replace(after, shelf=None)
        events.append(told(after, about, "unshelved", cause, text="it was shelved for this once, and is over"))
    return after, tuple(events)
