"""What a person's act does to a standing alarm. Who may act was decided before; here, whether it has an effect.

An act names the event that its person has seen. When the alarm has been raised again since, it has no effect and
says so: nobody acknowledges, or lets go, what he has not seen.
"""

from dataclasses import replace

from seepline.alarm.inputs import About, Acknowledge, Assess, Cause, PutBack, Release, Shelve, TakeOut, Unshelve
from seepline.alarm.machine import UNSEEN, Move, moved
from seepline.alarm.standing import Change, Shelf, Standing, settled, shown, surfaced, told
from seepline.thresholds import Level

_FINDINGS = {
    "real": "it is real",
    "instrument_fault": "it is a fault of the instrument",
    "works_on_site": "it comes from works on site",
    "unclear": "it is unclear",
}
_DECISIONS = {"follow_readings": "its level follows the readings", "keep_level": "its level stays"}


def without_effect(alarm: Standing, about: About, cause: Cause, why: str) -> Change:
    """Return an alarm that an act leaves as it is, and the event that says why."""
    return alarm, (told(alarm, about, "no_effect", cause, text=f"{cause.text}: without effect, {why}"),)


def _unseen(alarm: Standing, event: str) -> str:
    return "" if event == alarm.raised else "the alarm has been raised by another event since"


def acknowledge(alarm: Standing, act: Acknowledge, about: About) -> Change:
    """Return the alarm as seen."""
    why = _unseen(alarm, act.event) or ("" if alarm.state in UNSEEN else "it is acknowledged already")
    if why:
        return without_effect(alarm, about, act.cause, why)
    return _seen(alarm, act.cause), (told(alarm, about, "acknowledged", act.cause),)


def _seen(alarm: Standing, cause: Cause) -> Standing:
    if alarm.state not in UNSEEN:
        return alarm
    return replace(alarm, state=moved(alarm.state, Move.ACKNOWLEDGE), counted_ms=cause.arrived_ms, escalated=0)


def assess(alarm: Standing, act: Assess, about: About) -> Change:
    """Return the alarm as seen and assessed; its level goes down to what readings say when that was decided."""
    why = _unseen(alarm, act.event)
    if why:
        return without_effect(alarm, about, act.cause, why)
    text = f"{act.cause.text} ({_FINDINGS[act.finding]}; {_DECISIONS[act.decision]})"
    event = told(alarm, about, "assessed", act.cause, text=text)
    follows = act.decision == "follow_readings"
    after = replace(_seen(alarm, act.cause), assessed=alarm.level if follows else Level.GREEN)
    after, more = settled(after, about, act.cause)
    return after, (event, *more)


def release(alarm: Standing, act: Release, about: About) -> Change:
    """Return the alarm let go; of an instrument without valid readings nothing says that a level is reached."""
    why = _unseen(alarm, act.event) or _cannot_be_released(alarm)
    if why:
        return without_effect(alarm, about, act.cause, why)
    reached = alarm.reached if alarm.valid and alarm.out_until_ms is None else Level.GREEN
    after = replace(_seen(alarm, act.cause), released=alarm.level, kept="", reached=reached)
    after, more = settled(after, about, act.cause)
    return after, (told(alarm, about, "released", act.cause), *more)


def _cannot_be_released(alarm: Standing) -> str:
    if not alarm.level:
        return "no level stands"
    if alarm.valid and alarm.out_until_ms is None and alarm.reached >= alarm.level:
        return f"readings still say {alarm.reached.name.lower()}"
    return ""


def shelve(alarm: Standing, act: Shelve, about: About) -> Change:
    """Return the alarm on the shelf."""
    why = _cannot_be_shelved(alarm, act)
    if why:
        return without_effect(alarm, about, act.cause, why)
    shelf = Shelf(act.until_ms, act.one_shot, act.up_to, act.cause.text)
    return replace(alarm, shelf=shelf), (told(alarm, about, "shelved", act.cause),)


def _cannot_be_shelved(alarm: Standing, act: Shelve) -> str:
    lasts_ms, most_s = act.until_ms - act.cause.arrived_ms, alarm.terms.shelve_max_s
    if most_s is None:
        return "the set in force states no shelve_max_s for it"
    if not 0 < lasts_ms <= most_s * 1000:
        return f"it may be shelved for at most {most_s} s from now"
    if alarm.level > act.up_to:
        return f"it stands at {alarm.level.name.lower()}, a worse level than {act.up_to.name.lower()}"
    return ""


def unshelve(alarm: Standing, act: Unshelve, about: About) -> Change:
    """Return the alarm from the shelf."""
    if alarm.shelf is None:
        return without_effect(alarm, about, act.cause, "it is not shelved")
    after = surfaced(replace(alarm, shelf=None), shown(alarm), act.cause.arrived_ms)
    return after, (told(after, about, "unshelved", act.cause),)


def take_out(alarm: Standing, act: TakeOut, about: About) -> Change:
    """Return the alarm out of service, always with an end; a level that stands is kept until it is released."""
    if act.until_ms <= act.cause.arrived_ms:
        return without_effect(alarm, about, act.cause, "its end has passed")
    kept = "it was taken out of service" if alarm.level else alarm.kept
    after = replace(alarm, out_until_ms=act.until_ms, kept=kept)
    return after, (told(after, about, "out_of_service", act.cause),)


def put_back(alarm: Standing, act: PutBack, about: About) -> Change:
    """Return the alarm in service."""
    if alarm.out_until_ms is None:
        return without_effect(alarm, about, act.cause, "it is in service")
    after = surfaced(replace(alarm, out_until_ms=None), shown(alarm), act.cause.arrived_ms)
    return after, (told(after, about, "in_service", act.cause),)
