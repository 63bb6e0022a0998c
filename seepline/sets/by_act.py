"""From an accepted act to the next register: the same on collector, gateway and without a server. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from seepline.acts.document import AcceptedAct
from seepline.acts.sets import KINDS, SetApprove, SetObject, SetSubmit, SetWithdraw
from seepline.bundle.policy import Policy
from seepline.sets import life
from seepline.sets.life import SetRefused, Step
from seepline.sets.register import Register, Word, parsed
from seepline.sets.set_file import SetError
from seepline.site_shape import read_entry


def step(register: Register, policy: Policy, accepted: AcceptedAct, arrived_ms: int) -> Step:
    """Return what an act on a set, accepted at `arrived_ms`, makes of a register. Raises SetRefused."""
    kind = accepted.act.kind
    body, faults = read_entry(KINDS[kind].body, accepted.act.body)
    if faults:
        raise SetRefused(f"{kind}: {faults[0][0]} is {faults[0][1]}; expected {faults[0][2]}")
    person = policy.person_at(accepted.act.person, accepted.act.signed_at_ms)
    word = Word(
        person=accepted.act.person,
        name=accepted.name,
        role=accepted.role,
        organisation=person.organisation if person else "",
        state=person.state if person else "",
        at_ms=arrived_ms,
        act=accepted.id,
        said=_said(body),
    )
    return _STEPS[kind](register, policy, body, word)


def _said(body: Any) -> str:
    if isinstance(body, SetApprove):
        return f"{body.act_title} {body.act_number} of {body.act_date}" if body.act_number else ""
    return str(getattr(body, "reason", ""))


def _submit(register: Register, policy: Policy, body: SetSubmit, word: Word) -> Step:
    try:
        limits = parsed(body.toml)
    except SetError as error:
        raise SetRefused(f"the set cannot be read: {error.problems[0]}") from error
    return life.submit(register, policy, limits, body.toml, word)


def _approve(register: Register, policy: Policy, body: SetApprove, word: Word) -> Step:
    return life.approve(register, policy, body.set, body.digest, word)


def _object(register: Register, _policy: Policy, body: SetObject, word: Word) -> Step:
    return life.object_to(register, body.set, body.digest, word)


def _withdraw(register: Register, _policy: Policy, body: SetWithdraw, word: Word) -> Step:
    return life.withdraw(register, body.set, body.digest, body.successor, word)


_STEPS: Mapping[str, Callable[[Register, Policy, Any, Word], Step]] = {
    "set_submit": _submit,
    "set_approve": _approve,
    "set_object": _object,
    "set_withdraw": _withdraw,
}
