"""Dated things follow one another: no overlap, no gap, and a calibration for as long as a gauge is in place."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from seepline.site import Assignment, Calibration
from seepline.site_rules.draft import Draft, Problem
from seepline.site_rules.identity import twins

Dated = TypeVar("Dated", Assignment, Calibration)
Uncovered = tuple[int, int, Calibration, str]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER_MS = 2**62  # beyond every date that TOML can write


def end_ms(entry: Assignment | Calibration) -> int:
    """Return when the validity ends, exclusive; far in the future while it is open."""
    return _FOREVER_MS if entry.valid_to_ms is None else entry.valid_to_ms


def utc(time_ms: int) -> str:
    """Return a time as it stands in SITE.toml.

    >>> utc(1448928000000)
    '2015-12-01T00:00:00Z'
    """
    when = _EPOCH + timedelta(milliseconds=time_ms)
    return when.isoformat(timespec="milliseconds" if time_ms % 1000 else "seconds").replace("+00:00", "Z")


def _groups(entries: Iterable[Dated], key: Callable[[Dated], str]) -> dict[str, list[Dated]]:
    """Return the entries that have a length in time by key, each group in the order of time."""
    groups: dict[str, list[Dated]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: one.valid_from_ms):
        if entry.valid_from_ms < end_ms(entry):
            groups[key(entry)].append(entry)
    return groups


def _overlaps(entries: list[Dated]) -> Iterator[tuple[Dated, Dated]]:
    """Yield (earlier, later) wherever the later one begins before the earlier ends."""
    longest: Dated | None = None
    for entry in entries:
        if longest is not None and entry.valid_from_ms < end_ms(longest):
            yield longest, entry
        if longest is None or end_ms(entry) > end_ms(longest):
            longest = entry


def _overlap(draft: Draft, before: Dated, entry: Dated, whose: str) -> Problem:
    until = "without end" if before.valid_to_ms is None else f"until {utc(before.valid_to_ms)}"
    expected = "a valid_to in the earlier one" if before.valid_to_ms is None else "a beginning when that has ended"
    return Problem(
        draft.path(entry, "valid_from"),
        f"{utc(entry.valid_from_ms)}, while {draft.path(before)} of {whose} is valid {until}",
        expected,
    )


def times_run_forward(draft: Draft) -> Iterator[Problem]:
    """Check that `valid_to` is after `valid_from`."""
    dated: tuple[Assignment | Calibration, ...] = (*draft.site.assignments, *draft.site.calibrations)
    for entry in dated:
        if entry.valid_to_ms is not None and entry.valid_to_ms <= entry.valid_from_ms:
            yield Problem(
                draft.path(entry, "valid_to"),
                utc(entry.valid_to_ms),
                f"a time after valid_from, {utc(entry.valid_from_ms)}",
            )


def a_point_has_one_instrument_at_a_time(draft: Draft) -> Iterator[Problem]:
    """Check that the assignments of a point follow one another without overlap or gap."""
    unread = draft.unread_values("assignment", "point")
    for point, assignments in _groups(draft.site.assignments, lambda one: one.point).items():
        for before, entry in _overlaps(assignments):
            yield _overlap(draft, before, entry, f"point {point}")
        for before, entry in pairwise(assignments) if point not in unread else ():
            if end_ms(before) < entry.valid_from_ms:
                yield Problem(
                    draft.path(entry, "valid_from"),
                    f"{utc(entry.valid_from_ms)}, a gap since {draft.path(before)} of point {point} ended",
                    f"{utc(end_ms(before))}, when it ended",
                )


def an_instrument_is_at_one_place_at_a_time(draft: Draft) -> Iterator[Problem]:
    """Check that a gauge that was moved has left the old point first."""
    for instrument, assignments in _groups(draft.site.assignments, lambda one: one.instrument).items():
        for before, entry in _overlaps(assignments):
            if before.point != entry.point:
                yield Problem(
                    draft.path(entry, "instrument"),
                    f"{instrument!r}, which is at point {before.point} by {draft.path(before)} at the same time",
                    "an instrument at one point at a time",
                )


def calibrations_do_not_overlap(draft: Draft) -> Iterator[Problem]:
    """Check that one sheet of an instrument is in force at a time."""
    for instrument, sheets in _groups(draft.site.calibrations, lambda one: one.instrument).items():
        for before, sheet in _overlaps(sheets):
            yield _overlap(draft, before, sheet, f"instrument {instrument}")


def versions_rise_with_time(draft: Draft) -> Iterator[Problem]:
    """Check that a later sheet of one id has a higher version."""
    for sheets in _groups(draft.site.calibrations, lambda one: one.id).values():
        for before, sheet in pairwise(sheets):
            if sheet.version < before.version:
                yield Problem(
                    draft.path(sheet, "version"),
                    f"{sheet.version}, though it is valid after {draft.path(before)}",
                    f"more than {before.version}",
                )


def _uncovered(assignment: Assignment, sheets: list[Calibration]) -> Iterator[Uncovered]:
    """Yield (from, to, sheet, key) of every time in an assignment without a sheet; `key` is to be changed."""
    covered_ms, last_ms = assignment.valid_from_ms, end_ms(assignment)
    for sheet in sheets:
        if covered_ms < min(sheet.valid_from_ms, last_ms):
            yield covered_ms, min(sheet.valid_from_ms, last_ms), sheet, "valid_from"
        covered_ms = max(covered_ms, end_ms(sheet))
    if covered_ms < last_ms:
        yield covered_ms, last_ms, sheets[-1], "valid_to"


def gauges_in_place_are_calibrated(draft: Draft) -> Iterator[Problem]:
    """Check that every moment of an assignment has a sheet: a reading without one could not be converted."""
    sheets_of = _groups(draft.site.calibrations, lambda one: one.instrument)
    unread = draft.unread_values("calibration", "instrument")
    for assignment in draft.site.assignments:
        instrument = draft.site.instrument_by_id.get(assignment.instrument)
        if instrument is None or instrument.id in unread:
            continue
        if instrument.id not in sheets_of:
            yield Problem(
                draft.path(instrument),
                f"no calibration, though {draft.path(assignment)} puts it in place",
                f"a [[calibration]] of it, valid from {utc(assignment.valid_from_ms)}",
            )
            continue
        for from_ms, to_ms, sheet, key in _uncovered(assignment, sheets_of[instrument.id]):
            yield Problem(
                draft.path(sheet, key),
                f"{utc(sheet.valid_from_ms if key == 'valid_from' else end_ms(sheet))}, "
                f"which leaves {instrument.id} at point {assignment.point} without calibration",
                f"a calibration from {utc(from_ms)} " + ("on" if to_ms == _FOREVER_MS else f"to {utc(to_ms)}"),
            )


def threshold_sets_begin_apart(draft: Draft) -> Iterator[Problem]:
    """Check that no two sets begin at one moment: nobody could say which is in force."""
    for before, later in twins(draft.site.threshold_sets, lambda one: one.valid_from_ms):
        yield Problem(
            draft.path(later, "valid_from"),
            f"{utc(later.valid_from_ms)}, when {draft.path(before)} begins too",
            "a beginning of its own",
        )


RULES = (
    times_run_forward,
    a_point_has_one_instrument_at_a_time,
    an_instrument_is_at_one_place_at_a_time,
    calibrations_do_not_overlap,
    versions_rise_with_time,
    gauges_in_place_are_calibrated,
    threshold_sets_begin_apart,
)
