"""What a person signs, and whether a set of limits has the approvals that the policy asks for. Pure.

A person signs one set with all its limits, for one site, at one time: 'seepline-threshold-set-1', newline,
canonical JSON. Other parts of the site may change without a new signature; not one limit, delay, deadband or date
of the set.
"""

from collections.abc import Sequence
from dataclasses import asdict

from seepline.bundle.document import Approval, canonical
from seepline.bundle.errors import (
    DoubleApproval,
    ExpiredAppointment,
    ForgedApproval,
    MissingApproval,
    NoRule,
    StrayApproval,
    UnknownPerson,
    WrongRole,
)
from seepline.bundle.policy import Person, Policy, Rule
from seepline.sets.demand import lacks
from seepline.sets.ruling import ruling_on_provisional
from seepline.signatures import is_signed_by
from seepline.site import Site, valid_at

FORMAT = b"seepline-threshold-set-1"


def statement(site: Site, set_id: str, person: str, signed_at: str) -> bytes:
    """Return the bytes that a person signs. Raises KeyError when the site has no such set."""
    limits = {one.id: one for one in site.threshold_sets}[set_id]
    rows = [asdict(one) for one in site.thresholds if one.set == set_id]
    rows.sort(key=lambda row: (row["point"], row["quantity"], row["direction"]))
    said = {
        "person": person,
        "set": asdict(limits),
        "signed_at": signed_at,
        "site": site.info.id,
        "thresholds": rows,
    }
    return FORMAT + b"\n" + canonical(said)


def check_sets(site: Site, approvals: Sequence[Approval], policy: Policy, at_ms: int) -> None:
    """Return when every set of the site is approved as the policy asks at a time. Raises Unapproved."""
    sets = {one.id for one in site.threshold_sets}
    for one in approvals:
        if one.set not in sets:
            raise StrayApproval(f"{one.person} approved set {one.set}, which the site file does not hold")
    for set_id in sorted(sets):
        _check_set(site, [one for one in approvals if one.set == set_id], policy, (set_id, at_ms))


def _check_set(site: Site, approvals: Sequence[Approval], policy: Policy, about: tuple[str, int]) -> None:
    set_id, found = about[0], ruling_on_provisional(policy, *about)
    if not found.rules:
        raise NoRule(f"set {set_id}: no rule of the policy says who approves it")
    signers: dict[str, Person] = {}
    for one in approvals:
        if one.person in signers:
            raise DoubleApproval(
                f"set {set_id}: {one.person} approved it twice, which counts as nobody's second word"
            )
        signers[one.person] = _checked(site, one, found.roles, policy)
    for rule in found.rules:
        _check_met(set_id, rule, [person for person in signers.values() if person.role in rule.roles])


def _check_met(set_id: str, rule: Rule, signers: Sequence[Person]) -> None:
    if len(signers) < rule.approvals:
        raise MissingApproval(f"set {set_id}: {len(signers)} approved it, the policy asks for {rule.approvals}")
    for role, least in rule.least.items():
        has = sum(person.role == role for person in signers)
        if has < least:
            raise MissingApproval(f"set {set_id}: {has} of role {role} approved it, the policy asks for {least}")
    # a rule of the first form never asked here for its states: what was approved under it stays approved
    lacking = [] if rule.sets is not None else [one for one in lacks([rule], signers) if one.state]
    if lacking:
        raise MissingApproval(f"set {set_id}: the policy asks for {lacking[0]}, who did not approve it")


def _checked(site: Site, approval: Approval, roles: Sequence[str], policy: Policy) -> Person:
    """Return who approved, when this approval counts."""
    about = f"set {approval.set}"
    person = policy.persons.get(approval.person)
    if person is None:
        raise UnknownPerson(f"{about}: {approval.person} approved it, whom the policy does not name")
    if person.role not in roles:
        raise WrongRole(f"{about}: {person.id} is {person.role}; it is approved by {', '.join(roles)} only")
    if not valid_at(person.valid_from_ms, person.valid_to_ms, approval.signed_at_ms):
        raise ExpiredAppointment(f"{about}: {person.id} was not appointed on {approval.signed_at}")
    message = statement(site, approval.set, approval.person, approval.signed_at)
    if not _is_signed(person, approval.signature, message):
        raise ForgedApproval(f"{about}: the signature of {person.id} is not that of these limits at this time")
    return person


def _is_signed(person: Person, signature: str, message: bytes) -> bool:
    try:
        return is_signed_by(bytes.fromhex(person.public_key), bytes.fromhex(signature), message)
    except ValueError:
        return False
