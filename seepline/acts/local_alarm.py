"""Acts at a gateway's local alarm: they are signed for its own door, which needs no network to check them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from seepline.acts.kind import ActKind
from seepline.acts.roles import ENGINEERS, ON_SITE
from seepline.site import Site

_MOST_CHARS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The alarms that are latched at a gateway end, for a reason."""

    gateway: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof test of a gateway's contact and messages: it begins, and somebody says whether all was heard."""

    gateway: str
    step: Literal["begin", "passed", "failed"]
    text: str = ""


def _gateway(gateway: str, site: Site) -> Iterator[str]:
    if gateway not in {one.id for one in site.gateways}:
        yield f"gateway: found {gateway[:64]!r}; expected a gateway of the site"


def _release(body: Release, site: Site) -> Iterator[str]:
    yield from _gateway(body.gateway, site)
    if not 0 < len(body.reason.strip()) <= _MOST_CHARS:
        yield f"reason: found {len(body.reason)} characters; expected 1 to {_MOST_CHARS}"


def _proof(body: Proof, site: Site) -> Iterator[str]:
    yield from _gateway(body.gateway, site)
    if len(body.text) > _MOST_CHARS or (body.step == "failed" and not body.text.strip()):
        yield f"text: found {len(body.text)} characters; expected up to {_MOST_CHARS}, and what failed, if it did"


KINDS: Mapping[str, ActKind] = {
    "local_release": ActKind("alarms latched at a gateway are released", ENGINEERS, Release, _release),
    "local_proof": ActKind("a proof test of a gateway's local alarm", ON_SITE, Proof, _proof),
}
