"""What must hold between the entries of a site: each rule is a function of the draft that yields every problem."""

from collections.abc import Iterator

from seepline.site_rules import dated, devices, gauges, identity, limits, quality, wiring
from seepline.site_rules.draft import Draft, Problem

RULES = (
    *identity.RULES,
    *wiring.RULES,
    *devices.RULES,
    *gauges.RULES,
    *dated.RULES,
    *limits.RULES,
    *quality.RULES,
)


def broken_rules(draft: Draft) -> Iterator[Problem]:
    """Yield every problem that every rule finds."""
    for rule in RULES:
        yield from rule(draft)
