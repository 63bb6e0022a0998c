"""Limits are about something that is measured, stand in their order, and demo limits stay in demo sites."""

from collections.abc import Iterator

from seepline.quantities import QUANTITIES
from seepline.site_rules.derived import derived_by_point
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.gauges import quantities_by_point
from seepline.site_rules.identity import twins

# Direction -> whether red is the highest limit. Rates are positive numbers per hour in their own direction: a fall
# of 0.5 m per hour is 0.5 of rate_down, and a faster fall is the worse one.
_RISING = {"above": True, "rate_up": True, "rate_down": True, "below": False}
_RATES = ("rate_up", "rate_down")
_ORDER = {True: "yellow < orange < red", False: "yellow > orange > red"}


def limits_stand_in_order(draft: Draft) -> Iterator[Problem]:
    """Check that the worse level has the limit further out, and that a rate is above zero."""
    for threshold in draft.site.thresholds:
        rising = _RISING[threshold.direction]
        for milder, worse in (("yellow", "orange"), ("orange", "red")):
            step = getattr(threshold, worse) - getattr(threshold, milder)
            if not (step > 0 if rising else step < 0):
                yield Problem(
                    draft.path(threshold, worse),
                    f"{getattr(threshold, worse)}, with {milder} = {getattr(threshold, milder)}",
                    f"{_ORDER[rising]} for direction {threshold.direction}",
                )
        if threshold.direction in _RATES and threshold.yellow <= 0:
            yield Problem(
                draft.path(threshold, "yellow"),
                str(threshold.yellow),
                "a rate above 0 per hour, in either direction",
            )


def rates_have_a_window(draft: Draft) -> Iterator[Problem]:
    """Check that a rate is measured over a stated time, and a plain limit is not."""
    for threshold in draft.site.thresholds:
        is_rate, window_s = threshold.direction in _RATES, threshold.rate_window_s
        if is_rate and window_s is None:
            yield Problem(
                draft.path(threshold, "rate_window_s"), "nothing", "the time in seconds to measure the rate over"
            )
        if not is_rate and window_s is not None:
            yield Problem(
                draft.path(threshold, "rate_window_s"),
                str(window_s),
                f"no such key for direction {threshold.direction}",
            )


def limits_are_of_what_is_measured(draft: Draft) -> Iterator[Problem]:
    """Check that the quantity is known, and that an instrument at the point measures it."""
    derived, unread = derived_by_point(draft), draft.unread_values("derived", "point")
    measured = {
        point: here | derived.get(point, frozenset())
        for point, here in quantities_by_point(draft).items()
        if point not in unread
    }
    for threshold in draft.site.thresholds:
        if threshold.quantity not in QUANTITIES:
            expected = one_of(list(QUANTITIES), threshold.quantity)
            yield Problem(draft.path(threshold, "quantity"), repr(threshold.quantity), expected)
        elif threshold.quantity not in measured.get(threshold.point, QUANTITIES):
            here = ", ".join(sorted(measured[threshold.point])) or "nothing, having no [[assignment]]"
            yield Problem(
                draft.path(threshold, "quantity"),
                repr(threshold.quantity),
                f"what is measured or derived at {threshold.point}: {here}",
            )


def limits_stand_once(draft: Draft) -> Iterator[Problem]:
    """Check that within a set a quantity of a point has one row of limits per direction."""
    for before, threshold in twins(
        draft.site.thresholds, lambda one: (one.set, one.point, one.quantity, one.direction)
    ):
        yield Problem(
            draft.path(threshold, "direction"),
            f"{threshold.direction!r}, as in {draft.path(before)}",
            "one row for a point, quantity and direction in a set",
        )


def demo_limits_stay_in_demo_sites(draft: Draft) -> Iterator[Problem]:
    """Check that limits which nobody set for a real dam never judge one."""
    for limits in draft.site.threshold_sets:
        if limits.demo and not draft.site.info.demo:
            yield Problem(draft.path(limits, "demo"), "true", "false, because site.demo is not true")


RULES = (
    limits_stand_in_order,
    rates_have_a_window,
    limits_are_of_what_is_measured,
    limits_stand_once,
    demo_limits_stay_in_demo_sites,
)
