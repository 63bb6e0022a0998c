"""What a set of limits says: its rules, who does what, which rules vote, what an observation means."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["above", "below", "rate_up", "rate_down"]
LevelName = Literal["yellow", "orange", "red"]
ObservedKind = Literal["crack", "boil", "turbid_seepage", "slump", "sinkhole", "overtopping", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Limits of one quantity at one point, in the quantity's unit (rates: per hour): one rule.

    A level is entered after `delay_count` judged readings in a row, over at least `delay_s`, at or beyond its
    limit, and left after `off_count` in a row, over at least `off_s`, that are back by more than `deadband`.
    From `latch` on a level stays until it is released. `only_with` and `suppressed_by` name another rule of the
    set as 'point/quantity/direction': without it this one raises no level; while it stands as high, this one is
    not announced. `longest_s` is the longest time from a crossing to the last message; without `shelve_max_s` the
    alarm cannot be shelved. Without a valid reading for `missing_s` the next persons are told. `repeat`: a first
    reading beyond a limit is measured again at once.
    """

    set: str
    point: str
    quantity: str
    direction: Direction
    yellow: float
    orange: float
    red: float
    deadband: float
    delay_count: int
    failure_mode: str = ""
    rate_window_s: int | None = None  # required for rates: the time over which the change is taken
    delay_s: int = 0
    off_count: int = 1
    off_s: int = 0
    latch: Literal["", "yellow", "orange", "red"] = ""
    realarm_s: int | None = None
    escalate_after_s: tuple[int, ...] = ()
    shelve_max_s: int | None = None
    missing_s: int | None = None
    only_with: str = ""
    suppressed_by: str = ""
    vote: str = ""
    longest_s: int | None = None
    repeat: bool = True

    @property
    def name(self) -> str:
        """Return 'point/quantity/direction', which names the rule within its set."""
        return f"{self.point}/{self.quantity}/{self.direction}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What one role does when a rule raises a level: within what time, whom it tells, where it is written.

    Without `point`, `quantity` or `direction` it is for every rule of the set that fits the others.
    """

    id: str
    set: str
    level: LevelName
    what: str
    role: str
    within_s: int
    page: str
    notify: tuple[str, ...] = ()
    point: str = ""
    quantity: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A group of rules of a set (those whose `vote` names it), of which `needed` have to say a level."""

    id: str
    set: str
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The level that something seen on the dam sets at least; the observer may say a worse one."""

    set: str
    kind: ObservedKind
    level: LevelName
