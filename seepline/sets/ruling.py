"""Which rules of the policy a set of limits falls under: by what it touches, whatever its name is. Pure.

Every rule counts that is about something that the set touches, and each of them has to be met by itself: so the
strictest wins. What no rule is about, nobody may change: such a set is refused, and with it all that was put
into it beside. The rules of a policy's first form (`sets`, a pattern of ids) judge as they always did.
"""

from fnmatch import fnmatchcase
from typing import NamedTuple

from seepline.bundle.policy import Policy, Rule
from seepline.sets.limit_set import LimitSet
from seepline.sets.register import Proposal, Register
from seepline.sets.touch import EVERYTHING, Touch, touched, touches


class Ruling(NamedTuple):
    """The rules that a set has to meet; () when it is refused, and `bare` is then what no rule is about."""

    rules: tuple[Rule, ...]
    bare: str = ""

    @property
    def roles(self) -> tuple[str, ...]:
        """Return who may approve by one of the rules."""
        return tuple(dict.fromkeys(role for rule in self.rules for role in rule.roles))


def ruling_on(register: Register, policy: Policy, limits: LimitSet, at_ms: int) -> Ruling:
    """Return the rules of a set of a register, at a time.

    A time before the register's last word is that word's: no clock that went back brings rules back that ended.
    """
    then_ms = max(at_ms, register.newest_ms)
    return ruling(policy, limits.head.id, touched(register, limits, at_ms), then_ms)


def ruling_of(register: Register, policy: Policy, one: Proposal, at_ms: int) -> Ruling:
    """Return the rules of a submitted set: of one that is over, by what it changed of the one before it."""
    if one.is_open:
        return ruling_on(register, policy, one.limits, at_ms)
    before = register.find(one.follows)
    found = tuple(touches(before.limits, one.limits)) if before else (EVERYTHING,)
    return ruling(policy, one.id, found, max(at_ms, register.newest_ms))


def ruling_on_provisional(policy: Policy, set_id: str, at_ms: int) -> Ruling:
    """Return the rules of a set of the site file, which stands before there is a register: it is all there is."""
    return ruling(policy, set_id, (EVERYTHING,), at_ms)


def ruling(policy: Policy, set_id: str, found: tuple[Touch, ...], at_ms: int) -> Ruling:
    """Return the rules of a set that touches this."""
    rules = policy.rules_at(at_ms)
    if any(rule.sets is not None for rule in rules):
        first = next((rule for rule in rules if fnmatchcase(set_id, rule.sets or "")), None)
        return Ruling((first,) if first else ())
    bare = next((one.place for one in found if not any(_is_about(rule, one) for rule in rules)), "")
    if bare:
        return Ruling((), bare)
    return Ruling(tuple(rule for rule in rules if rule.is_about_all or any(_is_about(rule, one) for one in found)))


def _is_about(rule: Rule, one: Touch) -> bool:
    fits = _fits(rule.points, one.point) and _fits(rule.quantities, one.quantity)
    return fits and (one.loosens or not rule.loosens)


def _fits(patterns: tuple[str, ...], name: str) -> bool:
    return not (patterns and name) or any(fnmatchcase(name, each) for each in patterns)
