"""What SITE.toml says of readings that people take: [[hand]] and [[round]]."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How a quantity of a point is read by hand from a date on: method and dated geometry (a collar, a zero).

    Of several declarations of one point and method the newest whose date has come is in force; a collar that was
    cut is another one, with a higher `version`. A reading is overdue when the one before is older than
    `overdue_h`. seepline.hand.methods says which parameters a method needs.
    """

    point: str
    method: str
    version: int
    valid_from_ms: int
    overdue_h: float
    parameters: Mapping[str, str | float] = field(default_factory=dict)
    source: str = ""

    @property
    def label(self) -> str:
        """Return 'method:version', stored beside every value made by it."""
        return f"{self.method}:{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A visual round with the facility's own check-list, from a date on: `items` maps ids to questions.

    Of several of one id the newest whose date has come is in force.
    """

    id: str
    name: str
    valid_from_ms: int
    overdue_h: float
    items: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class SiteHand:
    """What of a checked site people read."""

    hands: tuple[Hand, ...] = ()
    rounds: tuple[Round, ...] = ()

    @cached_property
    def hands_by_point(self) -> dict[str, tuple[Hand, ...]]:
        """Declarations of readings by hand of each point, the newest first."""
        found: dict[str, tuple[Hand, ...]] = {}
        for one in sorted(self.hands, key=lambda one: -one.valid_from_ms):
            found[one.point] = (*found.get(one.point, ()), one)
        return found

    @cached_property
    def rounds_by_id(self) -> dict[str, tuple[Round, ...]]:
        """Visual rounds by id, the newest check-list first."""
        found: dict[str, tuple[Round, ...]] = {}
        for one in sorted(self.rounds, key=lambda one: -one.valid_from_ms):
            found[one.id] = (*found.get(one.id, ()), one)
        return found
