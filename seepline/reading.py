"""A reading before and after judgement: raw evidence, and the engineering value made of it."""

from enum import IntEnum
from typing import NamedTuple


class Quality(IntEnum):
    """QARTOD flags (IOOS, Manual for Real-Time Quality Control, 2020). They explain a value and never alter it."""

    GOOD = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


class RawReading(NamedTuple):
    """One value of one channel as the logger sent it: the evidence.

    `channel` is 'logger/channel'; `value` is in the channel's unit, None when the logger had none; `status` holds
    the bits of seepline.wire.status; `identity` is 'logger:ring:sequence', or '' from a foreign writer.
    """

    channel: str
    time_ms: int
    value: float | None
    status: int = 0
    identity: str = ""


class Reading(NamedTuple):
    """One engineering value of one quantity at one point, with everything it was made of.

    `value` is in the quantity's unit, None when it was withheld or excluded. `judged` tells whether alarm
    evaluation may use it: only the instrument's physical evidence or a missing input takes it out. `reasons` are
    English sentences for people and `inputs` the identities of the raw readings.
    """

    point: str
    instrument: str
    quantity: str
    time_ms: int
    value: float | None
    quality: Quality
    calibration: str
    judged: bool
    reasons: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    bound: str = ""  # '' exact, 'at_least' above the instrument's range, 'at_most' at or below zero head ("dry")
