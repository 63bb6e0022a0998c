"""One act after the other makes the register: pure steps, each a new register and what is to be told.

    submit     by an engineer or an authority; it follows the set decided last
    approve    by the roles that the policy's rules name, never by the proposer, each person once
    object     keeps a set that is not decided from being so, until who objected approves it; those whose approval
               would not count are told and hold nothing up
    withdraw   of a set that is not decided, by its proposer, the engineer of record or an authority

A set is decided when it has every approval of the policy and no objection stands. One that only tightens what
stands is decided by the engineer of record's word, and others are told. What is decided ends by a successor alone.

SetRefused    an act on a set has no effect: one sentence
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seepline.acts.roles import AUTHORITY, DEPUTY_ENGINEER_OF_RECORD, ENGINEER_OF_RECORD
from seepline.bundle.policy import Policy
from seepline.sets.demand import missing
from seepline.sets.limit_set import LimitSet
from seepline.sets.register import Proposal, Register, Word, begin_ms, kind_on
from seepline.sets.ruling import Ruling, ruling_of, ruling_on

OF_RECORD = frozenset((ENGINEER_OF_RECORD, DEPUTY_ENGINEER_OF_RECORD))


class SetRefused(Exception):  # noqa: N818 - says what it is
    """An act on a set has no effect; what is in force stays."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that everybody concerned is told: a kind of event, the set, a sentence."""

    kind: str
    set_id: str
    text: str


Step = tuple[Register, tuple[Told, ...]]


def submit(register: Register, policy: Policy, limits: LimitSet, text: str, word: Word) -> Step:
    """Take up a proposed set. Raises SetRefused."""
    head = limits.head
    if register.find(head.id) is not None:
        raise SetRefused(f"set {head.id} is there already: a set is never changed, give the new one another id")
    if head.follows != register.head:
        expected = register.head or "'', there is none before it"
        raise SetRefused(f"set {head.id} follows {head.follows or 'none'!r}; the set decided last is {expected}")
    found = ruling_on(register, policy, limits, word.at_ms)
    if not found.rules:
        raise SetRefused(f"set {head.id}: no rule of the policy says who approves {found.bare or 'it'}")
    kind = kind_on(register, limits, word.at_ms)
    one = Proposal(id=head.id, text=text, digest=limits.digest, follows=head.follows, kind=kind, proposer=word)
    said = f"{word.name} ({word.role}) proposes set {one.id}, which {_does(one)}: {head.reason}"
    register = Register((*register.proposals, one))
    return _decided(register, policy, one, word.at_ms, (Told("set_submitted", one.id, said),))


def approve(register: Register, policy: Policy, set_id: str, digest: str, word: Word) -> Step:
    """Take up an approval. Raises SetRefused."""
    one = _known(register, set_id, digest)
    found = ruling_of(register, policy, one, word.at_ms)
    kind = kind_on(register, one.limits, word.at_ms) if one.is_open else one.kind
    if word.person == one.proposer.person:
        raise SetRefused(f"set {set_id}: {word.person} proposed it; who proposes a set never approves it")
    if word.person in {each.person for each in one.approvals}:
        raise SetRefused(f"set {set_id}: {word.person} approved it before")
    if not found.rules or (word.role not in found.roles and not (kind == "tightens" and word.role in OF_RECORD)):
        who = ", ".join(found.roles) or f"nobody: no rule of the policy is about {found.bare or 'it'}"
        raise SetRefused(f"set {set_id}: {word.person} is {word.role}; it is approved by {who}")
    if one.withdrawn_for or one.overtaken_by:
        raise SetRefused(f"set {set_id} was {'withdrawn' if one.withdrawn_for else 'overtaken'}: {_instead(one)}")
    objections = tuple(each for each in one.objections if each.person != word.person)
    one = replace(one, approvals=(*one.approvals, word), objections=objections)
    said = Told("set_approved", set_id, f"{word.name} ({word.role}) approves set {set_id}{_of(word)}.")
    return _decided(register.with_one(one), policy, one, word.at_ms, (said,))


def object_to(register: Register, set_id: str, digest: str, word: Word) -> Step:
    """Take up an objection; a set in force stays in force, for lifting it would loosen. Raises SetRefused."""
    one = _known(register, set_id, digest)
    if one.withdrawn_for or one.overtaken_by or one.dropped:
        raise SetRefused(f"set {set_id} is no longer proposed: {_instead(one)}")
    stays = "it is not decided yet" if one.is_open else "it stays until a successor is decided"
    one = replace(one, objections=(*one.objections, word))
    said = f"{word.name} ({word.role}) objects to set {set_id}{_of(word)}; {stays}: {word.said}"
    return register.with_one(one), (Told("set_objected", set_id, said),)


