"""The chain of acts and policies: that nothing was taken out, changed or put between, and who signed. Pure.

chain of an entry = SHA-256(chain of the entry before, newline, its text), the first one's before is ''

An entry's text is an AcceptedAct or a policy, each with the time of its acceptance. Each act is checked under the
policy that stands before it. Whoever keeps the server could write another chain from its beginning, so its value
at the end of each day (its head) is kept by others too: a chain without a head that was given away is another one.

AuditError    the chain is not what it must be: one sentence
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seepline.acts.check import authentic
from seepline.acts.document import AcceptedAct, read_accepted
from seepline.acts.errors import ActRefused
from seepline.acts.keys import NO_KEYS, KeyRing
from seepline.bundle.document import canonical, time_text
from seepline.bundle.policy import Policy, PolicyError, parse_policy

DAY_MS = 86_400_000


class AuditError(Exception):
    """The chain is not what it must be."""


@dataclass(frozen=True, slots=True)
class KeptAct:
    """One entry: its line in the journal, when it came, its text, and its link of the chain."""

    line: int
    arrival_ms: int
    text: str
    chain: str


@dataclass(frozen=True, slots=True)
class Head:
    """The chain's value at the end of a day of UTC (ISO date), after so many entries."""

    day: str
    entries: int
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a whole chain holds; `policy` is the newest one, `heads` one for each day on which something came.

    `links` are the values behind each entry.
    """

    acts: int
    policies: int
    head: str
    policy: Policy | None
    heads: tuple[Head, ...]
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Walk:
    """What stands at one place of the chain: the policy there, and the further keys that are believed."""

    policy: Policy | None = None
    ring: KeyRing = NO_KEYS


def link(before: str, text: str) -> str:
    """Return the chain's value behind `text`.

    >>> link("", "a")[:16]
    '7361a6f4b374745d'
    """
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def policy_text(policy: str, accepted_ms: int) -> str:
    """Return a policy as an entry of the chain."""
    return canonical({"accepted_ms": accepted_ms, "policy": policy}).decode()


def policy_of(text: str) -> str:
    """Return the policy in an entry, '' for an act."""
    return str(json.loads(text).get("policy", ""))


def day_of(at_ms: int) -> str:
    """Return the day of UTC.

    >>> day_of(1451634300999)
    '2016-01-01'
    """
    return time_text(at_ms)[:10]


def audited(kept: Iterable[KeptAct]) -> Audit:
    """Return what a chain holds when all of it is whole and signed. Raises AuditError."""
    before, walk, policies, number = "", Walk(), 0, 0
    heads: dict[str, Head] = {}
    links: set[str] = set()
    for number, one in enumerate(kept, 1):
        if link(before, one.text) != one.chain:
            raise AuditError(f"entry {number} (line {one.line}): it, or one before it, was changed or taken out")
        before = one.chain
        at_ms = _accepted_ms(one, number)
        policies += bool(policy_of(one.text))
        walk = walked(walk, one, number)
        links.add(before)
        heads[day_of(at_ms)] = Head(day_of(at_ms), number, before)
    return Audit(
        acts=number - policies,
        policies=policies,
        head=before,
        policy=walk.policy,
        heads=tuple(heads.values()),
        links=frozenset(links),
    )


def missing_heads(audit: Audit, known: Sequence[Head]) -> tuple[Head, ...]:
    """Return those of the heads known from before that this chain does not have.

    A link holds all that came before it, so that one which is there proves that beginning, whatever day the
    server's clock said since: a clock that is set back gives a day that was over a later head.
    """
    return tuple(one for one in known if one.chain not in audit.links)


def closed(heads: Sequence[Head], now_ms: int) -> tuple[Head, ...]:
    """Return the heads of days that are over."""
    return tuple(one for one in heads if one.day < day_of(now_ms))


def _accepted_ms(one: KeptAct, number: int) -> int:
    said = json.loads(one.text).get("accepted_ms")
    if type(said) is not int or not -DAY_MS <= one.arrival_ms - said <= DAY_MS:
        times = f"accepted at {said} ms, and in the journal at {one.arrival_ms} ms"
        raise AuditError(f"entry {number} (line {one.line}): {times}")
    return said


def _policy(text: str, number: int) -> Policy:
    try:
        return parse_policy(text, f"entry {number}")
    except PolicyError as error:
        raise AuditError(f"entry {number}: the policy cannot be read: {error.problems[0]}") from error


def walked(walk: Walk, one: KeptAct, number: int = 0) -> Walk:
    """Return where a walk along the chain stands behind an entry. Raises AuditError for what does not count."""
    if text := policy_of(one.text):
        return Walk(_policy(text, number), walk.ring)
    if walk.policy is None:
        raise AuditError(f"entry {number}: an act before any policy")
    return Walk(walk.policy, walk.ring.after(_checked(one, walk.policy, walk.ring, number), walk.policy))


def _checked(one: KeptAct, policy: Policy, ring: KeyRing, number: int) -> AcceptedAct:
    try:
        accepted = read_accepted(one.text)
        true = authentic(accepted.act, policy, accepted.accepted_ms, ring)
    except (ActRefused, ValueError, KeyError, TypeError) as error:
        raise AuditError(f"entry {number} (line {one.line}): {error}") from error
    if true != accepted:
        who = f"{accepted.act.person} was {true.role}, and is written as {accepted.role}"
        raise AuditError(f"entry {number} (line {one.line}): {who}")
    return accepted
