"""The act `duty`: somebody takes another's duty in a rota for a time, under their own name.

Rotas stand in notify.toml, which is no part of the site: whether one of this name exists, and whether the person
has a contact there, is seen when somebody is to be told. Where not, everybody of the rota is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import ACCOUNTABLE_EXECUTIVE, ENGINEERS, OPERATOR
from seepline.site import Site
from seepline.site_rules.values import is_id

LONGEST_MS = 60 * 86_400_000  # a longer one is another plan: it belongs into notify.toml
_MOST_CHARS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """`person` has the duty of `instead_of`, or of whoever is planned where that is ''. Times are UTC ms."""

    rota: str
    person: str
    from_ms: int
    until_ms: int
    instead_of: str = ""
    reason: str = ""


def _rules(body: Duty, _site: Site) -> Iterator[str]:
    for key in ("rota", "person"):
        if not is_id(getattr(body, key)):
            yield f"{key}: found {getattr(body, key)[:64]!r}; expected letters, digits, dot, underline and hyphen"
    if body.instead_of and not is_id(body.instead_of):
        yield f"instead_of: found {body.instead_of[:64]!r}; expected the id of a person, or nothing"
    if not 0 < body.until_ms - body.from_ms <= LONGEST_MS:
        yield f"until_ms: found {body.until_ms}; expected a time behind from_ms, by at most 60 days"
    if len(body.reason) > _MOST_CHARS:
        yield f"reason: found {len(body.reason)} characters; expected up to {_MOST_CHARS}"


KINDS: Mapping[str, ActKind] = {
    "duty": ActKind("a duty taken over", ENGINEERS | {OPERATOR, ACCOUNTABLE_EXECUTIVE}, Duty, _rules)
}
