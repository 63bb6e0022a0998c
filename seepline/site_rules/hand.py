"""What is read by hand: a known method at a point of the site, all its geometry declared, rounds with a list."""

from collections.abc import Iterator

from seepline.hand.methods import INCLINOMETER, PARAMETERS, QUANTITIES_OF
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.gauges import quantities_of_instruments
from seepline.site_rules.identity import twins
from seepline.site_rules.values import has_text, is_id, printed, shown

_MOST_ITEMS = 200


def methods_are_known(draft: Draft) -> Iterator[Problem]:
    """Check that point and method exist; an inclinometer's point stands in a section, for its direction."""
    for one in draft.site.hands:
        if one.point not in draft.names["point"]:
            expected = one_of(sorted(draft.names["point"]), one.point, "the id of a [[point]]")
            yield Problem(draft.path(one, "point"), repr(one.point), expected)
        if one.method not in PARAMETERS:
            yield Problem(draft.path(one, "method"), repr(one.method), one_of(list(PARAMETERS), one.method))
        point = draft.site.point_by_id.get(one.point)
        if one.method == INCLINOMETER and point and point.section not in draft.names["section"]:
            expected = "a point in a [[section]], whose azimuth the displacement follows"
            yield Problem(draft.path(one, "point"), repr(one.point), expected)


def parameters_are_what_the_method_takes(draft: Draft) -> Iterator[Problem]:
    """Check that no parameter is missing (none has a default), unknown, or outside of what it may be."""
    for one in draft.site.hands:
        kinds = PARAMETERS.get(one.method, {})
        for name, kind in kinds.items():
            if name not in one.parameters:
                yield Problem(draft.path(one, "parameters", name), "nothing", kind.expected)
            elif not kind.accepts(one.parameters[name]):
                found = shown(one.parameters[name])
                yield Problem(draft.path(one, "parameters", name), found, kind.expected)
        for name in one.parameters if kinds else ():
            if name not in kinds:
                expected = one_of(list(kinds), name, f"a parameter of {one.method}")
                yield Problem(draft.path(one, "parameters", printed(name)), "an unknown parameter", expected)


def hand_readings_stand_once(draft: Draft) -> Iterator[Problem]:
    """Check that one declaration is in force at a time, and nothing else gives its quantities."""
    for before, one in twins(draft.site.hands, lambda one: (one.point, one.method, one.valid_from_ms)):
        found = f"the same beginning as {draft.path(before)}, of the same point and method"
        yield Problem(draft.path(one, "valid_from"), found, "a beginning of its own")
    for before, one in twins(draft.site.hands, lambda one: (one.point, one.label)):
        found = f"{one.version}, as in {draft.path(before)}"
        yield Problem(draft.path(one, "version"), found, "a version of its own: values are known by it")
    instruments = quantities_of_instruments(draft)
    for one in draft.site.hands:
        twice = sorted(instruments.get(one.point, frozenset()) & frozenset(QUANTITIES_OF.get(one.method, ())))
        if twice:
            found = f"{one.method!r}, which gives {twice[0]} as the instrument at {one.point} does"
            expected = "a quantity that nothing else gives there; a check reading has a [[point]] of its own"
            yield Problem(draft.path(one, "method"), found, expected)
    yield from _two_methods(draft)


def _two_methods(draft: Draft) -> Iterator[Problem]:
    pairs = [
        (one, quantity, one.method) for one in draft.site.hands for quantity in QUANTITIES_OF.get(one.method, ())
    ]
    seen: dict[tuple[str, str], str] = {}
    for one, quantity, method in pairs:
        if seen.setdefault((one.point, quantity), method) != method:
            found = f"{method!r}, which gives {quantity} at {one.point} as {seen[(one.point, quantity)]} does"
            yield Problem(draft.path(one, "method"), found, "one method for a quantity of a point")


def rounds_have_a_check_list(draft: Draft) -> Iterator[Problem]:
    """Check that a round asks something, and that its lists begin apart."""
    for one in draft.site.rounds:
        if not 1 <= len(one.items) <= _MOST_ITEMS:
            expected = f'1 to {_MOST_ITEMS} items {{ id = "question" }}: the facility\'s own check-list'
            yield Problem(draft.path(one, "items"), f"{len(one.items)} items", expected)
        for key, question in one.items.items():
            if not is_id(key) or not has_text(question):
                found = f"{printed(key)} = {shown(question)}"
                yield Problem(draft.path(one, "items"), found, "an id, and the question as a text")
    for before, one in twins(draft.site.rounds, lambda one: (one.id, one.valid_from_ms)):
        yield Problem(
            draft.path(one, "valid_from"), f"the same as in {draft.path(before)}", "a beginning of its own"
        )


RULES = (
    methods_are_known,
    parameters_are_what_the_method_takes,
    hand_readings_stand_once,
    rounds_have_a_check_list,
)
