"""What must be true of a set by itself, whatever the site.

These hold for as long as a set is kept, for it is read again by them: a new demand belongs to site_fit.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

from seepline.acts.roles import ROLES
from seepline.sets.limit_set import LEVELS, Criterion, LimitSet, acts_on, rule_key
from seepline.site import Threshold
from seepline.site_rules.draft import Problem, one_of
from seepline.site_rules.values import has_text, is_id, shown

_ID = "an id of letters, digits, dot, underline and hyphen only"
_TEXTS = ("reason", "geometry")


def names_and_texts(limits: LimitSet) -> Iterator[Problem]:
    """Check ids, texts and dates of the set and of its document."""
    head, document = limits.head, limits.document
    for key, value in (("id", head.id), ("site", head.site), ("follows", head.follows or "none")):
        if not is_id(value):
            yield Problem(f"set.{key}", shown(value), _ID)
    if head.follows == head.id:
        yield Problem("set.follows", shown(head.follows), "the set before it, or '' for the first")
    for key in _TEXTS:
        if not has_text(getattr(head, key)):
            yield Problem(f"set.{key}", shown(getattr(head, key)), "a text that is not empty")
    for key in ("title", "number"):
        if not has_text(getattr(document, key)):
            yield Problem(f"document.{key}", shown(getattr(document, key)), "a text that is not empty")
    yield from _date("set.geometry_date", head.geometry_date)
    yield from _date("document.date", document.date)
    yield from sha256_problem("document.sha256", document.sha256)


def sha256_problem(place: str, text: str) -> Iterator[Problem]:
    """Yield a problem when a text is no SHA-256 in hex."""
    if len(text) != 64 or any(digit not in "0123456789abcdef" for digit in text):
        yield Problem(place, shown(text), "the SHA-256 of the document's file: 64 hex digits in lower case")


def _date(place: str, text: str) -> Iterator[Problem]:
    if not is_date(text):
        yield Problem(place, shown(text), 'a day in quotes, such as "2026-11-20"')


def is_date(text: str) -> bool:
    """Tell whether a text is a day as ISO 8601 writes it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def rules_are_whole(limits: LimitSet) -> Iterator[Problem]:
    """Check that there are rules, each once, each with its failure mode."""
    if not limits.thresholds:
        yield Problem("threshold", "nothing", "at least one [[threshold]]: a set without limits never alarms")
    times = Counter(rule_key(one) for one in limits.thresholds)
    for number, one in enumerate(limits.thresholds, 1):
        if times[rule_key(one)] > 1:
            expected = "one row for a point, quantity and direction"
            yield Problem(f"threshold[{number}].direction", shown(one.direction), expected)
        if not has_text(one.failure_mode):
            yield Problem(
                f"threshold[{number}].failure_mode", shown(one.failure_mode), "what it warns of, in words"
            )


def every_level_has_its_actions(limits: LimitSet) -> Iterator[Problem]:
    """Check that each level of each rule says what is then to be done."""
    for number, rule in enumerate(limits.thresholds, 1):
        for level in LEVELS:
            if not any(one.level == level and acts_on(one, rule) for one in limits.actions):
                expected = f"an [[action]] for {rule.point} {rule.quantity} {rule.direction} at {level}"
                yield Problem(f"threshold[{number}].{level}", "no action", expected)


def actions_are_whole(limits: LimitSet) -> Iterator[Problem]:
    """Check that an action is somebody's, is of a rule, and stands once."""
    times = Counter(one.id for one in limits.actions)
    for number, action in enumerate(limits.actions, 1):
        place = f"action[{number}]"
        if times[action.id] > 1 or not is_id(action.id):
            yield Problem(f"{place}.id", shown(action.id), "an id that no other action of the set has")
        if not any(acts_on(action, rule) for rule in limits.thresholds):
            found = " ".join((action.point, action.quantity, action.direction))
            yield Problem(f"{place}.point", found, "what fits a rule of this set")
        if action.within_s < 0:
            yield Problem(f"{place}.within_s", str(action.within_s), "0 or more")
        for key in ("what", "page"):
            if not has_text(getattr(action, key)):
                yield Problem(f"{place}.{key}", shown(getattr(action, key)), "a text that is not empty")
        yield from _role(f"{place}.role", action.role)
        for role in action.notify:
            yield from _role(f"{place}.notify", role)


