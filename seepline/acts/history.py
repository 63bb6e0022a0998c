"""An engineer asks that history be made again, by the site file that the collector runs with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import ENGINEERS
from seepline.site import Site

_MOST_CHARS = 2000
_DIGEST_CHARS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Recompute:
    """Why, of which points (with all that depends on them; () is all points), and from which time on (None: all).

    `site` is the digest that a preview has shown: with it, history is made by that site or not at all.
    """

    reason: str
    points: tuple[str, ...] = ()
    from_ms: int | None = None
    site: str = ""


def _rules(body: Recompute, site: Site) -> Iterator[str]:
    if not 0 < len(body.reason.strip()) <= _MOST_CHARS:
        yield f"reason: found {len(body.reason)} characters; expected 1 to {_MOST_CHARS}"
    for point in body.points:
        if point not in site.point_by_id:
            yield f"points: found {point[:64]!r}; expected points of the site"
    if body.site and (len(body.site) != _DIGEST_CHARS or not set(body.site) <= set("0123456789abcdef")):
        yield f"site: found {body.site[:80]!r}; expected the {_DIGEST_CHARS} characters that the preview prints"


KINDS: Mapping[str, ActKind] = {
    "recompute": ActKind("history made again from raw readings", ENGINEERS, Recompute, _rules)
}
