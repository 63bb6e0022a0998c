"""A section's water line: of a section that exists, by a method that has what it needs, one at a time."""

from collections.abc import Iterator

from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.identity import twins


def phreatic_lines_have_what_they_need(draft: Draft) -> Iterator[Problem]:
    """Check the section, and that Dupuit's line states its base, on which it stands, and no other does."""
    for one in draft.site.phreatic_lines:
        if one.section not in draft.names["section"]:
            expected = one_of(sorted(draft.names["section"]), one.section, "the id of a [[section]]")
            yield Problem(draft.path(one, "section"), repr(one.section), expected)
        if one.method == "dupuit" and one.base_elevation_m is None:
            expected = "the elevation of the level base, for Dupuit's line"
            yield Problem(draft.path(one, "base_elevation_m"), "nothing", expected)
        if one.method != "dupuit" and one.base_elevation_m is not None:
            found = f"{one.base_elevation_m:g}"
            yield Problem(draft.path(one, "base_elevation_m"), found, f"no such key for {one.method}")
    for before, one in twins(draft.site.phreatic_lines, lambda one: (one.section, one.valid_from_ms)):
        found = f"the same beginning as {draft.path(before)}"
        yield Problem(draft.path(one, "valid_from"), found, "a beginning of its own")


RULES = (phreatic_lines_have_what_they_need,)
