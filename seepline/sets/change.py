"""What changes from one set of limits to the next: each difference tighter, looser, or neither to be told.

A set that only tightens may come into force on the engineer of record's word alone, so whatever is not proven to
be tighter here is not: a key without a row in the table makes a change that needs every approval. That tighter
means no level ever later or lower is held by a property test against seepline.alarm.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from seepline.sets.limit_set import Criterion, LimitSet, Percentile, rule_key
from seepline.site import Threshold
from seepline.site_alarms import Action, Observation, Vote

Verdict = Literal["tighter", "looser", "other"]
Kind = Literal["first", "tightens", "loosens", "changes", "same"]
Compare = Callable[[Any, Any, str], Verdict]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, what stood there ('' nothing), what stands there now, and which way it goes.

    `about` are the points and quantities that it is about, '' for each: see seepline.sets.touch.
    """

    place: str
    before: str
    after: str
    verdict: Verdict
    about: tuple[tuple[str, str], ...] = (("", ""),)


def _less(before: Any, after: Any, _direction: str) -> Verdict:
    """Tighter when smaller: an alarm comes earlier."""
    return "tighter" if after < before else "looser"


def _more(before: Any, after: Any, _direction: str) -> Verdict:
    """Tighter when larger: an alarm stays longer."""
    return "tighter" if after > before else "looser"


def _limit(before: Any, after: Any, direction: str) -> Verdict:
    """Tighter when reached earlier."""
    return _more(before, after, "") if direction == "below" else _less(before, after, "")


def _rising(*words: Any) -> Compare:
    """Return the comparison of words in this order, the loosest first."""
    return lambda before, after, _: _more(words.index(before), words.index(after), "")


def _sooner(before: Any, after: Any, _direction: str) -> Verdict:
    """Tighter when smaller; nothing is never."""
    return _less(float("inf") if before is None else before, float("inf") if after is None else after, "")


def _no_longer(before: Any, after: Any, _direction: str) -> Verdict:
    """Tighter when shorter; nothing is not at all."""
    return _less(-1 if before is None else before, -1 if after is None else after, "")


def _fewer_words(_before: Any, after: Any, _direction: str) -> Verdict:
    """Tighter when a condition that kept an alarm back is gone."""
    return "looser" if after else "tighter"


def _each_sooner(before: Any, after: Any, _direction: str) -> Verdict:
    sooner = len(after) >= len(before) and all(new <= old for old, new in zip(before, after, strict=False))
    return "tighter" if sooner else "looser"


def _superset(before: Any, after: Any, _direction: str) -> Verdict:
    return "tighter" if set(before) < set(after) else "looser"


# Keys that can be compared. One without a row (a rate's window, a failure mode, a page) is "other".
_RULE_ROWS: Mapping[str, Compare] = {
    "yellow": _limit,
    "orange": _limit,
    "red": _limit,
    "deadband": _more,
    "delay_count": _less,
    "delay_s": _less,
    "off_count": _more,
    "off_s": _more,
    "latch": _rising("", "red", "orange", "yellow"),
    "realarm_s": _sooner,
    "escalate_after_s": _each_sooner,
    "shelve_max_s": _no_longer,
    "missing_s": _sooner,
    "only_with": _fewer_words,
    "suppressed_by": _fewer_words,
    "vote": _fewer_words,
    "longest_s": _sooner,
    "repeat": _more,
}
_CRITERION_ROWS: Mapping[str, Compare] = {"k1": _limit, "k2": _limit}
_ACTION_ROWS: Mapping[str, Compare] = {"within_s": _less, "notify": _superset}
_VOTE_ROWS: Mapping[str, Compare] = {"needed": _less}
_OBSERVATION_ROWS: Mapping[str, Compare] = {"level": _rising("yellow", "orange", "red")}
_EITHER_WAY = ("vote", "percentile")  # tables whose rows neither loosen nor tighten by being there
_HEAD_KEYS = ("k1", "k2", "geometry", "geometry_date", "demo")


