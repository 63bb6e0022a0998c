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
        begin_ms = max(one.valid_from_ms, other.valid_from_ms)
        end_ms = min(one.valid_to_ms or _FOREVER_MS, other.valid_to_ms or _FOREVER_MS)
        if one.id == other.id and one.public_key == other.public_key and begin_ms < end_ms and one is not other:
            found = f"{one.role} and {other.role} at one time"
            yield Problem(f"appointment[{one.id}].valid_from", found, "one role of a person at a time")


def rule_problems(rules: Sequence["Rule"], times: Sequence["Person"]) -> Iterator[Problem]:
    """Yield what is wrong with rules, above all that nobody could ever meet one."""
    if not rules:
        yield Problem("rule", "nothing", "at least one [[rule]]: without one no limits are ever accepted")
    for number, rule in enumerate(rules, 1):
        place = f"rule[{number}]"
        found = list(_counts(place, rule, [one for one in times if one.role in rule.roles]))
        yield from found
        if not found and (why := _never(rule, times)):
            expected = "persons whose times overlap, one of whom proposes and the others approve"
            yield Problem(
                f"{place}.approvals", f"a rule that nobody can satisfy: {why} would be missing", expected
            )


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


def _never(rule: "Rule", times: Sequence["Person"]) -> str:
    """Return why nobody can satisfy a rule at any time at which somebody's appointment begins."""
    answers = [cannot(rule, times, at_ms) for at_ms in sorted({one.valid_from_ms for one in times})]
    return "" if "" in answers else min(answers, key=len, default="everybody")


def cannot(rule: "Rule", times: Sequence["Person"], at_ms: int) -> str:
    """Return what a rule would still lack at a time with everybody's approval, '' when it can be met."""
    now = [one for one in times if valid_at(one.valid_from_ms, one.valid_to_ms, at_ms)]
    return nobody_can(rule, now, [one for one in now if one.role in PROPOSERS])
