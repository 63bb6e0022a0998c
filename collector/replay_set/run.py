"""Two sets of limits over the same stored values: what each would have told, in the order of the events."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.replay_set.stored import Progress, reading_at, stored_series
from seepline.replay.outcome import RuleName, RuleOutcome, SetOutcome, rule_name, rule_outcome
from seepline.replay.search import Series, level_events
from seepline.site import Site, Threshold, in_commissioning
from seepline.thresholds import Key, set_in_force


class NoSuchSetError(Exception):
    """The site has no set of this id: one sentence that names those it has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sets are laid over which time (UTC ms, from inclusive, to exclusive)."""

    proposed: str
    active: str
    from_ms: int
    to_ms: int


def rules_of(site: Site, set_id: str) -> tuple[Threshold, ...]:
    """Return the rules of a set, whatever its date. Raises NoSuchSetError."""
    if set_id not in {one.id for one in site.threshold_sets}:
        known = ", ".join(one.id for one in site.threshold_sets) or "none"
        raise NoSuchSetError(f"the site has no set of limits {set_id[:64]!r}; it has {known}")
    by_key = site.thresholds_by_set.get(set_id, {})
    return tuple(rule for rules in by_key.values() for rule in rules)


def active_set(site: Site, now_ms: int) -> str:
    """Return the id of the set in force. Raises NoSuchSetError."""
    found = set_in_force(site.threshold_sets, now_ms)
    if found is None:
        raise NoSuchSetError("no set of limits is in force now; name one to compare with")
    return found.id


def replayed(
    site: Site, connection: sqlite3.Connection, asked: Asked, progress: Progress
) -> tuple[SetOutcome, SetOutcome]:
    """Return what the active and the proposed set would have told of the values that the store holds.

    Raises
    ------
    NoSuchSetError
        When the site has one of the sets not.
    """
    active, proposed = rules_of(site, asked.active), rules_of(site, asked.proposed)
    keys = dict.fromkeys((rule.point, rule.quantity) for rule in (*active, *proposed))
    series = stored_series(connection, keys, asked.from_ms, asked.to_ms, progress)
    judged = {key: _without_commissioning(site, key[0], one) for key, one in series.items()}
    return (
        _outcome(site, connection, (asked.active, active), judged, asked),
        _outcome(site, connection, (asked.proposed, proposed), judged, asked),
    )


def _outcome(
    site: Site,
    connection: sqlite3.Connection,
    limits: tuple[str, Sequence[Threshold]],
    series: Mapping[Key, Series],
    asked: Asked,
) -> SetOutcome:
    rules: dict[RuleName, RuleOutcome] = {}
    for rule in limits[1]:
        key = (rule.point, rule.quantity)
        events = level_events(site.info.id, rule, series[key], reading_at(connection, key))
        rules[rule_name(rule)] = rule_outcome(rule, events, asked.to_ms)
    return SetOutcome(limits[0], asked.from_ms, asked.to_ms, rules)


def _without_commissioning(site: Site, point: str, series: Series) -> Series:
    """Return a series without the readings that nobody had accepted the baseline of."""
    if point not in site.point_by_id or not site.point_by_id[point].commissioning:
        return series
    counts = np.array([not in_commissioning(site, point, at_ms) for at_ms in series.times.tolist()], np.bool_)
    return Series(series.times[counts], series.values[counts])
