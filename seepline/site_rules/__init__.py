"""What must hold between the entries of a site: each rule is a function of the draft that yields every problem."""

from collections.abc import Callable, Iterable, Iterator

from seepline.site_rules import (
    alarms,
    dated,
    derived,
    devices,
    gauges,
    geometry,
    hand,
    identity,
    limits,
    phreatic,
    quality,
    radio,
    scada_places,
    stations,
    strong_motion,
    wiring,
)
from seepline.site_rules.draft import Draft, Problem

Rule = Callable[[Draft], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *wiring.RULES,
    *stations.RULES,
    *radio.RULES,
    *devices.RULES,
    *gauges.RULES,
    *dated.RULES,
    *geometry.RULES,
    *hand.RULES,
    *derived.RULES,
    *limits.RULES,
    *strong_motion.RULES,
    *phreatic.RULES,
    *alarms.RULES,
    *scada_places.RULES,
    *quality.RULES,
)


def broken_rules(draft: Draft, more: Iterable[Rule] = ()) -> Iterator[Problem]:
    """Yield every problem that every rule finds; `more` are those of a room (profile files).

    Rules that follow the site from end to end are asked only when it fits together.
    """
    found = False
    for rule in (*RULES, *more):
        for problem in rule(draft):
            found = True
            yield problem
    if not found:
        for rule in alarms.OF_A_WHOLE_SITE:
            yield from rule(draft)
