"""The one step of a standing alarm: (alarm, input) -> (alarm, events), whatever the input is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from seepline.alarm import persons, timers
from seepline.alarm.event import Event
from seepline.alarm.inputs import (
    About,
    Acknowledge,
    Around,
    Assess,
    Cause,
    Input,
    Invalid,
    Missed,
    Passed,
    PutBack,
    Reached,
    Release,
    Shelve,
    TakeOut,
    Unshelve,
)
from seepline.alarm.machine import HIDDEN, Move, moved
from seepline.alarm.standing import Change, Standing, announced, settled, shown, surfaced, told
from seepline.thresholds import Level


def _reached(alarm: Standing, news: Reached, about: About) -> Change:
    after = replace(
        alarm, reached=news.level, terms=news.terms, valid=news.valid, missing_ms=None, missing_told=False
    )
    return settled(after, about, news.cause)


def _missed(alarm: Standing, news: Missed, about: About) -> Change:
    """Return the alarm after a late reading: it is told in any case, and from orange on has to be seen."""
    level = news.event.to_level
    if level is None or level < Level.ORANGE or level <= alarm.level:
        return alarm, (news.event,)
    alarm, unshelved = _off_the_shelf(alarm, news.event, level, about)
    if shown(alarm) in HIDDEN:
        return alarm, (*unshelved, news.event)
    after = replace(alarm, state=moved(alarm.state, Move.MISSED), raised=news.event.id)
    return announced(after, news.event.arrived_ms), (*unshelved, news.event)


def _off_the_shelf(alarm: Standing, late: Event, level: Level, about: About) -> Change:
    if alarm.shelf is None or level <= alarm.shelf.up_to:
        return alarm, ()
    cause = Cause(late.id, late.time_ms, late.arrived_ms)
    text = f"a reading that came late: a worse level than {alarm.shelf.up_to.name.lower()}"
    return replace(alarm, shelf=None), (told(alarm, about, "unshelved", cause, text=text),)


def _invalid(alarm: Standing, news: Invalid, _about: About) -> Change:
    kept = alarm.kept or (news.why if alarm.level else "")
    since_ms = news.at_ms if alarm.missing_ms is None else alarm.missing_ms
    return replace(alarm, valid=False, kept=kept, missing_ms=since_ms), ()


def _around(alarm: Standing, news: Around, about: About) -> Change:
    before = shown(alarm)
    after = replace(alarm, open=news.open, told_up_to=news.told_up_to)
    after, events = surfaced(after, before, news.cause.arrived_ms), list[Event]()
    if before not in HIDDEN and shown(after) in HIDDEN:
        events.append(told(after, about, "suppressed", news.cause, text="another rule has told this level"))
    elif before in HIDDEN and shown(after) not in HIDDEN:
        text = "no other rule tells this level any more"
        events.append(told(after, about, "unsuppressed", news.cause, text=text))
    after, more = settled(after, about, news.cause)
    return after, (*events, *more)


_STEPS: Mapping[type, Callable[[Standing, Any, About], Change]] = {
    Reached: _reached,
    Missed: _missed,
    Invalid: _invalid,
    Around: _around,
    Acknowledge: persons.acknowledge,
    Assess: persons.assess,
    Release: persons.release,
    Shelve: persons.shelve,
    Unshelve: persons.unshelve,
    TakeOut: persons.take_out,
    PutBack: persons.put_back,
    Passed: timers.passed,
}


def follow(alarm: Standing, news: Input, about: About) -> Change:
    """Return the alarm after an input, and the events that people must be able to see later."""
    return _STEPS[type(news)](alarm, news, about)
