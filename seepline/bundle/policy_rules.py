"""What is wrong with a policy whose tables could be read: keys, persons and their times, rules nobody can meet."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from seepline.acts.roles import APPROVERS, PROPOSERS, ROLES
from seepline.sets.demand import nobody_can
from seepline.signatures import is_public_key
from seepline.site import valid_at
from seepline.site_rules.draft import Problem, one_of
from seepline.site_rules.values import is_id, shown

if TYPE_CHECKING:
    from seepline.bundle.policy import Appointment, Person, Rule, Service

_FOREVER_MS = 2**62
_SATISFIED = "persons whose times overlap, one of whom proposes and the others approve"


def further_times(persons: Sequence["Person"], more: Sequence["Appointment"]) -> list["Person"]:
    """Return the persons of [[appointment]] entries, each in the role and time of one."""
    known = {one.id: one for one in persons}
    keys = ("role", "valid_from_ms", "valid_to_ms", "organisation", "state")
    return [
        replace(known[one.person], **{key: getattr(one, key) for key in keys})
        for one in more
        if one.person in known
    ]


def key_problems(services: Sequence["Service"], persons: Sequence["Person"]) -> Iterator[Problem]:
    """Yield what is wrong with public keys: each is one, and nobody else's."""
    known: dict[str, str] = {}
    places = [("service", one.public_key) for one in services]
    places += [(f"person[{one.id}]", one.public_key) for one in persons]
    for place, key in places:
        if key != key.lower() or len(key) != 64 or not _is_hex(key) or not is_public_key(bytes.fromhex(key)):
            yield Problem(f"{place}.public_key", shown(key), "an Ed25519 public key: 64 hex digits in lower case")
        elif known.setdefault(key, place) != place:
            yield Problem(
                f"{place}.public_key", f"the key of {known[key]}", "a key of its own: one person, one key"
            )


def _is_hex(text: str) -> bool:
    return all(digit in "0123456789abcdef" for digit in text)


def person_problems(persons: Sequence["Person"], more: Sequence["Appointment"]) -> Iterator[Problem]:
    """Yield what is wrong with persons and their appointments: known roles, one at a time."""
    seen: set[str] = set()
    for person in persons:
        place = f"person[{person.id}]"
        if not is_id(person.id):
            expected = "an id of letters, digits, dot, underline and hyphen only"
            yield Problem(f"{place}.id", shown(person.id), expected)
        if person.id in seen:
            yield Problem(f"{place}.id", shown(person.id), "an id that no other person has")
        seen.add(person.id)
        yield from _appointment_problems(place, person)
    for number, one in enumerate(more, 1):
        place = f"appointment[{number}]"
        if one.person not in seen:
            yield Problem(f"{place}.person", shown(one.person), one_of(sorted(seen), one.person))
        yield from _appointment_problems(place, one)
    yield from _overlaps([*persons, *further_times(persons, more)])


def _appointment_problems(place: str, one: "Person | Appointment") -> Iterator[Problem]:
    if one.role not in ROLES:
        yield Problem(f"{place}.role", shown(one.role), one_of(sorted(ROLES), one.role))
    if one.valid_to_ms is not None and one.valid_to_ms <= one.valid_from_ms:
        yield Problem(f"{place}.valid_to", "not after valid_from", "a later day, or none while it lasts")


def _overlaps(times: Sequence["Person"]) -> Iterator[Problem]:
    for one, other in combinations(times, 2):
        same = one.id == other.id and one.public_key == other.public_key and one is not other
        if same and _overlap(one, other):
            found = f"{one.role} and {other.role} at one time"
            yield Problem(f"appointment[{one.id}].valid_from", found, "one role of a person at a time")


def rule_problems(rules: Sequence["Rule"], times: Sequence["Person"]) -> Iterator[Problem]:
    """Yield what is wrong with rules, above all that nobody could ever meet one."""
    if not rules:
        yield Problem("rule", "nothing", "at least one [[rule]]: without one no limits are ever accepted")
    faults = list(_forms(rules))
    for number, rule in enumerate(rules, 1):
        place = f"rule[{number}]"
        found = list(_counts(place, rule, [one for one in times if one.role in rule.roles]))
        faults += found
        if not found and (why := _never([rule], times)):
            what = f"a rule that nobody can satisfy: {why} would be missing"
            faults.append(Problem(f"{place}.approvals", what, _SATISFIED))
    yield from faults or _together(rules, times)


