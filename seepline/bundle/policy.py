"""Who may approve what: the policy file that is written at a gateway's commissioning, and what is wrong with one.

site = "dam"                                  its bundle's site
[service]                                     the collector's key: it makes bundles and approves nothing
public_key = "<64 hex digits>"
[[person]]                                    id, name, role, public_key, valid_from, valid_to, organisation, state
[[appointment]]                               another time of a person: person, role, organisation, state, valid_*
[[rule]]                                      each that is about what a set touches counts (seepline.sets.ruling)
points = ["PZ-*"]                             patterns of points, of every point without it
quantities = ["pore_pressure"]                of every quantity without it
loosens = true                                only about what is not proven to be tighter
approvals = 2                                 so many persons (2 unless it says so) ...
roles = ["engineer_of_record", "authority"]   ... of these roles (seepline.acts.roles) ...
least = { authority = 1 }                     ... of whom so many of each ...
states = ["UZ", "KZ"]                         ... and an authority of each of these states
valid_from, valid_to                          when the rule counts, always without them

In the first form of policies a rule has `sets`, a pattern of set ids, and the first that fits is the set's. It
judges as it always did, but whoever proposes a set names it. The two forms never count at one time.

A person has one role at a time, from a day and until a day, for one organisation; a state body may hold the
operator's roles where a site has no owner. What nobody can satisfy is a problem of the file.

PolicyError    this file is no policy; carries every Problem
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seepline.bundle.policy_rules import further_times, key_problems, person_problems, rule_problems
from seepline.site import valid_at
from seepline.site_rules.draft import Problem, Raw
from seepline.site_rules.values import is_id, shown
from seepline.site_shape import read_entry
from seepline.toml_file import Faulty, at, entries_of, parse_toml, plain_text, unknown_tables


class PolicyError(Faulty):
    """A policy file cannot be used; `problems` says everything that is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who may approve, in one role, from a day on and until a day; `state` is that of an authority."""

    id: str
    name: str
    role: str
    public_key: str
    valid_from_ms: int
    valid_to_ms: int | None = None
    organisation: str = ""
    state: str = ""

    @property
    def person(self) -> str:
        """Their id, as an approval names it."""
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Another role of a person at another time."""

    person: str
    role: str
    valid_from_ms: int
    valid_to_ms: int | None = None
    organisation: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the sets need that touch this; with `sets`, those whose id fits a pattern. '' and () are everything."""

    roles: tuple[str, ...]
    sets: str | None = None
    points: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()
    loosens: bool = False
    approvals: int = 2
    least: Mapping[str, int] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    valid_from_ms: int = 0
    valid_to_ms: int | None = None

    @property
    def is_about_all(self) -> bool:
        """Whether it is about every set, whatever that touches."""
        return self.sets is None and not (self.points or self.quantities or self.loosens)

    def leasts(self) -> Iterable[tuple[str, int]]:
        """Return (role, so many of it)."""
        return self.least.items()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The collector's public key."""

    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A checked policy; `digest` is the SHA-256 of its text. `persons` are as their [[person]] says."""

    site: str
    service_key: bytes
    persons: Mapping[str, Person]
    rules: tuple[Rule, ...]
    digest: str
    text: str
    appointments: tuple[Person, ...] = ()

    def rules_at(self, at_ms: int) -> tuple[Rule, ...]:
        """Return the rules that count at a time, all of one form."""
        return tuple(rule for rule in self.rules if valid_at(rule.valid_from_ms, rule.valid_to_ms, at_ms))

    @property
    def goes_by_name(self) -> bool:
        """Whether who proposes a set chooses by its name who has to approve it."""
        return any(rule.sets not in (None, "*") for rule in self.rules if rule.valid_to_ms is None)

    def person_at(self, person_id: str, at_ms: int) -> Person | None:
        """Return a person in the role of a time, in that of their [[person]] when they had none then."""
        times = [one for one in self.appointments if one.id == person_id]
        now = (one for one in times if valid_at(one.valid_from_ms, one.valid_to_ms, at_ms))
        return next(now, self.persons.get(person_id))


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
    more = _read(Appointment, "appointment", document, problems)
    rules = _read(Rule, "rule", document, problems)
    site = document.get("site")
    if not isinstance(site, str) or not is_id(site):
        problems.append(Problem("site", shown(document.get("site", "nothing")), "the id of the site"))
    times = [*persons, *further_times(persons, more)]
    problems += [*key_problems(services, persons), *person_problems(persons, more), *rule_problems(rules, times)]
    if problems or not isinstance(site, str):
        raise PolicyError(problems)
    return Policy(
        site=site,
        service_key=bytes.fromhex(services[0].public_key),
        persons={person.id: person for person in persons},
        rules=tuple(rules),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        appointments=tuple(times),
    )


_TABLES = ("site", "service", "person", "appointment", "rule")


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
