"""What a set of limits says beyond its limits: who does what, which rules vote, what an observation means."""

from dataclasses import dataclass
from typing import Literal

LevelName = Literal["yellow", "orange", "red"]
ObservedKind = Literal["crack", "boil", "turbid_seepage", "slump", "sinkhole", "overtopping", "other"]


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
