"""The states of an alarm by name, and the one table of what leads from which to which.

Source: ISA-18.2 (2016) and IEC 62682 (2014), alarm state transition diagram; the letters are the standard's.

    A normal                     D returned, unacknowledged     G shelved
    B unacknowledged             E latched, unacknowledged      H suppressed by design
    C acknowledged               F latched, acknowledged        I out of service

A to F are what an alarm is; G to I lie over it while it is not announced, and leave A or B when they end.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an alarm is; the value is its name in the store."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned_unacknowledged"
    LATCHED_UNACKNOWLEDGED = "latched_unacknowledged"
    LATCHED = "latched_acknowledged"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"


class Move(StrEnum):
    """What happens to an alarm."""

    RAISE = "the condition becomes true, is true again, or gets worse"
    MISSED = "a reading that came late tells of a condition that is over"
    ACKNOWLEDGE = "a person has seen it"
    CLEAR = "the condition is false"
    HOLD = "the condition is false, and the alarm stays until people let it go"
    RESET = "people have let it go"
    REALARM = "it still stands when its time is over"


UNSEEN = frozenset((State.UNACKNOWLEDGED, State.RETURNED, State.LATCHED_UNACKNOWLEDGED))
HELD = frozenset((State.LATCHED_UNACKNOWLEDGED, State.LATCHED))
HIDDEN = frozenset((State.SHELVED, State.SUPPRESSED, State.OUT_OF_SERVICE))

TRANSITIONS: Mapping[tuple[State, Move], State] = {
    (State.NORMAL, Move.RAISE): State.UNACKNOWLEDGED,
    (State.NORMAL, Move.MISSED): State.RETURNED,
    (State.UNACKNOWLEDGED, Move.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.UNACKNOWLEDGED, Move.CLEAR): State.RETURNED,
    (State.UNACKNOWLEDGED, Move.HOLD): State.LATCHED_UNACKNOWLEDGED,
    (State.ACKNOWLEDGED, Move.RAISE): State.UNACKNOWLEDGED,
    (State.ACKNOWLEDGED, Move.MISSED): State.UNACKNOWLEDGED,
    (State.ACKNOWLEDGED, Move.CLEAR): State.NORMAL,
    (State.ACKNOWLEDGED, Move.HOLD): State.LATCHED,
    (State.ACKNOWLEDGED, Move.REALARM): State.UNACKNOWLEDGED,
    (State.RETURNED, Move.ACKNOWLEDGE): State.NORMAL,
    (State.RETURNED, Move.RAISE): State.UNACKNOWLEDGED,
    (State.LATCHED_UNACKNOWLEDGED, Move.ACKNOWLEDGE): State.LATCHED,
    (State.LATCHED_UNACKNOWLEDGED, Move.RAISE): State.UNACKNOWLEDGED,
    (State.LATCHED_UNACKNOWLEDGED, Move.RESET): State.RETURNED,
    (State.LATCHED, Move.RAISE): State.UNACKNOWLEDGED,
    (State.LATCHED, Move.MISSED): State.LATCHED_UNACKNOWLEDGED,
    (State.LATCHED, Move.RESET): State.NORMAL,
    (State.LATCHED, Move.REALARM): State.LATCHED_UNACKNOWLEDGED,
}


def moved(state: State, move: Move) -> State:
    """Return the state after a move; a pair that is not in the table changes nothing.

    >>> moved(State.ACKNOWLEDGED, Move.RAISE).value, moved(State.NORMAL, Move.ACKNOWLEDGE).value
    ('unacknowledged', 'normal')
    """
    return TRANSITIONS.get((state, move), state)