def withdraw(register: Register, set_id: str, digest: str, successor: str, word: Word) -> Step:
    """Withdraw a set that is not decided, or say which one is to take the place of a decided one."""
    one = _known(register, set_id, digest)
    if word.person != one.proposer.person and word.role not in OF_RECORD | {AUTHORITY}:
        raise SetRefused(f"set {set_id}: {word.person} is {word.role} and did not propose it")
    if one.withdrawn_for or one.overtaken_by or one.dropped:
        raise SetRefused(f"set {set_id} is no longer proposed: {_instead(one)}")
    next_one = register.find(successor)
    if successor == set_id or (register.head and next_one is None):
        raise SetRefused(f"set {set_id} is withdrawn for {successor!r}: expected another set of the register")
    if one.effective_ms is not None and (next_one is None or not next_one.is_open):
        raise SetRefused(
            f"set {set_id} is decided and ends by a successor alone; {successor} can no longer be decided"
        )
    said = f"{word.name} ({word.role}) withdraws set {set_id} for {successor}: {word.said}"
    if one.effective_ms is not None:
        return register, (Told("set_withdrawn", set_id, f"{said}; it stays in force until then."),)
    return register.with_one(replace(one, withdrawn_for=successor)), (Told("set_withdrawn", set_id, said),)


def _known(register: Register, set_id: str, digest: str) -> Proposal:
    one = register.find(set_id)
    if one is None:
        raise SetRefused(f"set {set_id} was never submitted")
    if one.digest != digest:
        raise SetRefused(
            f"set {set_id}: what was signed has SHA-256 {digest[:16]}..., the set submitted {one.digest[:16]}..."
        )
    return one


def _decided(register: Register, policy: Policy, one: Proposal, at_ms: int, told: tuple[Told, ...]) -> Step:
    """Bring a set into effect when nothing is missing any more."""
    if not one.is_open:
        return register, told
    one = replace(one, kind=kind_on(register, one.limits, at_ms))
    register = register.with_one(one)
    found = ruling_of(register, policy, one, at_ms)
    alone = one.kind == "tightens" and any(word.role in OF_RECORD for word in (one.proposer, *one.approvals))
    if not alone and (not found.rules or _stands(found, one) or missing(found.rules, one.approvals)):
        return register, told
    effective_ms = max(one.limits.head.valid_from_ms, at_ms)
    dropped = [each for each in register.decided if begin_ms(each) >= effective_ms]
    over = [each for each in register.proposals if each.is_open and each.id != one.id]
    for each in dropped:
        register = register.with_one(replace(each, dropped=True))
    for each in over:
        register = register.with_one(replace(each, overtaken_by=one.id))
    one = replace(one, decided_ms=at_ms, effective_ms=effective_ms)
    return register.with_one(one), (*told, _decision(one, alone), *_others(one, dropped, over))


def _stands(found: Ruling, one: Proposal) -> bool:
    """Tell whether someone objects whose approval would count."""
    return any(word.role in found.roles for word in one.objections)


def _decision(one: Proposal, alone: bool) -> Told:
    if alone:
        text = f"Set {one.id} only tightens and is decided by the engineer of record; authorities may object."
        return Told("set_tightened", one.id, text)
    names = ", ".join(f"{word.name} ({word.role})" for word in one.approvals)
    return Told("set_decided", one.id, f"Set {one.id}, which {_does(one)}, is approved by {names}.")


def _others(one: Proposal, dropped: Sequence[Proposal], over: Sequence[Proposal]) -> tuple[Told, ...]:
    return (
        *(
            Told("set_superseded", each.id, f"Set {each.id} never comes into force: {one.id} takes its place.")
            for each in dropped
        ),
        *(
            Told(
                "set_overtaken",
                each.id,
                f"Set {each.id} was proposed on top of {each.follows or 'the provisional limits'}; {one.id} is"
                f" decided meanwhile. Submit it anew, following {one.id}.",
            )
            for each in over
        ),
    )


def _does(one: Proposal) -> str:
    words = {
        "first": "is the first",
        "tightens": "only tightens",
        "loosens": "loosens something",
        "changes": "changes what cannot be compared",
        "same": "changes no limit",
    }
    return words[one.kind]


def _of(word: Word) -> str:
    return f" for {word.organisation}" if word.organisation else ""


def _instead(one: Proposal) -> str:
    return f"see set {one.withdrawn_for or one.overtaken_by or 'that took its place'}"
