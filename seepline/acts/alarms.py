"""What persons do to alarms: see, assess, release, shelve, take out of service, observe, tick off an action."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seepline.acts.kind import ActKind
from seepline.acts.roles import ANYONE, ENGINEERS, ON_SITE, OPERATOR
from seepline.alarm.inputs import Decision, Finding
from seepline.site import Site
from seepline.site_alarms import LevelName, ObservedKind
from seepline.site_rules.values import is_id

OBSERVED = "observed"  # in the place of a direction: the alarm of something seen, point or section/kind/observed
_MOST_CHARS = 2000
_MOST_PHOTOS = 20
_SHA256_CHARS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Seen. `alarm` is 'point/quantity/direction', `event` the id of the event that was seen."""

    alarm: str
    event: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What it is, why, and whether the level may follow the readings down."""

    alarm: str
    event: str
    finding: Finding
    decision: Decision
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A level that latches, or that a failed instrument keeps, is let go."""

    alarm: str
    event: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """Levels up to `up_to` are not announced until a time, or (`one_shot`) until the present excursion is over."""

    alarm: str
    up_to: LevelName
    until_ms: int
    reason: str
    one_shot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unshelved:
    """It is announced again."""

    alarm: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfService:
    """A point, or one quantity of it, is under maintenance until a time; `permit` is the paper that allows it."""

    point: str
    until_ms: int
    permit: str
    reason: str
    quantity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InService:
    """It measures again."""

    point: str
    reason: str
    quantity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Something seen at a point or in a section; it sets its level at once. Photos are named by their SHA-256."""

    place: str
    what: ObservedKind
    level: LevelName
    seen_ms: int
    text: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone:
    """An action that a raised level asks for is done."""

    alarm: str
    event: str
    action: str
    reason: str = ""


def _alarm_rules(body: Any, site: Site) -> Iterator[str]:
    parts = body.alarm.split("/")
    if len(parts) != 3 or not all(is_id(part) for part in parts):
        yield f"alarm: found {body.alarm[:64]!r}; expected 'point/quantity/direction'"
    elif parts[0] not in _places(site):
        yield f"alarm: found {parts[0]!r}; expected a point or a section of the site"
    if not is_id(getattr(body, "event", "x")):
        yield f"event: found {body.event[:64]!r}; expected the id of the event that raised it"


def _point_rules(body: Any, site: Site) -> Iterator[str]:
    if body.point not in site.point_by_id:
        yield f"point: found {body.point[:64]!r}; expected a point of the site"


def _observed_rules(body: Observed, site: Site) -> Iterator[str]:
    if body.place not in _places(site):
        yield f"place: found {body.place[:64]!r}; expected a point or a section of the site"
    for photo in body.photos[: _MOST_PHOTOS + 1]:
        if len(photo) != _SHA256_CHARS or not set(photo) <= set("0123456789abcdef"):
            yield f"photos: found {photo[:64]!r}; expected the SHA-256 of a photo, 64 hex digits"
    if len(body.photos) > _MOST_PHOTOS:
        yield f"photos: found {len(body.photos)}; expected at most {_MOST_PHOTOS}"


def _places(site: Site) -> set[str]:
    return {*site.point_by_id, *(section.id for section in site.sections)}


def _said(key: str, least: int = 1) -> Callable[[Any, Site], Iterator[str]]:
    """Return the rule that a text says something, and not a book."""

    def rule(body: Any, _site: Site) -> Iterator[str]:
        length = len(getattr(body, key).strip())
        if not least <= length <= _MOST_CHARS:
            yield f"{key}: found {length} characters; expected {least} to {_MOST_CHARS}"

    return rule


def _all(*rules: Callable[[Any, Site], Iterator[str]]) -> Callable[[Any, Site], list[str]]:
    return lambda body, site: [problem for rule in rules for problem in rule(body, site)]


_WORKERS = ENGINEERS | {OPERATOR}
_WITH_REASON = _all(_alarm_rules, _said("reason"))
_OUT = _all(_point_rules, _said("reason"), _said("permit"))
_BACK = _all(_point_rules, _said("reason"))
_MAYBE_REASON = _all(_alarm_rules, _said("reason", 0))

KINDS: Mapping[str, ActKind] = {
    "acknowledge": ActKind("an alarm seen", ON_SITE, Acknowledged, _MAYBE_REASON),
    "assess": ActKind("what an alarm is", ENGINEERS, Assessed, _WITH_REASON),
    "release": ActKind("a level let go", ENGINEERS, Released, _WITH_REASON),
    "shelve": ActKind("an alarm not announced for a time", _WORKERS, Shelved, _WITH_REASON),
    "unshelve": ActKind("an alarm announced again", _WORKERS, Unshelved, _MAYBE_REASON),
    "out_of_service": ActKind("an instrument under maintenance", _WORKERS, OutOfService, _OUT),
    "in_service": ActKind("an instrument in service again", _WORKERS, InService, _BACK),
    "observe": ActKind("something seen on the dam", ANYONE, Observed, _all(_observed_rules, _said("text"))),
    "action_done": ActKind("an action done", ANYONE, ActionDone, _MAYBE_REASON),
}
