"""What time alone does to a standing alarm. Times are those of the site's clock, in UTC milliseconds."""

from dataclasses import replace

from seepline.alarm.event import Event
from seepline.alarm.inputs import About, Cause, Passed
from seepline.alarm.machine import HIDDEN, UNSEEN, Move, State, moved
from seepline.alarm.standing import Change, Standing, announced, shown, surfaced, told


def deadline_ms(alarm: Standing) -> int | None:
    """Return when `passed` has something to do next, None when never."""
    shelf_ms = alarm.shelf.until_ms if alarm.shelf else None
    ends = (alarm.out_until_ms, shelf_ms, _realarm_ms(alarm), _missing_ms(alarm), _next_ms(alarm))
    return min((end for end in ends if end is not None), default=None)


def _realarm_ms(alarm: Standing) -> int | None:
    seen = shown(alarm) in (State.ACKNOWLEDGED, State.LATCHED)
    return alarm.counted_ms + alarm.terms.realarm_s * 1000 if seen and alarm.terms.realarm_s else None


def _missing_ms(alarm: Standing) -> int | None:
    """Return when it has to be told that no reading has been valid for too long; maintenance is told already."""
    told = alarm.missing_told or alarm.out_until_ms is not None
    missing = alarm.missing_ms is not None and alarm.terms.missing_s is not None and not told
    return (alarm.missing_ms or 0) + (alarm.terms.missing_s or 0) * 1000 if missing else None


def _next_ms(alarm: Standing) -> int | None:
    """Return when the next person is told, because nobody has acknowledged."""
    later_s = alarm.terms.escalate_after_s[alarm.escalated :]
    return alarm.counted_ms + later_s[0] * 1000 if later_s and shown(alarm) in UNSEEN else None


def passed(alarm: Standing, clock: Passed, about: About) -> Change:
    """Return the alarm at a time, with every end that has come by then in their order."""
    events: list[Event] = []
    due_ms = deadline_ms(alarm)
    while due_ms is not None and due_ms <= clock.now_ms:
        alarm, event = _ended(alarm, about, due_ms, clock.now_ms)
        events.append(event)
        due_ms = deadline_ms(alarm)
    return alarm, tuple(events)


def _ended(alarm: Standing, about: About, due_ms: int, now_ms: int) -> tuple[Standing, Event]:
    cause = Cause(f"{alarm.raised}@{due_ms}", due_ms, now_ms)
    if alarm.out_until_ms == due_ms:
        after = surfaced(replace(alarm, out_until_ms=None), shown(alarm), now_ms)
        return after, told(after, about, "in_service", cause, text="its time out of service is over")
    if alarm.shelf and alarm.shelf.until_ms == due_ms:
        after = surfaced(replace(alarm, shelf=None), shown(alarm), now_ms)
        return after, told(after, about, "unshelved", cause, text="its time on the shelf is over")
    if _realarm_ms(alarm) == due_ms:
        after = announced(replace(alarm, state=moved(alarm.state, Move.REALARM)), now_ms)
        return after, told(after, about, "realarm", cause, text=f"it still stands after {alarm.terms.realarm_s} s")
    if _missing_ms(alarm) == due_ms:
        text = f"no valid reading for {alarm.terms.missing_s} s"
        return replace(alarm, missing_told=True), told(alarm, about, "missing", cause, text=text)
    after = replace(alarm, escalated=alarm.escalated + 1)
    waited_s = alarm.terms.escalate_after_s[alarm.escalated]
    text = f"nobody has acknowledged it for {waited_s} s: step {after.escalated}"
    return after, told(after, about, "escalated", cause, text=text)


def covers(alarm: Standing) -> bool:
    """Tell whether something lies over the alarm, so that it is not announced."""
    return shown(alarm) in HIDDEN
