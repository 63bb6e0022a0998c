"""Strong motion: points and loggers that exist, one point at a time for a logger and one logger for a point."""

from collections.abc import Iterator

from seepline.quantities import QUANTITIES
from seepline.site_motion import StrongMotion
from seepline.site_rules.draft import Draft, Problem, one_of

_FOREVER_MS = 2**62


def strong_motion_has_its_place(draft: Draft) -> Iterator[Problem]:
    """Check that point and logger exist, and that the time has a length."""
    for one in draft.site.strong_motion:
        for table, name in (("point", one.point), ("logger", one.logger)):
            if name not in draft.names[table]:
                expected = one_of(sorted(draft.names[table]), name, f"the id of a [[{table}]]")
                yield Problem(draft.path(one, table), repr(name), expected)
        if _end_ms(one) <= one.valid_from_ms:
            yield Problem(draft.path(one, "valid_to"), "an end at or before valid_from", "a later one")


def strong_motion_stands_once(draft: Draft) -> Iterator[Problem]:
    """Check that no two entries give a point two sources at one time."""
    known = list[StrongMotion]()
    for one in draft.site.strong_motion:
        for before in known:
            overlap = one.valid_from_ms < _end_ms(before) and before.valid_from_ms < _end_ms(one)
            if overlap and one.point == before.point:
                found = f"{one.point!r}, while {draft.path(before)} is valid"
                yield Problem(draft.path(one, "point"), found, "one logger at a time for a point")
        known.append(one)


def limits_on_events_count_at_once(draft: Draft) -> Iterator[Problem]:
    """Check that nobody waits for a second earthquake: such limits count at once, and are no rates."""
    for limit in draft.site.thresholds:
        row = QUANTITIES.get(limit.quantity)
        if row is None or not row.occasional:
            continue
        if limit.delay_count != 1:
            expected = f"1: {limit.quantity} comes once an event, and a second reading is a second event"
            yield Problem(draft.path(limit, "delay_count"), str(limit.delay_count), expected)
        if limit.direction != "above":
            yield Problem(draft.path(limit, "direction"), repr(limit.direction), "'above'")


def _end_ms(one: StrongMotion) -> int:
    return _FOREVER_MS if one.valid_to_ms is None else one.valid_to_ms


RULES = (strong_motion_has_its_place, strong_motion_stands_once, limits_on_events_count_at_once)
