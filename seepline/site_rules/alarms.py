"""What a rule asks beyond its limits fits together: other rules, votes, actions, the time until people know."""

from collections.abc import Iterator, Mapping

from seepline.alarm.actions import fits
from seepline.alarm.response import gateway_of, response
from seepline.behind import driving_source
from seepline.site import Threshold
from seepline.site_alarms import Action, Observation, Vote
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.identity import twins

_OTHERS = ("only_with", "suppressed_by")
_OF_FAILURE = "days_to_failure"


def _rules_by_name(draft: Draft) -> Mapping[tuple[str, str], Threshold]:
    return {(one.set, one.name): one for one in draft.site.thresholds}


def other_rules_exist(draft: Draft) -> Iterator[Problem]:
    """Check that a rule names another one of its set."""
    known = _rules_by_name(draft)
    unread = draft.unread_values("threshold", "point")
    for rule in draft.site.thresholds:
        for key in _OTHERS:
            name = getattr(rule, key)
            if not name or name.partition("/")[0] in unread:
                continue
            if name == rule.name or (rule.set, name) not in known:
                names = [other for owner, other in known if owner == rule.set and other != rule.name]
                expected = one_of(names, name, f"another rule of {rule.set} as 'point/quantity/direction'")
                yield Problem(draft.path(rule, key), repr(name), expected)


def rules_do_not_wait_for_one_another(draft: Draft) -> Iterator[Problem]:
    """Check that no rule leads back to itself: two that wait for one another would never be told."""
    known = _rules_by_name(draft)
    for rule in draft.site.thresholds:
        for key in _OTHERS:
            seen, name = {rule.name}, getattr(rule, key)
            while name and name not in seen:
                seen.add(name)
                other = known.get((rule.set, name))
                name = getattr(other, key) if other else ""
            if name == rule.name and getattr(rule, key) != rule.name:
                expected = "a rule that does not lead back to this one"
                yield Problem(draft.path(rule, key), repr(getattr(rule, key)), expected)


def a_time_of_failure_needs_a_second_quantity(draft: Draft) -> Iterator[Problem]:
    """Check that nobody is alarmed, or calmed, by an extrapolated day alone."""
    for rule in draft.site.thresholds:
        quantity = rule.only_with.split("/")[1] if rule.only_with.count("/") == 2 else ""
        if rule.quantity == _OF_FAILURE and quantity in ("", _OF_FAILURE):
            found = repr(rule.only_with) if rule.only_with else "nothing"
            expected = "a rule of a measured quantity, or limits on the velocity itself"
            yield Problem(draft.path(rule, "only_with"), found, expected)


def votes_can_be_won(draft: Draft) -> Iterator[Problem]:
    """Check that a rule votes in a group of its set, and that no group needs more voices than it has."""
    site, unread = draft.site, draft.unread_values("vote", "id")
    groups = {(one.set, one.id): one for one in site.votes}
    for rule in site.thresholds:
        if rule.vote and (rule.set, rule.vote) not in groups and rule.vote not in unread:
            expected = one_of(
                [name for owner, name in groups if owner == rule.set], rule.vote, "a [[vote]] of its set"
            )
            yield Problem(draft.path(rule, "vote"), repr(rule.vote), expected)
    for group in site.votes:
        members = [rule for rule in site.thresholds if (rule.set, rule.vote) == (group.set, group.id)]
        if group.needed > len(members):
            found, expected = str(group.needed), f"at most the number of rules that vote in it, {len(members)}"
            yield Problem(draft.path(group, "needed"), found, expected)


def rows_belong_to_a_set(draft: Draft) -> Iterator[Problem]:
    """Check that votes, actions and observations are those of a set, and an action one of a rule of it."""
    known = draft.names["threshold_set"]
    rows: tuple[Vote | Action | Observation, ...] = (
        *draft.site.votes,
        *draft.site.actions,
        *draft.site.observations,
    )
    for row in rows:
        if row.set not in known:
            yield Problem(draft.path(row, "set"), repr(row.set), one_of(list(known), row.set))
    for action in () if draft.unread.get("threshold") else draft.site.actions:
        if action.set in known and not any(fits(action, rule.set, rule.name) for rule in draft.site.thresholds):
            expected = "a point, quantity and direction that a rule of the set has (or none of them)"
            yield Problem(draft.path(action), f"an action of no rule of {action.set}", expected)


def observations_mean_one_level(draft: Draft) -> Iterator[Problem]:
    """Check that a kind of observation has one level in a set."""
    for before, row in twins(draft.site.observations, lambda one: (one.set, one.kind)):
        found = f"{row.kind!r}, as in {draft.path(before)}"
        yield Problem(draft.path(row, "kind"), found, "one row for each kind in a set")


def people_know_in_time(draft: Draft) -> Iterator[Problem]:
    """Check that a rule which states its longest time can keep it, by the site file alone."""
    site = draft.site
    if any(draft.unread.values()):
        return
    began_ms = {one.id: one.valid_from_ms for one in site.threshold_sets}
    for rule in site.thresholds:
        if rule.longest_s is None or rule.set not in began_ms:
            continue
        found = response(site, rule, began_ms[rule.set])
        if found is None:
            continue
        if found.longest_s is None:
            source = site.source_by_id[driving_source(site, rule.point, rule.quantity, began_ms[rule.set])]
            expected = (
                f"a stated link_s of gateway {gateway_of(site, source)}, without which no longest time is known"
            )
            if not gateway_of(site, source):
                expected = f"no such key: nobody can say when the files of {source.id} come"
            yield Problem(draft.path(rule, "longest_s"), str(rule.longest_s), expected)
        elif found.longest_s > rule.longest_s:
            expected = f"{found.longest_s:g} or more: {found.words()}"
            yield Problem(draft.path(rule, "longest_s"), str(rule.longest_s), expected)


RULES = (
    other_rules_exist,
    rules_do_not_wait_for_one_another,
    a_time_of_failure_needs_a_second_quantity,
    votes_can_be_won,
    rows_belong_to_a_set,
    observations_mean_one_level,
)
OF_A_WHOLE_SITE = (people_know_in_time,)
