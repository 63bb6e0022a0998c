"""Dated geometry is about sections and points that exist, begins apart, and its curves run one way."""

from collections.abc import Iterator
from itertools import pairwise

from seepline.site_geometry import OF_SECTIONS, Casing, Curve, Elevation
from seepline.site_rules.dated import utc
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.identity import twins


def geometry_is_of_something(draft: Draft) -> Iterator[Problem]:
    """Check that an entry's section or point exists."""
    entries: tuple[Elevation | Curve, ...] = (*draft.site.elevations, *draft.site.curves)
    for one in entries:
        table = "section" if isinstance(one, Curve) or one.kind in OF_SECTIONS else "point"
        known = draft.names[table]
        if one.of not in known:
            expected = one_of(sorted(known), one.of, f"the id of a [[{table}]], for a {one.kind}")
            yield Problem(draft.path(one, "of"), repr(one.of), expected)


def geometry_begins_apart(draft: Draft) -> Iterator[Problem]:
    """Check that no two entries of one thing begin at one moment: nobody could say which is in force."""
    entries: tuple[Elevation | Curve | Casing, ...] = (
        *draft.site.elevations,
        *draft.site.curves,
        *draft.site.casings,
    )
    for before, later in twins(entries, lambda one: (*_thing(one), one.valid_from_ms)):
        found = f"{utc(later.valid_from_ms)}, when {draft.path(before)} begins too"
        yield Problem(draft.path(later, "valid_from"), found, "a beginning of its own")


def _thing(entry: Elevation | Curve | Casing) -> tuple[str, str]:
    return ("casing", entry.point) if isinstance(entry, Casing) else (entry.kind, entry.of)


def curves_run_one_way(draft: Draft) -> Iterator[Problem]:
    """Check that a curve has a value for each elevation, and that volume grows with elevation."""
    for one in draft.site.curves:
        if len(one.values) != len(one.elevations_m):
            expected = f"{len(one.elevations_m)}, one for each elevation"
            yield Problem(draft.path(one, "values"), f"{len(one.values)} numbers", expected)
        if len(one.elevations_m) < 2 or any(low >= high for low, high in pairwise(one.elevations_m)):
            yield Problem(draft.path(one, "elevations_m"), "a list", "two or more numbers that rise")
        if one.kind == "stage_volume" and any(low > high for low, high in pairwise(one.values)):
            yield Problem(draft.path(one, "values"), "a volume that falls", "volumes that never fall")


RULES = (geometry_is_of_something, geometry_begins_apart, curves_run_one_way)
