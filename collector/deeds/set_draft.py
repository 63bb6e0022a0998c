"""POST /api/v1/sets/draft: what a form would be as SET.toml, all that is wrong with it, and what it changes.

    {"draft": {tables of SET.toml with texts in the place of values}} -> {"toml", "digest", "problems", ...}

It stores nothing and signs nothing: what is signed is the text that it gives back. The rules are those of
`seepline sets check` with --site, and those by which the register would refuse the set.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from collector.deeds.set_words import change_words
from collector.deeds.words import DOES_WORDS, lack_words
from collector.store import StoreReader
from collector.web.deciding import VERDICT_WORDS
from collector.web.words import Translate
from seepline.bundle.policy import Policy, PolicyError, read_policy
from seepline.sets.change import changes
from seepline.sets.demand import lacks
from seepline.sets.draft import NoDraft, Written, read_draft, written
from seepline.sets.in_force import provisional
from seepline.sets.limit_set import Document, Head, LimitSet
from seepline.sets.percentile import expected
from seepline.sets.register import Register, kind_on
from seepline.sets.ruling import ruling_on
from seepline.sets.set_file import SetError, parse_set
from seepline.sets.site_fit import site_problems
from seepline.site import Site
from seepline.site_rules.draft import Problem
from seepline.site_rules.values import shown
from seepline.toml_file import once

_MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a draft is checked against."""

    site: Site
    reader: StoreReader
    policy: Path

    def rules(self) -> Policy | None:
        """Return the policy, None where there is none that can be read."""
        try:
            return read_policy(self.policy)
        except PolicyError:
            return None


def checked(drafts: Drafts, data: bytes, at_ms: int, _: Translate) -> dict[str, object]:
    """Return what a draft is. Raises NoDraft."""
    if len(data) > _MOST_BYTES:
        raise NoDraft(f"these {len(data)} bytes are too many for a draft; expected at most {_MOST_BYTES}")
    try:
        sent = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoDraft(f"this is no JSON ({str(error)[:80]})") from error
    if not isinstance(sent, dict):
        raise NoDraft("expected an object with 'draft'")
    made = written(read_draft(sent.get("draft")))
    limits, problems = _parsed(drafts.site, made)
    register, policy = drafts.reader.register(), drafts.rules()
    about: dict[str, object] = {"toml": made.text, "understood": dict(made.understood)}
    if limits is not None:
        problems = [*problems, *_refusals(register, policy, limits, at_ms)]
        about |= _compared(drafts.site, register, policy, (limits, at_ms), _)
    return {**about, "problems": [_problem(one) for one in once(problems)]}


def _problem(one: Problem) -> dict[str, str]:
    return {"place": one.path, "found": one.found, "expected": one.expected}


def _parsed(site: Site, made: Written) -> tuple[LimitSet | None, list[Problem]]:
    try:
        limits = parse_set(made.text)
    except SetError as error:
        return None, [*made.problems, *error.problems]
    return limits, [*made.problems, *site_problems(limits, site)]


def _refusals(register: Register, policy: Policy | None, limits: LimitSet, at_ms: int) -> Iterator[Problem]:
    """Yield why the register would not take a set up."""
    head = limits.head
    if register.find(head.id) is not None:
        yield Problem("set.id", shown(head.id), "an id of its own: a set is never changed")
    if head.follows != register.head:
        before = shown(register.head) if register.head else "nothing: there is none before it"
        yield Problem("set.follows", shown(head.follows), f"the set decided last, {before}")
    if policy is None:
        yield Problem("set.id", shown(head.id), "a policy at the collector: without one nobody may propose a set")
    elif not (found := ruling_on(register, policy, limits, at_ms)).rules:
        place = found.bare or shown(head.id)
        yield Problem("set.id", place, "what a rule of the policy is about: it says who approves it")


def _compared(
    site: Site, register: Register, policy: Policy | None, about: tuple[LimitSet, int], _: Translate
) -> dict[str, object]:
    """Return the difference to the set that a draft follows, and who has to say something about it."""
    limits, at_ms = about
    before, name = limits_before(site, register, limits, at_ms)
    rules = ruling_on(register, policy, limits, at_ms).rules if policy else ()
    kind = kind_on(register, limits, at_ms)
    return {
        "digest": limits.digest,
        "against": name,
        "changes": [
            {"place": one.place, "before": one.before, "after": one.after, "verdict": one.verdict}
            | {"words": _(VERDICT_WORDS[one.verdict]), "where": change_words(one.place, _)}
            for one in (changes(before, limits) if before else ())
        ],
        "kind": kind,
        "does": _(DOES_WORDS[kind]),
        "needs": [lack_words(one, _) for one in lacks(rules, ())],
        "false_alarms": [
            f"{one.point} {one.quantity} {one.direction} {one.level}: {number:.3g}"
            for one, number in expected(limits)
        ],
    }


def limits_before(
    site: Site, register: Register, limits: LimitSet | None, at_ms: int
) -> tuple[LimitSet | None, str]:
    """Return the set decided last, else the provisional one of the site file in the form of a set; and its id."""
    decided = register.find(register.head)
    if decided is not None:
        return decided.limits, decided.id
    name = provisional(site, register, at_ms)
    return (provisional_limits(site, name, limits or _BLANK), name) if name else (None, "")


_BLANK = LimitSet(
    head=Head(id="", site="", follows="", valid_from_ms=0, reason="", geometry="", geometry_date="", critical=()),
    document=Document(title="", number="", date="", sha256=""),
    thresholds=(),
    actions=(),
    recipients=(),
)


def provisional_limits(site: Site, name: str, like: LimitSet) -> LimitSet:
    """Return a set of the site file as one that can be compared; what a site file never says is as in `like`."""
    critical = tuple(one.id for one in site.points if one.critical)
    return replace(
        like,
        head=replace(like.head, critical=critical),
        thresholds=tuple(one for one in site.thresholds if one.set == name),
        actions=tuple(one for one in site.actions if one.set == name),
        votes=tuple(one for one in site.votes if one.set == name),
        observations=tuple(one for one in site.observations if one.set == name),
        recipients=(),
        criteria=(),
        percentiles=(),
        digest="",
    )
