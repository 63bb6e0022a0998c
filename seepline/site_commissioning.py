"""What SITE.toml and engineers say of commissioning: from when on a point's readings count, and when not."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

Word = tuple[int, bool]  # (from when on, whether the point is in commissioning then)


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """An engineer's word that a point's readings count from `valid_from_ms` on: its commissioning ends."""

    point: str
    valid_from_ms: int
    accepted_by: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commissioning:
    """From `valid_from_ms` on a point is in commissioning (again): another gauge was mounted, a zero was lost."""

    point: str
    valid_from_ms: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CommissioningWords:
    """The part of a site that says which points are in commissioning when."""

    baselines: tuple[Baseline, ...] = ()
    commissionings: tuple[Commissioning, ...] = ()

    @cached_property
    def commissioning_words(self) -> Mapping[str, tuple[Word, ...]]:
        """What was said of each point, the newest first."""
        found: dict[str, list[Word]] = {}
        for accepted in self.baselines:
            found.setdefault(accepted.point, []).append((accepted.valid_from_ms, False))
        for begun in self.commissionings:
            found.setdefault(begun.point, []).append((begun.valid_from_ms, True))
        return {point: tuple(sorted(words, reverse=True)) for point, words in found.items()}
