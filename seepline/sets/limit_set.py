"""One set of limits as it is proposed, signed and never changed again: rules, actions, recipients, reason."""

from dataclasses import dataclass, field

from seepline.site import Threshold, ThresholdSet
from seepline.site_alarms import Action, Direction, LevelName, Observation, Vote

LEVELS: tuple[LevelName, ...] = ("yellow", "orange", "red")
RuleKey = tuple[str, str, str]  # (point, quantity, direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a set says of itself.

    `follows` is the set whose place it takes, '' for the first. `valid_from_ms` is when it takes effect at the
    earliest. `k1` and `k2` are the levels that the national criteria K1 and K2 stand for. `geometry` is what the
    limits were computed for, in words, `geometry_date` the day of its survey (ISO).
    """

    id: str
    site: str
    follows: str
    valid_from_ms: int
    reason: str
    geometry: str
    geometry_date: str
    critical: tuple[str, ...]
    k1: LevelName = "orange"
    k2: LevelName = "red"
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The paper or container that a set rests on: a legal act, a report. `sha256` is that of its file, in hex."""

    title: str
    number: str
    date: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """The national criteria K1 and K2 of one quantity, in its unit, and number and date of their act."""

    point: str
    quantity: str
    direction: Direction
    k1: float
    k2: float
    act: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """Where a limit is a percentile of what was measured: which level, which percentile, of how many a year."""

    point: str
    quantity: str
    direction: Direction
    level: LevelName
    percentile: float
    readings_a_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a level of the site is told: a role, everywhere or in one organisation."""

    level: LevelName
    role: str
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """A whole set. `digest` is the SHA-256 of the file's text: what persons sign when they approve it."""

    head: Head
    document: Document
    thresholds: tuple[Threshold, ...]
    actions: tuple[Action, ...]
    recipients: tuple[Recipient, ...]
    criteria: tuple[Criterion, ...] = ()
    votes: tuple[Vote, ...] = ()
    observations: tuple[Observation, ...] = ()
    percentiles: tuple[Percentile, ...] = ()
    digest: str = field(default="", compare=False)


def rule_key(entry: Threshold | Criterion | Percentile) -> RuleKey:
    """Return which rule an entry is about."""
    return entry.point, entry.quantity, entry.direction


def as_threshold_set(limits: LimitSet, effective_ms: int) -> ThresholdSet:
    """Return the entry that a set is in a site, in force from `effective_ms` on."""
    about = limits.document
    source = f"{about.title} {about.number} of {about.date}"
    return ThresholdSet(id=limits.head.id, valid_from_ms=effective_ms, source=source, demo=limits.head.demo)


def acts_on(action: Action, rule: Threshold) -> bool:
    """Tell whether an action is for a rule: what it does not name it does not ask for."""
    return all(getattr(action, key) in ("", getattr(rule, key)) for key in ("point", "quantity", "direction"))