def _together(rules: Sequence["Rule"], times: Sequence["Person"]) -> Iterator[Problem]:
    """Yield a problem of rules that count at one time and cannot all be met, as what touches everything has to."""
    by_touch = [rule for rule in rules if rule.sets is None]
    for begin_ms in sorted({rule.valid_from_ms for rule in by_touch}):
        count = [one for one in by_touch if valid_at(one.valid_from_ms, one.valid_to_ms, begin_ms)]
        if why := _never(count, times):
            found = f"rules that nobody can satisfy together, as the first set has to: {why} would be missing"
            yield Problem("rule", found, _SATISFIED)
            return


def _forms(rules: Sequence["Rule"]) -> Iterator[Problem]:
    """Yield what is wrong with what rules are about, and with their times."""
    for number, rule in enumerate(rules, 1):
        place = f"rule[{number}]"
        if rule.sets is not None and (rule.points or rule.quantities or rule.loosens):
            yield Problem(f"{place}.sets", shown(rule.sets), "either a pattern of ids, or what a set touches")
        if rule.valid_to_ms is not None and rule.valid_to_ms <= rule.valid_from_ms:
            yield Problem(f"{place}.valid_to", "not after valid_from", "a later day, or none while it counts")
    for one, other in combinations(rules, 2):
        if (one.sets is None) != (other.sets is None) and _overlap(one, other):
            number = rules.index(other) + 1
            expected = "a valid_from at or after the valid_to of those with `sets`: one form of rules at a time"
            yield Problem(f"rule[{number}].valid_from", "rules with `sets` and without at one time", expected)


def _overlap(one: "Rule | Person", other: "Rule | Person") -> bool:
    """Tell whether two times have a moment in common."""
    begin_ms = max(one.valid_from_ms, other.valid_from_ms)
    return begin_ms < min(one.valid_to_ms or _FOREVER_MS, other.valid_to_ms or _FOREVER_MS)


def _counts(place: str, rule: "Rule", entitled: Sequence["Person"]) -> Iterator[Problem]:
    able = len({person.id for person in entitled})
    for role in sorted({*rule.roles, *rule.least} - APPROVERS):
        yield Problem(f"{place}.roles", shown(role), f"who may approve: {', '.join(sorted(APPROVERS))}")
    if rule.approvals < 1:
        yield Problem(f"{place}.approvals", str(rule.approvals), "1 or more")
    if rule.approvals > able:
        yield Problem(f"{place}.approvals", str(rule.approvals), f"at most {able}, as many as may approve")
    if sum(rule.least.values()) > rule.approvals:
        yield Problem(f"{place}.least", shown(dict(rule.least)), "no more in sum than approvals")
    for role, least in rule.least.items():
        has = len({person.id for person in entitled if person.role == role})
        if not 1 <= least <= has:
            yield Problem(f"{place}.least.{role}", str(least), f"1 to {has}, persons of this role who may approve")


def _never(rules: Sequence["Rule"], times: Sequence["Person"]) -> str:
    """Return why nobody can satisfy rules at any time at which they, or somebody's appointment, begin."""
    begins = {one.valid_from_ms for one in times} | {rule.valid_from_ms for rule in rules if rule.valid_from_ms}
    answers = [
        cannot(rules, times, at_ms)
        for at_ms in sorted(begins)
        if all(valid_at(rule.valid_from_ms, rule.valid_to_ms, at_ms) for rule in rules)
    ]
    return "" if "" in answers else min(answers, key=len, default="everybody")


def cannot(rules: Sequence["Rule"], times: Sequence["Person"], at_ms: int) -> str:
    """Return what rules would still lack at a time with everybody's approval, '' when all can be met."""
    now = [one for one in times if valid_at(one.valid_from_ms, one.valid_to_ms, at_ms)]
    return nobody_can(rules, now, [one for one in now if one.role in PROPOSERS])
