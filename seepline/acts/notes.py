"""A note: a remark of a person about the dam or a point, told to everybody who looks at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import ANYONE
from seepline.site import Site

_MOST_CHARS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was remarked; `point` is '' for the whole dam, `at_ms` when it was seen."""

    text: str
    at_ms: int
    point: str = ""


def _rules(body: Note, site: Site) -> Iterator[str]:
    if not 0 < len(body.text.strip()) <= _MOST_CHARS:
        yield f"text: found {len(body.text)} characters; expected 1 to {_MOST_CHARS}"
    if body.point and body.point not in site.point_by_id:
        yield f"point: found {body.point[:64]!r}; expected a point of the site"


KINDS: Mapping[str, ActKind] = {"note": ActKind("a remark", ANYONE, Note, _rules)}
