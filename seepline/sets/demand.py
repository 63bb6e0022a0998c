"""What a rule of the policy demands of a set, and whether anybody can meet it. Pure.

A rule asks for so many persons of some roles, so many of each of some roles, and one authority of each of some
states. Who proposes a set does not count among those who approve it.
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
    """What is missing: `lacking` of `of` approvals, so many of a `role`, or an authority of a `state`."""

    lacking: int
    of: int = 0
    role: str = ""
    state: str = ""

    def __str__(self) -> str:
        if self.state:
            return f"an authority of {self.state}"
        return f"{self.lacking} of role {self.role}" if self.role else f"{self.lacking} of {self.of} approvals"


def missing(rule: Asks, approvals: Sequence[Approver]) -> str:
    """Return what approvals lack of what a rule demands, '' when nothing."""
    return ", ".join(map(str, lacks(rule, approvals)))


def lacks(rule: Asks, approvals: Sequence[Approver]) -> tuple[Lack, ...]:
    """Return what approvals lack of what a rule demands, each thing by itself."""
    return tuple(_lacks(rule, [one for one in approvals if one.role in rule.roles]))


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


def nobody_can(rule: Asks, appointed: Sequence[Approver], proposers: Sequence[Approver]) -> str:
    """Return why no set can ever meet a rule with these persons, '' when one can.

    `proposers` are those who may submit; one of them must be there whose absence leaves enough to approve.
    """
    if not proposers:
        return "nobody may propose a set"
    answers = [missing(rule, [one for one in appointed if one.person != who.person]) for who in proposers]
    return "" if "" in answers else min(answers, key=len)
