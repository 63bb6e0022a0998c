"""Where a point stands in the plant's register map: every point says it or none does, and no two the same."""

from collections.abc import Iterator

from seepline.site_rules.draft import Draft, Problem
from seepline.site_rules.gauges import quantities_by_point
from seepline.site_rules.identity import twins

ROWS_A_POINT = 4


def places_are_said_by_all_or_none(draft: Draft) -> Iterator[Problem]:
    """Check that no point stands in the order of the file while others have places of their own."""
    points = draft.site.points
    if any(point.scada is not None for point in points):
        for point in points:
            if point.scada is None:
                expected = "a place, since other points have theirs (the next one that is free)"
                yield Problem(draft.path(point, "scada"), "nothing", expected)


def places_are_taken_once(draft: Draft) -> Iterator[Problem]:
    """Check that two points do not stand in the same registers."""
    placed = [point for point in draft.site.points if point.scada is not None]
    for before, point in twins(placed, lambda one: one.scada):
        yield Problem(
            draft.path(point, "scada"), f"{point.scada}, as in {draft.path(before)}", "a place of its own"
        )


def quantities_fit_the_place(draft: Draft) -> Iterator[Problem]:
    """Check that all that is ever measured at a point has a row of its place."""
    for point in draft.site.points:
        measured = quantities_by_point(draft).get(point.id, frozenset())
        if len(measured) > ROWS_A_POINT:
            found = f"instruments for {len(measured)} quantities: {', '.join(sorted(measured))}"
            yield Problem(draft.path(point), found, f"at most {ROWS_A_POINT}; a second point for the others")


RULES = (places_are_said_by_all_or_none, places_are_taken_once, quantities_fit_the_place)