def changes(before: LimitSet, after: LimitSet) -> tuple[Change, ...]:
    """Return every difference that matters to what is alarmed, to whom, and what is then done."""
    return (
        *_rows("rule", _rules(before), _rules(after), _RULE_ROWS),
        *_rows("criterion", _criteria(before), _criteria(after), _CRITERION_ROWS),
        *_rows("action", _by_id(before.actions), _by_id(after.actions), _ACTION_ROWS),
        *_rows("percentile", _percentiles(before), _percentiles(after), {}),
        *_rows("vote", _by_id(before.votes), _by_id(after.votes), _VOTE_ROWS),
        *_rows("observation", _by_kind(before), _by_kind(after), _OBSERVATION_ROWS),
        *(
            replace(one, about=((one.place.removeprefix("critical "), ""),))
            for one in _members("critical", before.head.critical, after.head.critical)
        ),
        *_members("recipient", _told(before), _told(after)),
        *(
            Change(f"set.{key}", str(getattr(before.head, key)), str(getattr(after.head, key)), "other")
            for key in _HEAD_KEYS
            if getattr(before.head, key) != getattr(after.head, key)
        ),
    )


def kind_of(found: tuple[Change, ...]) -> Kind:
    """Return what a set does that makes these changes.

    >>> kind_of(()), kind_of((Change("rule", "1", "2", "other"),))
    ('same', 'changes')
    """
    verdicts = {one.verdict for one in found}
    if "looser" in verdicts:
        return "loosens"
    if "other" in verdicts:
        return "changes"
    return "tightens" if verdicts else "same"


def _rules(limits: LimitSet) -> dict[str, Threshold]:
    return {" ".join(rule_key(one)): one for one in limits.thresholds}


def _criteria(limits: LimitSet) -> dict[str, Criterion]:
    return {" ".join(rule_key(one)): one for one in limits.criteria}


def _percentiles(limits: LimitSet) -> dict[str, Percentile]:
    return {" ".join((*rule_key(one), one.level)): one for one in limits.percentiles}


def _by_id(entries: Iterable[Action | Vote]) -> dict[str, Action | Vote]:
    return {one.id: one for one in entries}


def _by_kind(limits: LimitSet) -> dict[str, Observation]:
    return {one.kind: one for one in limits.observations}


def _told(limits: LimitSet) -> tuple[str, ...]:
    return tuple(" ".join((one.level, one.role, one.organisation or "everywhere")) for one in limits.recipients)


def _rows(
    table: str, before: Mapping[str, Any], after: Mapping[str, Any], rows: Mapping[str, Compare]
) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        place, about = f"{table} {name}", _about(*(one[name] for one in (before, after) if name in one))
        if name not in after:
            yield Change(place, "there", "", "other" if table in _EITHER_WAY else "looser", about)
        elif name not in before:
            yield Change(place, "", "there", "other" if table in _EITHER_WAY else "tighter", about)
        else:
            found = _fields(place, before[name], after[name], rows)
            yield from (replace(one, about=about) for one in found)


def _about(*entries: Any) -> tuple[tuple[str, str], ...]:
    """Return what entries are about; a vote, an observation, an action for every rule: everything."""
    pairs = {(getattr(one, "point", ""), getattr(one, "quantity", "")) for one in entries}
    return tuple(sorted(pairs))


def _fields(place: str, before: Any, after: Any, rows: Mapping[str, Compare]) -> Iterator[Change]:
    for one in fields(before):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old == new or one.name == "set":
            continue
        compare = rows.get(one.name)
        verdict = compare(old, new, getattr(before, "direction", "")) if compare else "other"
        yield Change(f"{place}: {one.name}", str(old), str(new), verdict)


def _members(place: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    for name in sorted(set(before) - set(after)):
        yield Change(f"{place} {name}", "there", "", "looser")
    for name in sorted(set(after) - set(before)):
        yield Change(f"{place} {name}", "", "there", "tighter")
