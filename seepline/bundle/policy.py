"""Who may approve what: the policy file that is written at a gateway's commissioning, and what is wrong with one.

site = "dam"                                  its bundle's site
[service]                                     the collector's key: it makes bundles and approves nothing
public_key = "<64 hex digits>"
[[person]]                                    id, name, role, public_key, valid_from, valid_to
[[rule]]                                      the first whose pattern fits a set is that set's
sets = "*"                                    pattern of set ids
approvals = 2                                 so many persons ...
roles = ["engineer", "authority"]             ... of these roles ...
least = { authority = 1 }                     ... of whom so many of each

PolicyError    this file is no policy; carries every Problem
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from seepline.signatures import is_public_key
from seepline.site_rules.draft import Problem, Raw
from seepline.site_rules.values import is_id, shown
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, parse_toml, plain_text, unknown_tables


class PolicyError(Faulty):
    """A policy file cannot be used; `problems` says everything that is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who may approve, in one role, from a day on and until a day."""

    id: str
    name: str
    role: str
    public_key: str
    valid_from_ms: int
    valid_to_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the sets whose id fits a pattern need."""

    sets: str
    approvals: int
    roles: tuple[str, ...]
    least: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The collector's public key."""

    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A checked policy; `digest` is the SHA-256 of its text."""

    site: str
    service_key: bytes
    persons: Mapping[str, Person]
    rules: tuple[Rule, ...]
    digest: str

    def rule_of(self, set_id: str) -> Rule | None:
        """Return the rule of a set of limits."""
        return next((rule for rule in self.rules if fnmatchcase(set_id, rule.sets)), None)


def read_policy(path: Path) -> Policy:
    """Return the policy of a file. Raises PolicyError."""
    try:
        text = plain_text(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        problem = Problem(str(path), f"a file that cannot be read ({reason})", "a policy file that can be read")
        raise PolicyError([problem]) from error
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str) -> Policy:
    """Return the policy in a text; `name` stands in messages. Raises PolicyError."""
    try:
        document = parse_toml(text, name)
    except Faulty as error:
        raise PolicyError(error.problems) from error
    problems = list(unknown_tables(document, _TABLES))
    services = _read(Service, "service", {"service": [document.get("service", {})]}, problems)
    persons = _read(Person, "person", document, problems)
    rules = _read(Rule, "rule", document, problems)
    site = document.get("site")
    if not isinstance(site, str) or not is_id(site):
        problems.append(Problem("site", shown(document.get("site", "nothing")), "the id of the site"))
    problems += [*_key_problems(services, persons), *_person_problems(persons), *_rule_problems(rules, persons)]
    if problems or not isinstance(site, str):
        raise PolicyError(problems)
    return Policy(
        site=site,
        service_key=bytes.fromhex(services[0].public_key),
        persons={person.id: person for person in persons},
        rules=tuple(rules),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


_TABLES = ("site", "service", "person", "rule")


def _read(kind: type[Any], table: str, document: Raw, problems: list[Problem]) -> list[Any]:
    """Return the entries of a table that can be read; add what is wrong with the others."""
    raws, found = entries_of(document, table)
    problems += found
    entries = []
    for number, raw in enumerate(raws, 1):
        place = table if table == "service" else f"{table}[{number}]"
        entry, faults = read_entry(kind, raw)
        problems += at(place, faults)
        if entry is not None:
            entries.append(entry)
    return entries


def _key_problems(services: list[Service], persons: list[Person]) -> Iterator[Problem]:
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


def _person_problems(persons: list[Person]) -> Iterator[Problem]:
    seen: set[str] = set()
    for person in persons:
        place = f"person[{person.id}]"
        for key in ("id", "role"):
            if not is_id(getattr(person, key)):
                expected = "an id of letters, digits, dot, underline and hyphen only"
                yield Problem(f"{place}.{key}", shown(getattr(person, key)), expected)
        if person.id in seen:
            yield Problem(f"{place}.id", shown(person.id), "an id that no other person has")
        seen.add(person.id)
        if person.valid_to_ms is not None and person.valid_to_ms <= person.valid_from_ms:
            yield Problem(f"{place}.valid_to", "not after valid_from", "a later day, or none while it lasts")


def _rule_problems(rules: list[Rule], persons: list[Person]) -> Iterator[Problem]:
    if not rules:
        yield Problem("rule", "nothing", "at least one [[rule]]: without one no limits are ever accepted")
    for number, rule in enumerate(rules, 1):
        place = f"rule[{number}]"
        entitled = [person for person in persons if person.role in rule.roles]
        if rule.approvals < 1:
            yield Problem(f"{place}.approvals", str(rule.approvals), "1 or more")
        if rule.approvals > len(entitled):
            yield Problem(
                f"{place}.approvals", str(rule.approvals), f"at most {len(entitled)}, as many as may approve"
            )
        if sum(rule.least.values()) > rule.approvals:
            yield Problem(f"{place}.least", shown(dict(rule.least)), "no more in sum than approvals")
        for role, least in rule.least.items():
            has = sum(person.role == role for person in entitled)
            if not 1 <= least <= has:
                yield Problem(
                    f"{place}.least.{role}", str(least), f"1 to {has}, persons of this role who may approve"
                )
