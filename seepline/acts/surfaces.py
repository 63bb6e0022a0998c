"""A response surface signed: the engineer of record answers for a factor of safety read from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import DEPUTY_ENGINEER_OF_RECORD, ENGINEER_OF_RECORD
from seepline.derive.stability import digest
from seepline.site import Site
from seepline.site_derived import Derived


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSurface:
    """Which declaration is signed, by the digest of all that it says (`seepline surface` prints it)."""

    point: str
    version: int
    digest: str
    reason: str


def surface_of(site: Site, body: ResponseSurface) -> Derived | None:
    """Return the declaration that a body names, None where there is none."""
    for one in site.derived:
        if (one.formula, one.point, one.version) == ("factor_of_safety", body.point, body.version):
            return one
    return None


def _rules(body: ResponseSurface, site: Site) -> Iterator[str]:
    declared = surface_of(site, body)
    if declared is None:
        yield f"point: found {body.point[:64]!r}, version {body.version}; expected a factor_of_safety of the site"
    elif body.digest != digest(site.info.id, declared):
        yield f"digest: found {body.digest[:64]!r}; expected that of the table as it stands: look at it again"
    if not body.reason.strip():
        yield "reason: found nothing; expected why this table may be used"


KINDS: Mapping[str, ActKind] = {
    "response_surface": ActKind(
        "a table of factors of safety signed",
        frozenset((ENGINEER_OF_RECORD, DEPUTY_ENGINEER_OF_RECORD)),
        ResponseSurface,
        _rules,
    )
}
