"""What a set of limits touches: each place at which it differs from the sets that stand. Pure.

Who has to approve a set follows from this and not from its name, which the proposer chooses. The first set
touches everything, for with it the provisional limits end; so does what is about no point: recipients, votes,
geometry. Rules that hang together (`only_with`, `suppressed_by`, one `vote`) are touched together: to loosen one
may loosen another.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seepline.sets.change import changes
from seepline.sets.limit_set import LimitSet
from seepline.sets.register import Register

Spot = tuple[str, str]  # (point, quantity), '' for each


class Touch(NamedTuple):
    """One place: in words, its point and quantity ('' for each), whether it is not proven to be tighter."""

    place: str
    point: str
    quantity: str
    loosens: bool


EVERYTHING = Touch("every limit", "", "", True)


def touched(register: Register, limits: LimitSet, at_ms: int) -> tuple[Touch, ...]:
    """Return what a set touches of all that stand at a time, each place once; () when it changes no limit."""
    standing = register.standing(at_ms)
    if not standing:
        return (EVERYTHING,)
    found = (one for each in standing for one in touches(each.limits, limits))
    return tuple(dict.fromkeys(found))


def touches(before: LimitSet, after: LimitSet) -> Iterator[Touch]:
    """Yield what the step from one set to the next touches."""
    groups = (*_groups(before), *_groups(after))
    for change in changes(before, after):
        for point, quantity in sorted(_reached(set(change.about), groups)):
            yield Touch(change.place, point, quantity, change.verdict != "tighter")


def _groups(limits: LimitSet) -> Iterator[frozenset[Spot]]:
    """Yield the rules of a set that hang together, two or more at a time."""
    votes: dict[str, set[Spot]] = {}
    for rule in limits.thresholds:
        spot = (rule.point, rule.quantity)
        if rule.vote:
            votes.setdefault(rule.vote, set()).add(spot)
        yield from (frozenset((spot, _spot(name))) for name in (rule.only_with, rule.suppressed_by) if name)
    yield from map(frozenset, votes.values())


def _spot(name: str) -> Spot:
    """Return what a rule is about that is named 'point/quantity/direction'."""
    point, _, rest = name.partition("/")
    return point, rest.partition("/")[0]


def _reached(found: set[Spot], groups: Iterable[frozenset[Spot]]) -> set[Spot]:
    """Return spots with all that hang together with them."""
    while more := {spot for group in groups if _meet(group, found) for spot in group} - found:
        found = found | more
    return found


def _meet(group: Iterable[Spot], found: Iterable[Spot]) -> bool:
    return any(_same(one[0], other[0]) and _same(one[1], other[1]) for one in group for other in found)


def _same(one: str, other: str) -> bool:
    return "" in (one, other) or one == other
