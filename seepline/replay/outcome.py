"""What one set of limits would have told over a time, and two of them beside one another. Pure, without numpy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seepline.alarm import Event
from seepline.site import Threshold
from seepline.thresholds import Level

RuleName = tuple[str, str, str]  # (point, quantity, direction)
YEAR_MS = 365 * 86_400_000
_LEVELS = (Level.YELLOW, Level.ORANGE, Level.RED)


@dataclass(frozen=True, slots=True)
class Span:
    """A time at one level above green, from inclusive, to exclusive."""

    level: Level
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule would have told. `entries` and `hours` are those of yellow, orange and red."""

    rule: Threshold
    events: tuple[Event, ...]
    spans: tuple[Span, ...]

    @property
    def entries(self) -> tuple[int, int, int]:
        """How often each level was entered from a lower one."""
        yellow, orange, red = (
            sum(one.to_level == level and _rises(one) for one in self.events) for level in _LEVELS
        )
        return yellow, orange, red

    @property
    def hours(self) -> tuple[float, float, float]:
        """How long each level stood."""
        yellow, orange, red = (
            sum(one.to_ms - one.from_ms for one in self.spans if one.level == level) / 3_600_000
            for level in _LEVELS
        )
        return yellow, orange, red


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """What one set would have told in a time (UTC ms), as if each alarm had been assessed at once."""

    set_id: str
    from_ms: int
    to_ms: int
    rules: Mapping[RuleName, RuleOutcome]

    @property
    def events(self) -> list[Event]:
        """All events in the order of their times."""
        found = [event for one in self.rules.values() for event in one.events]
        return sorted(found, key=lambda one: (one.time_ms, one.point, one.quantity, one.direction))

    def entries(self) -> tuple[int, int, int]:
        """How often each level was entered, by all rules together."""
        yellow, orange, red = (sum(one.entries[place] for one in self.rules.values()) for place in range(3))
        return yellow, orange, red

    def entries_a_year(self) -> tuple[float, float, float]:
        """Return the same a year: what people would be called for."""
        yellow, orange, red = (count * YEAR_MS / (self.to_ms - self.from_ms) for count in self.entries())
        return yellow, orange, red


@dataclass(frozen=True, slots=True)
class Row:
    """One rule under both sets; None where a set does not have it."""

    name: RuleName
    active: RuleOutcome | None
    proposed: RuleOutcome | None

    @property
    def differs(self) -> bool:
        """Whether the two would not have told the same."""
        return _told(self.active) != _told(self.proposed)


def rule_name(rule: Threshold) -> RuleName:
    """Return what a rule is called in every set that has it."""
    return rule.point, rule.quantity, rule.direction


def rule_outcome(rule: Threshold, events: Sequence[Event], to_ms: int) -> RuleOutcome:
    """Return the outcome of a rule from its events, oldest first; the last level stands until `to_ms`."""
    ends = (*(one.time_ms for one in events[1:]), to_ms)
    spans = tuple(
        Span(one.to_level, one.time_ms, end_ms) for one, end_ms in zip(events, ends, strict=False) if one.to_level
    )
    return RuleOutcome(rule, tuple(events), spans)


def beside(active: SetOutcome, proposed: SetOutcome) -> list[Row]:
    """Return every rule of either set, those first whose outcome differs, then by name."""
    names = sorted({*active.rules, *proposed.rules})
    rows = [Row(name, active.rules.get(name), proposed.rules.get(name)) for name in names]
    return sorted(rows, key=lambda row: not row.differs)


def _rises(event: Event) -> bool:
    return event.to_level is not None and event.to_level > (event.from_level or Level.GREEN)


def _told(outcome: RuleOutcome | None) -> Iterable[tuple[int, Level | None]]:
    return [] if outcome is None else [(one.time_ms, one.to_level) for one in outcome.events]
