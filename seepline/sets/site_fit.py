"""Whether a set fits the site that it is proposed for: asked once, when it is submitted.

A site file changes; a set that was decided stays in force all the same.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from seepline.sets.limit_set import LimitSet, as_threshold_set
from seepline.site import Site
from seepline.site_rules import broken_rules
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.values import shown


def site_problems(limits: LimitSet, site: Site) -> Iterator[Problem]:
    """Yield everything in a set that is not of this site, or not so measured there."""
    head = limits.head
    if head.site != site.info.id:
        yield Problem("set.site", shown(head.site), f"{site.info.id}, the site that this collector keeps")
    if head.id in {one.id for one in site.threshold_sets}:
        yield Problem("set.id", shown(head.id), "an id that no set of SITE.toml has")
    points = tuple(site.point_by_id)
    for place, name in _points(limits):
        if name not in site.point_by_id:
            yield Problem(place, shown(name), one_of(points, name))
    yield from _geometry(limits, site)
    yield from broken_rules(_draft(limits, site))


def _points(limits: LimitSet) -> Iterator[tuple[str, str]]:
    for name in limits.head.critical:
        yield "set.critical", name
    for number, one in enumerate(limits.thresholds, 1):
        yield f"threshold[{number}].point", one.point


def _geometry(limits: LimitSet, site: Site) -> Iterator[Problem]:
    newest_ms = max((one.valid_from_ms for one in site.profiles), default=None)
    if newest_ms is None:
        return
    newest = datetime.fromtimestamp(newest_ms // 1000, UTC).date().isoformat()
    if limits.head.geometry_date < newest:
        expected = f"limits made for the geometry in force: the newest [[profile]] is of {newest}"
        yield Problem("set.geometry_date", shown(limits.head.geometry_date), expected)


class _Paths(dict[int, str]):
    """Places of the set's entries; whatever else a rule names stands in the site file."""

    def __missing__(self, _entry: int) -> str:
        return "SITE.toml"


def _draft(limits: LimitSet, site: Site) -> Draft:
    """Return the site with this set alone, its entries named as in SET.toml."""
    known = set(site.point_by_id)
    about = as_threshold_set(limits, limits.head.valid_from_ms)
    paths = _Paths({id(about): "set"})
    for table, entries in (
        ("threshold", limits.thresholds),
        ("action", limits.actions),
        ("vote", limits.votes),
        ("observation", limits.observations),
    ):
        paths |= {id(one): f"{table}[{number}]" for number, one in enumerate(entries, 1)}
    whole = replace(
        site,
        threshold_sets=(about,),
        thresholds=tuple(one for one in limits.thresholds if one.point in known),
        actions=limits.actions,
        votes=limits.votes,
        observations=limits.observations,
    )
    return Draft(whole, {}, paths)
