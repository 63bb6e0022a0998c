"""What can happen to a standing alarm: readings, other rules, time, and what persons do."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from seepline.alarm.event import Event
from seepline.site import Threshold
from seepline.thresholds import Level

Finding = Literal["real", "instrument_fault", "works_on_site", "unclear"]
Decision = Literal["follow_readings", "keep_level"]


class About(NamedTuple):
    """Which alarm of which site."""

    site: str
    point: str
    quantity: str
    direction: str


class Cause(NamedTuple):
    """What brings a change: the identity of a record or act, when it was, when it arrived, and what it says."""

    identity: str
    time_ms: int
    arrived_ms: int
    text: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule asks beyond its condition, kept with the alarm: a new set counts from its first reading on."""

    set: str = ""
    limits: tuple[float, ...] = ()
    latch: Level = Level.GREEN
    realarm_s: int | None = None
    escalate_after_s: tuple[int, ...] = ()
    shelve_max_s: int | None = None
    missing_s: int | None = None
    only_with: str = ""
    suppressed_by: str = ""
    vote: str = ""

    def limit(self, level: Level) -> float | None:
        """Return the limit at which a level begins, None where there is none."""
        return self.limits[level - 1] if self.limits and level else None


def terms_of(threshold: Threshold) -> Terms:
    """Return what a rule asks beyond its condition."""
    return Terms(
        set=threshold.set,
        limits=(threshold.yellow, threshold.orange, threshold.red),
        latch=Level[threshold.latch.upper()] if threshold.latch else Level.GREEN,
        realarm_s=threshold.realarm_s,
        escalate_after_s=threshold.escalate_after_s,
        shelve_max_s=threshold.shelve_max_s,
        missing_s=threshold.missing_s,
        only_with=threshold.only_with,
        suppressed_by=threshold.suppressed_by,
        vote=threshold.vote,
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """The level that the condition has now, after a judged reading or an observation."""

    level: Level
    terms: Terms
    cause: Cause
    valid: bool = True  # an observation is nothing that readings take back


@dataclass(frozen=True, slots=True)
class Missed:
    """A reading that came late reached a level."""

    event: Event


@dataclass(frozen=True, slots=True)
class Invalid:
    """The instrument has no valid reading, or its logger is silent."""

    why: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Around:
    """What other rules say: whether this one may raise, and up to which level another has told already."""

    open: bool
    told_up_to: Level
    cause: Cause


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """A person has seen the alarm that an event raised."""

    event: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Assess:
    """An engineer says what the alarm that an event raised is, and whether its level may follow the readings."""

    event: str
    finding: Finding
    decision: Decision
    cause: Cause


@dataclass(frozen=True, slots=True)
class Release:
    """An engineer lets go a level that latches, or that an instrument kept when it failed."""

    event: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Shelve:
    """A person does not want to hear of levels up to `up_to`, until a time or (one-shot) until it is over."""

    until_ms: int
    one_shot: bool
    up_to: Level
    cause: Cause


@dataclass(frozen=True, slots=True)
class Unshelve:
    """A person wants to hear of it again."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class TakeOut:
    """The instrument is taken out of service until a time."""

    until_ms: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class PutBack:
    """The instrument is in service again."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Passed:
    """The clock says `now_ms`."""

    now_ms: int


News = Reached | Missed | Invalid | Around | Passed
PersonsAct = Acknowledge | Assess | Release | Shelve | Unshelve | TakeOut | PutBack
Input = News | PersonsAct