def votes_and_observations_stand_once(limits: LimitSet) -> Iterator[Problem]:
    """Check that a vote group and a kind of observation stand once."""
    kinds: list[str] = [one.kind for one in limits.observations]
    for table, names in (("vote", [one.id for one in limits.votes]), ("observation", kinds)):
        for name, times in Counter(names).items():
            if times > 1:
                yield Problem(f"{table}[{names.index(name) + 1}]", f"{name!r} {times} times", "one row for each")


def somebody_is_told(limits: LimitSet) -> Iterator[Problem]:
    """Check that each level reaches someone."""
    told = {one.level for one in limits.recipients}
    for level in LEVELS:
        if level not in told:
            yield Problem("recipient", f"nobody at {level}", f"at least one [[recipient]] of level {level}")
    for number, one in enumerate(limits.recipients, 1):
        yield from _role(f"recipient[{number}].role", one.role)


def _role(place: str, role: str) -> Iterator[Problem]:
    if role not in ROLES:
        yield Problem(place, shown(role), one_of(sorted(ROLES), role))


def criteria_are_kept(limits: LimitSet) -> Iterator[Problem]:
    """Check that the level that K1 or K2 stands for begins at its criterion, or before it."""
    rules = {rule_key(one): one for one in limits.thresholds}
    times = Counter(rule_key(one) for one in limits.criteria)
    for number, criterion in enumerate(limits.criteria, 1):
        place, rule = f"criterion[{number}]", rules.get(rule_key(criterion))
        if times[rule_key(criterion)] > 1:
            yield Problem(f"{place}.direction", shown(criterion.direction), "one criterion for a rule")
        if rule is None:
            yield Problem(f"{place}.point", " ".join(rule_key(criterion)), "a rule of this set")
        else:
            yield from _kept(limits, criterion, rule, place)
        if not has_text(criterion.act):
            yield Problem(f"{place}.act", shown(criterion.act), "number of the act that set it")
        yield from _date(f"{place}.date", criterion.date)


def percentiles_are_of_rules(limits: LimitSet) -> Iterator[Problem]:
    """Check that a percentile says which rule it made, and is one."""
    rules = {rule_key(one) for one in limits.thresholds}
    for number, one in enumerate(limits.percentiles, 1):
        place = f"percentile[{number}]"
        if rule_key(one) not in rules:
            yield Problem(f"{place}.point", " ".join(rule_key(one)), "a rule of this set")
        if not 0 < one.percentile < 100:
            yield Problem(f"{place}.percentile", str(one.percentile), "between 0 and 100, beyond which it alarms")
        if one.readings_a_year < 1:
            yield Problem(f"{place}.readings_a_year", str(one.readings_a_year), "1 or more")


def _kept(limits: LimitSet, criterion: Criterion, rule: Threshold, place: str) -> Iterator[Problem]:
    sign = -1 if rule.direction == "below" else 1
    for key, level in (("k1", limits.head.k1), ("k2", limits.head.k2)):
        value, limit = getattr(criterion, key), getattr(rule, level)
        if sign * limit > sign * value:
            expected = f"{level} of the rule, {limit}, to begin there or before: set.{key} is {level}"
            yield Problem(f"{place}.{key}", str(value), expected)


Rule = Callable[[LimitSet], Iterator[Problem]]
RULES: tuple[Rule, ...] = (
    names_and_texts,
    rules_are_whole,
    every_level_has_its_actions,
    actions_are_whole,
    votes_and_observations_stand_once,
    somebody_is_told,
    criteria_are_kept,
    percentiles_are_of_rules,
)
