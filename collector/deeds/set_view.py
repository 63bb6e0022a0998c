"""/limits: what a set's rules are, what may still be said of it, who has to say something by the policy. Pure."""

from typing import NamedTuple

from collector.deeds.forms import Filled, filled
from collector.deeds.words import lack_words
from collector.web.deciding import direction_word
from collector.web.words import Translate, quantity_word, rule_unit
from seepline.sets.demand import lacks
from seepline.sets.limit_set import LimitSet
from seepline.sets.register import Proposal, Register
from seepline.sets.ruling import Ruling


class RuleRow(NamedTuple):
    """One rule in words: what it is about, its limits with their unit, how many readings in a row."""

    about: str
    limits: str
    deadband: str
    delay_count: int
    failure_mode: str


def rule_rows(limits: LimitSet, _: Translate) -> tuple[RuleRow, ...]:
    """Return the rules of a set."""
    rows = []
    for one in limits.thresholds:
        unit = rule_unit(one.quantity, one.direction, _)
        about = f"{one.point}, {quantity_word(one.quantity, _)} ({direction_word(one.direction, _)})"
        steps = " / ".join(f"{value:g}" for value in (one.yellow, one.orange, one.red))
        rows.append(
            RuleRow(about, f"{steps} {unit}", f"{one.deadband:g} {unit}", one.delay_count, one.failure_mode)
        )
    return tuple(rows)


def forms_of(register: Register, one: Proposal) -> tuple[Filled, ...]:
    """Return the forms that make sense for a set: nothing can be said of one that is over."""
    about = {"set": one.id, "digest": one.digest}
    if one.is_open:
        opened = (filled("set_approve", about), filled("set_object", about))
        return (*opened, filled("set_withdraw", {**about, "successor": register.head}))
    if one.id == register.head:
        return (filled("set_object", about), filled("set_withdraw", about))
    return ()


def needs_of(rules: Ruling, one: Proposal, _: Translate) -> tuple[str, ...]:
    """Return what is missing before an open set is decided that falls under these rules."""
    against = tuple(
        _("%s, who objects, approves it") % word.name for word in one.objections if word.role in rules.roles
    )
    return (*(lack_words(lack, _) for lack in lacks(rules.rules, one.approvals)), *against)
