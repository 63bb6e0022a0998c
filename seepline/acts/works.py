"""The works diary: what people do to a dam that its instruments feel. It explains, and never mutes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from seepline.acts.kind import ActKind
from seepline.acts.roles import ON_SITE
from seepline.site import Site

_MOST_CHARS = 2000

WorkKind = Literal["fill_lift", "drilling", "blasting", "pumping", "pond_move", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """Works from `from_ms` to `to_ms` (None: they go on), at some points, in a section or on the whole dam."""

    work: WorkKind
    from_ms: int
    text: str
    to_ms: int | None = None
    section: str = ""
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryEnd:
    """The works of an entry have ended; `entry` is the id of its act."""

    entry: str
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryWithdraw:
    """An entry was a mistake: it is drawn no more, and stays in the journal."""

    entry: str
    reason: str


def _text_faults(key: str, text: str) -> Iterator[str]:
    if not 0 < len(text.strip()) <= _MOST_CHARS:
        yield f"{key}: found {len(text)} characters; expected 1 to {_MOST_CHARS}"


def _entry_rules(body: Diary, site: Site) -> Iterator[str]:
    yield from _text_faults("text", body.text)
    if body.to_ms is not None and body.to_ms <= body.from_ms:
        yield f"to_ms: found {body.to_ms}; expected a time after from_ms, {body.from_ms}"
    if body.section and body.section not in {one.id for one in site.sections}:
        yield f"section: found {body.section[:64]!r}; expected a section of the site"
    if body.section and body.points:
        yield "points: found points beside a section; expected one of both, or neither for the whole dam"
    for point in body.points:
        if point not in site.point_by_id:
            yield f"points: found {point[:64]!r}; expected points of the site"


def _withdraw_rules(body: DiaryWithdraw, site: Site) -> Iterator[str]:
    yield from _text_faults("reason", body.reason)


KINDS: Mapping[str, ActKind] = {
    "diary": ActKind("works on the dam", ON_SITE, Diary, _entry_rules),
    "diary_end": ActKind("works that have ended", ON_SITE, DiaryEnd),
    "diary_withdraw": ActKind("an entry of the diary taken back", ON_SITE, DiaryWithdraw, _withdraw_rules),
}
