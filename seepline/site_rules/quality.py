"""A quality test is known, told all that it needs and nothing else, and can see what it looks at."""

from collections.abc import Iterator
from dataclasses import fields

from seepline.quality.table import TESTS, Test, neighbour_of
from seepline.quantities import QUANTITIES
from seepline.sentinels import SENTINELS
from seepline.site import Assignment
from seepline.site_quality import QualityRule
from seepline.site_rules.dated import end_ms, utc
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.gauges import kind_of, quantities_by_point
from seepline.site_rules.identity import twins

_OF_EVERY_TEST = ("point", "quantity", "test", "valid_from_ms")
_PARAMETERS = tuple(field.name for field in fields(QualityRule) if field.name not in _OF_EVERY_TEST)


def _known(draft: Draft) -> Iterator[tuple[QualityRule, Test]]:
    for rule in draft.site.quality_rules:
        if rule.test in TESTS:
            yield rule, TESTS[rule.test]


def tests_are_known(draft: Draft) -> Iterator[Problem]:
    """Check that there is a test of this name."""
    for rule in draft.site.quality_rules:
        if rule.test not in TESTS:
            yield Problem(draft.path(rule, "test"), repr(rule.test), one_of(list(TESTS), rule.test))


def tests_are_told_what_they_need(draft: Draft) -> Iterator[Problem]:
    """Check that every parameter of a test is there, and none that it does not know."""
    for rule, test in _known(draft):
        taken = (*test.required, *test.optional)
        for name in _PARAMETERS:
            value = getattr(rule, name)
            given = value is not None and value != ""
            if name in test.required and not given:
                yield Problem(draft.path(rule, name), "nothing", f"a value, for the test {test.name}")
            if given and name not in taken:
                expected = f"no such key; {test.name} takes " + (", ".join(taken) or "no parameters")
                yield Problem(draft.path(rule, name), str(value), expected)


def methods_are_known(draft: Draft) -> Iterator[Problem]:
    """Check that a test can be done the way that is asked for."""
    for rule, test in _known(draft):
        if test.methods and rule.method is not None and rule.method not in test.methods:
            known = one_of(list(test.methods), rule.method)
            yield Problem(draft.path(rule, "method"), repr(rule.method), known)
        if test.name == "hampel" and rule.method == "centred" and rule.readings and rule.readings % 2 == 0:
            yield Problem(draft.path(rule, "readings"), str(rule.readings), "an odd number, for a centred window")


def parameters_stand_in_order(draft: Draft) -> Iterator[Problem]:
    """Check that the milder limit comes first, and a span has a width."""
    for rule, test in _known(draft):
        for low, high in test.rising:
            smaller, larger = getattr(rule, low), getattr(rule, high)
            if smaller is not None and larger is not None and smaller >= larger:
                yield Problem(draft.path(rule, high), f"{larger:g}", f"more than {low} = {smaller:g}")


def tests_are_of_what_is_measured(draft: Draft) -> Iterator[Problem]:
    """Check that the quantity is measured at the point (the neighbour's at the neighbour) and fits the test."""
    measured = quantities_by_point(draft)
    for rule, test in _known(draft):
        if rule.quantity not in QUANTITIES:
            yield Problem(
                draft.path(rule, "quantity"), repr(rule.quantity), one_of(list(QUANTITIES), rule.quantity)
            )
        elif rule.quantity not in measured.get(rule.point, QUANTITIES):
            here = ", ".join(sorted(measured[rule.point])) or "nothing, having no [[assignment]]"
            expected = f"what the instruments at {rule.point} measure: {here}"
            yield Problem(draft.path(rule, "quantity"), repr(rule.quantity), expected)
        elif test.quantities and rule.quantity not in test.quantities:
            expected = f"what {test.name} is for: {', '.join(test.quantities)}"
            yield Problem(draft.path(rule, "quantity"), repr(rule.quantity), expected)
        beside = neighbour_of(test, rule)
        if beside and (beside[0] == rule.point or beside[1] not in measured.get(beside[0], QUANTITIES)):
            expected = f"another point, that measures {beside[1]}"
            yield Problem(draft.path(rule, "neighbour"), repr(rule.neighbour), expected)


def _assignments(draft: Draft, rule: QualityRule) -> Iterator[Assignment]:
    """Yield the assignments of a rule's point that are valid at some time while it is in force."""
    for assignment in draft.site.assignments_by_point.get(rule.point, ()):
        if end_ms(assignment) > rule.valid_from_ms:
            yield assignment


def tests_fit_the_instrument(draft: Draft) -> Iterator[Problem]:
    """Check that a test of the wire is asked of a wire whose logger tells what it looks at."""
    for rule, test in _known(draft):
        for assignment in _assignments(draft, rule):
            kind = kind_of(draft, assignment.instrument)
            if kind is None or not test.kinds:
                continue
            if kind.name not in test.kinds:
                expected = f"a test for {kind.name}, which stands at {rule.point}"
                yield Problem(draft.path(rule, "test"), repr(rule.test), expected)
                continue
            yield from _missing_channels(draft, rule, test, assignment.inputs.get(kind.primary, ""))


def _missing_channels(draft: Draft, rule: QualityRule, test: Test, primary: str) -> Iterator[Problem]:
    channel = draft.site.channel_by_name.get(primary)
    if channel is None or draft.unread.get("channel"):
        return
    there = {one.kind for one in draft.site.channels_of_slot[channel.place]}
    for wanted in test.channels:
        if wanted not in there:
            expected = f"a [[channel]] of kind {wanted} in the slot of {primary}, which the test looks at"
            yield Problem(draft.path(rule, "test"), repr(rule.test), expected)


def rules_begin_apart(draft: Draft) -> Iterator[Problem]:
    """Check that of two rules of one test nobody must ask which is in force."""
    for before, rule in twins(
        draft.site.quality_rules,
        lambda one: (one.point, one.quantity, one.test, one.neighbour, one.valid_from_ms),
    ):
        yield Problem(
            draft.path(rule, "valid_from"),
            f"{utc(rule.valid_from_ms)}, when {draft.path(before)} begins too",
            "one entry for a point, quantity and test from a date on",
        )


def sentinels_have_a_maker(draft: Draft) -> Iterator[Problem]:
    """Check that a channel's sentinels are those of a maker that is known."""
    for channel in draft.site.channels:
        if channel.sentinels is not None and channel.sentinels not in SENTINELS:
            known = one_of(list(SENTINELS), channel.sentinels)
            yield Problem(draft.path(channel, "sentinels"), repr(channel.sentinels), known)


RULES = (
    tests_are_known,
    tests_are_told_what_they_need,
    methods_are_known,
    parameters_stand_in_order,
    tests_are_of_what_is_measured,
    tests_fit_the_instrument,
    rules_begin_apart,
    sentinels_have_a_maker,
)
