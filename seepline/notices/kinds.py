"""Which kinds of event concern people, whom, and how soon.

Orange and red go at once, whatever the kind. So does what asks for another person (`escalated`, `missing`,
`action_overdue`), what the collector says of itself, and an exercise. The rest is collected (digest).
A kind without a row is kept as an event and told to nobody: it is a person's own act, or not announced by intent.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from seepline.thresholds import Level

Circle = Literal["alarm", "instrument", "service", "limits", "exercise"]


class Kind(NamedTuple):
    """Whom a kind of event concerns, whether it goes at once at any level, and whether it announces an alarm.

    Only what announces counts as an alarm of a person (seepline.notices.load), and calls for a channel that is
    kept for its level; the rest is news about an alarm.
    """

    circle: Circle
    at_once: bool = False
    announces: bool = False


_ALARM, _INSTRUMENT, _LIMITS = Kind("alarm"), Kind("instrument"), Kind("limits")
_SERVICE, _EXERCISE = Kind("service", at_once=True), Kind("exercise", at_once=True)

KINDS: Mapping[str, Kind] = {
    "level": Kind("alarm", announces=True),
    "late": Kind("alarm", announces=True),
    "realarm": Kind("alarm", announces=True),
    "unshelved": Kind("alarm", announces=True),
    "unsuppressed": Kind("alarm", announces=True),
    "escalated": Kind("alarm", at_once=True, announces=True),
    "missing": Kind("alarm", at_once=True, announces=True),
    "action_overdue": Kind("alarm", at_once=True, announces=True),
    "resumed": Kind("alarm", at_once=True, announces=True),
    "not_told": Kind("service", at_once=True, announces=True),
    "strong_motion": Kind("instrument", at_once=True),  # somebody walks the dam, whatever limits say
    **dict.fromkeys(
        ("returned", "acknowledged", "assessed", "released", "shelved", "out_of_service", "in_service"), _ALARM
    ),
    **dict.fromkeys(
        ("fault", "fault_end", "silence", "silence_end", "clock", "clock_end", "hand_ahead"), _INSTRUMENT
    ),
    **dict.fromkeys(("conflict", "identity_conflict", "overdue", "overdue_end", "duty"), _INSTRUMENT),
    **dict.fromkeys(
        ("set_submitted", "set_objected", "set_withdrawn", "set_overtaken", "set_superseded"), _LIMITS
    ),
    **dict.fromkeys(("set_decided", "set_in_force", "policy"), _LIMITS),
    "set_tightened": Kind("limits", at_once=True),
    **dict.fromkeys(
        ("journal_damaged", "store_damaged", "messages_damaged", "export_held", "export_resumed", "disk_full"),
        _SERVICE,
    ),
    **dict.fromkeys(("exercise_begin", "exercise_event", "exercise_siren", "exercise_end"), _EXERCISE),
    "exercise_broken": Kind("exercise", at_once=True, announces=True),
}


def is_exercise(kind: str) -> bool:
    """Tell whether an event of this kind is played: what ends an exercise because an alarm is real is not."""
    return kind.startswith("exercise_") and kind != "exercise_broken"


def goes_at_once(kind: str, level: Level) -> bool:
    """Tell whether an event is told without being collected with others.

    >>> goes_at_once("level", Level.ORANGE), goes_at_once("level", Level.YELLOW)
    (True, False)
    """
    return level >= Level.ORANGE or KINDS[kind].at_once


def channel_level(kind: str, level: Level) -> Level:
    """Return the level from which on a channel carries an event: news about an alarm rings nobody out of bed.

    >>> channel_level("acknowledged", Level.RED).name, channel_level("level", Level.RED).name
    ('YELLOW', 'RED')
    """
    about = KINDS[kind]
    if about.circle in ("service", "exercise"):
        return Level.RED
    return max(level, Level.YELLOW) if about.announces else Level.YELLOW
