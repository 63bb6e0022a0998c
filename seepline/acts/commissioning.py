"""An engineer takes a point into commissioning, or accepts its baseline: from then on its readings count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import ENGINEERS
from seepline.site import Site

_MOST_CHARS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissioningBegun:
    """A point's readings raise no level from `from_ms` on; a level that it has stays until it is released."""

    point: str
    from_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineAccepted:
    """A point's readings count from `from_ms` on; `source` says where the accepted baseline stands."""

    point: str
    from_ms: int
    source: str


def _faults(point: str, key: str, text: str, site: Site) -> Iterator[str]:
    if point not in site.point_by_id:
        yield f"point: found {point[:64]!r}; expected a point of the site"
    if not 0 < len(text.strip()) <= _MOST_CHARS:
        yield f"{key}: found {len(text)} characters; expected 1 to {_MOST_CHARS}"


def _begun_rules(body: CommissioningBegun, site: Site) -> Iterator[str]:
    return _faults(body.point, "reason", body.reason, site)


def _accepted_rules(body: BaselineAccepted, site: Site) -> Iterator[str]:
    return _faults(body.point, "source", body.source, site)


KINDS: Mapping[str, ActKind] = {
    "commissioning_begun": ActKind(
        "a point taken into commissioning", ENGINEERS, CommissioningBegun, _begun_rules
    ),
    "baseline_accepted": ActKind("the baseline of a point accepted", ENGINEERS, BaselineAccepted, _accepted_rules),
}
