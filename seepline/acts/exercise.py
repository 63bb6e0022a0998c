"""Acts of an exercise: it begins and ends, plays events, and sounds sirens only by the authority that it named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from seepline.acts.kind import ActKind
from seepline.acts.roles import ACCOUNTABLE_EXECUTIVE, AUTHORITY, ENGINEERS
from seepline.site import Site
from seepline.site_rules.values import is_id

LONGEST_MS = 72 * 3_600_000  # an exercise that nobody ends is over by itself
_MOST_CHARS = 400
_LEADERS = ENGINEERS | {AUTHORITY, ACCOUNTABLE_EXECUTIVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """An exercise begins, until a time. `siren_authority` alone may release sirens in it; '' for nobody."""

    exercise: str
    name: str
    until_ms: int
    siren_authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """An exercise is over."""

    exercise: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """Something that is only assumed to happen: no reading, no level of the site."""

    exercise: str
    point: str
    level: Literal["yellow", "orange", "red"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SirenRelease:
    """Sirens may sound in an exercise, from one time to another; `gateway` is '' for all of them."""

    exercise: str
    from_ms: int
    until_ms: int
    gateway: str = ""


def _begin(body: Begin, _site: Site) -> Iterator[str]:
    if not is_id(body.exercise):
        yield f"exercise: found {body.exercise[:64]!r}; expected letters, digits, dot, underline and hyphen"
    if not 0 < len(body.name.strip()) <= _MOST_CHARS:
        yield f"name: found {len(body.name)} characters; expected 1 to {_MOST_CHARS}"
    if body.until_ms <= 0:
        yield f"until_ms: found {body.until_ms}; expected UTC milliseconds"


def _end(body: End, _site: Site) -> Iterator[str]:
    if len(body.text) > _MOST_CHARS:
        yield f"text: found {len(body.text)} characters; expected up to {_MOST_CHARS}"


def _played(body: Played, site: Site) -> Iterator[str]:
    if body.point not in site.point_by_id:
        yield f"point: found {body.point[:64]!r}; expected a point of the site"
    if not 0 < len(body.text.strip()) <= _MOST_CHARS:
        yield f"text: found {len(body.text)} characters; expected 1 to {_MOST_CHARS}"


def _siren(body: SirenRelease, site: Site) -> Iterator[str]:
    if body.gateway and body.gateway not in {one.id for one in site.gateways}:
        yield f"gateway: found {body.gateway[:64]!r}; expected a gateway of the site, or nothing for all"
    if body.until_ms <= body.from_ms:
        yield f"until_ms: found {body.until_ms}; expected a time behind from_ms"


KINDS: Mapping[str, ActKind] = {
    "exercise_begin": ActKind("an exercise begins", _LEADERS, Begin, _begin),
    "exercise_end": ActKind("an exercise is over", _LEADERS, End, _end),
    "exercise_event": ActKind("something is played in an exercise", _LEADERS, Played, _played),
    "siren_release": ActKind("sirens may sound in an exercise", frozenset({AUTHORITY}), SirenRelease, _siren),
}
