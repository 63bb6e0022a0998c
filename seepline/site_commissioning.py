"""What SITE.toml and engineers say of commissioning: from when on a point's readings count, and when not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


def words_by_point(
    baselines: Iterable[Baseline], commissionings: Iterable[Commissioning]
) -> Mapping[str, tuple[Word, ...]]:
    """Return what was said of each point, the newest first."""
    found: dict[str, list[Word]] = {}
    for accepted in baselines:
        found.setdefault(accepted.point, []).append((accepted.valid_from_ms, False))
    for begun in commissionings:
        found.setdefault(begun.point, []).append((begun.valid_from_ms, True))
    return {point: tuple(sorted(words, reverse=True)) for point, words in found.items()}
