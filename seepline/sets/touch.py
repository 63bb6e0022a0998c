"""What a set of limits touches: each place at which it differs from the sets that stand. Pure.

Who has to approve a set follows from this and not from its name, which the proposer chooses. The first set
touches everything, for with it the provisional limits end; so does what is about no point: recipients, votes,
geometry. Rules that hang together (`only_with`, `suppressed_by`, one `vote`) are touched together: to loosen one
may loosen another.
"""

from collections.abc import Iterable, Iterator, Mapping
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
    """Return what a set touches of all that stand at a time; () when it changes no limit."""
    standing = register.standing(at_ms)
    if not standing:
        return (EVERYTHING,)
    return tuple(one for each in standing for one in touches(each.limits, limits))


def touches(before: LimitSet, after: LimitSet) -> Iterator[Touch]:
    """Yield what the step from one set to the next touches."""
    together = _together(_ties((before, after)))
    found: dict[tuple[str, str, bool], str] = {}
    for change in changes(before, after):
        loosens = change.verdict != "tighter"
        for spot in change.about:
            if (*spot, loosens) not in found:  # else what hangs together with it is there too
                for each in sorted(_reached(spot, together)):  # in one order: a refusal's words are replayed too
                    found.setdefault((*each, loosens), change.place)
    return (Touch(place, *about) for about, place in found.items())


def _ties(sets: Iterable[LimitSet]) -> Iterator[tuple[Spot, Spot]]:
    """Yield the rules of sets that hang together, in pairs."""
    for limits in sets:
        votes: dict[str, Spot] = {}
        for rule in limits.thresholds:
            spot = (rule.point, rule.quantity)
            yield from ((spot, _spot(name)) for name in (rule.only_with, rule.suppressed_by) if name)
            if rule.vote:
                yield spot, votes.setdefault(rule.vote, spot)


def _spot(name: str) -> Spot:
    """Return what a rule is about that is named 'point/quantity/direction'."""
    point, _, rest = name.partition("/")
    return point, rest.partition("/")[0]


def _together(ties: Iterable[tuple[Spot, Spot]]) -> dict[Spot, frozenset[Spot]]:
    """Return of each tied spot all that hang together with it, itself among them."""
    next_to: dict[Spot, set[Spot]] = {}
    for one, other in ties:
        next_to.setdefault(one, set()).add(other)
        next_to.setdefault(other, set()).add(one)
    found: dict[Spot, frozenset[Spot]] = {}
    for start in next_to:
        if start not in found:
            whole, waiting = {start}, [start]
            while waiting:
                more = next_to[waiting.pop()] - whole
                whole |= more
                waiting += more
            found |= dict.fromkeys(whole, frozenset(whole))
    return found


def _reached(spot: Spot, together: Mapping[Spot, frozenset[Spot]]) -> set[Spot]:
    """Return a spot with all that hangs together with it; '' in it is each."""
    if "" not in spot:
        return {spot, *together.get(spot, ())}
    met = [each for each in together if all(one in ("", other) for one, other in zip(spot, each, strict=True))]
    return {spot}.union(*(together[each] for each in met))
