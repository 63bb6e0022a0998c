"""When a message that was not taken is tried again, and when it is given up: pure."""

import random
from dataclasses import replace

from collector.notify.message import Message, State
from seepline.thresholds import Level

DAY_MS = (
    86_400_000  # an event that is older is on the page; it is news to nobody (a local alarm's text message too)
)
_FIRST_S = 15.0
_LONGEST_S = {True: 300.0, False: 3600.0}  # orange and red; the rest


def pause_s(tries: int, level: int, chance: random.Random) -> float:
    """Return how long to wait after so many tries: twice as long each time, spread by a quarter."""
    longest_s = _LONGEST_S[level >= Level.ORANGE]
    return min(_FIRST_S * 2.0 ** min(tries - 1, 16), longest_s) * chance.uniform(0.75, 1.25)


def not_taken(message: Message, reason: str, again: bool, stands_unseen: bool, now_ms: int) -> Message:
    """Return a message after a try that failed.

    While its alarm stands at orange or red and nobody has acknowledged it, it is never given up, not even where
    the other side refuses the address for good: a person may mend it meanwhile.
    """
    keeps_on = stands_unseen and message.level >= Level.ORANGE
    is_old = now_ms - message.made_ms > DAY_MS
    state: State = "queued" if keeps_on or (again and not is_old) else "failed"
    given_up = "" if state == "queued" or not again else " (given up after a day)"
    tries = message.tries + 1
    return replace(message, state=state, tries=tries, reason=f"{reason}{given_up}", last_ms=now_ms)


def taken(message: Message, receipt: str, now_ms: int) -> Message:
    """Return a message that its channel took."""
    return replace(
        message, state="sent", tries=message.tries + 1, reason="", receipt=receipt[:500], last_ms=now_ms
    )
