"""What the rules of the policy that a set falls under demand of it, and whether anybody can meet them. Pure.

Each rule has to be met by itself; an approval counts for each that names its role. A rule asks for so many persons
of some roles, so many of each of some roles, and one authority of each of some states. Who proposes a set does not
count among those who approve it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from seepline.acts.roles import AUTHORITY


class Asks(Protocol):
    """What is asked of a rule here."""

    @property
    def approvals(self) -> int:
        """So many persons."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Of these roles."""

    @property
    def states(self) -> tuple[str, ...]:
        """An authority of each of these."""

    def leasts(self) -> Iterable[tuple[str, int]]:
        """(role, so many of it)."""


class Approver(Protocol):
    """Someone who approves."""

    @property
    def person(self) -> str:
        """Who."""

    @property
    def role(self) -> str:
        """In which role."""

    @property
    def state(self) -> str:
        """Of which state."""


class Lack(NamedTuple):
    """What is missing: `lacking` of `of` approvals, so many of a `role`, or an authority of a `state`.

    `roles`: whose approvals, where several rules count and not each asks the same roles.
    """

    lacking: int
    of: int = 0
    role: str = ""
    state: str = ""
    roles: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.state:
            return f"an authority of {self.state}"
        if self.role:
            return f"{self.lacking} of role {self.role}"
        whose = f" by {' or '.join(self.roles)}" if self.roles else ""
        return f"{self.lacking} of {self.of} approvals{whose}"


def missing(rules: Sequence[Asks], approvals: Sequence[Approver]) -> str:
    """Return what approvals lack of what rules demand, '' when nothing."""
    return ", ".join(map(str, lacks(rules, approvals)))


def lacks(rules: Sequence[Asks], approvals: Sequence[Approver]) -> tuple[Lack, ...]:
    """Return what approvals lack of what rules demand, each thing by itself: of the same, the most."""
    most: dict[tuple[object, ...], Lack] = {}
    several = len({frozenset(rule.roles) for rule in rules}) > 1
    for rule in rules:
        for lack in _lacks(rule, [one for one in approvals if one.role in rule.roles]):
            one = lack._replace(roles=tuple(sorted(rule.roles))) if several and lack.of else lack
            key = (one.role, one.state, one.roles)
            most[key] = max(most.get(key, one), one, key=lambda each: each.lacking)
    return tuple(most.values())


def _lacks(rule: Asks, counted: Sequence[Approver]) -> Iterator[Lack]:
    persons = len({one.person for one in counted})
    if persons < rule.approvals:
        yield Lack(rule.approvals - persons, of=rule.approvals)
    for role, least in rule.leasts():
        has = len({one.person for one in counted if one.role == role})
        if has < least:
            yield Lack(least - has, role=role)
    for state in rule.states:
        if not any(one.role == AUTHORITY and one.state == state for one in counted):
            yield Lack(1, state=state)


def nobody_can(rules: Sequence[Asks], appointed: Sequence[Approver], proposers: Sequence[Approver]) -> str:
    """Return why no set can ever meet rules with these persons, '' when one can.

    `proposers` are those who may submit; one of them must be there whose absence leaves enough to approve.
    """
    if not proposers:
        return "nobody may propose a set"
    answers = [missing(rules, [one for one in appointed if one.person != who.person]) for who in proposers]
    return "" if "" in answers else min(answers, key=len)
