"""Whether an act counts: the one check, before it is journalled. Pure.

site -> kind -> person -> role -> appointed -> signature -> body
"""

from collections.abc import Iterator, Mapping
from typing import Any

from seepline.acts.document import AcceptedAct, Act, act_id, statement
from seepline.acts.errors import (
    BadBody,
    ForeignAct,
    ForgedAct,
    NotAppointed,
    NotEntitled,
    UnknownActor,
    UnknownKind,
    WrongClock,
)
from seepline.acts.keys import NO_KEYS, KeyRing
from seepline.acts.kind import ActKind
from seepline.acts.kinds import KINDS
from seepline.bundle.document import time_text
from seepline.bundle.policy import Person, Policy
from seepline.signatures import is_signed_by
from seepline.site import Site, valid_at
from seepline.site_rules.draft import one_of
from seepline.site_rules.values import shown
from seepline.site_shape import read_entry

CLOCKS_DIFFER_MS = 600_000
_TIMES_MS = range(7_258_118_400_000)  # from 1970 to 2199


def checked(act: Act, policy: Policy, site: Site, now_ms: int, ring: KeyRing = NO_KEYS) -> AcceptedAct:
    """Return an act as it is kept when it counts, at the door: it also fits the site as it is now.

    `ring` are the further keys that are believed beside the policy's.

    Raises
    ------
    seepline.acts.errors.ActRefused
        Of the class that says why not, with one sentence.
    """
    accepted = believed(act, policy, site, now_ms, ring)
    problems = list(KINDS[act.kind].fresh(body_of(act, site), site))
    if problem := ring.problem(act, accepted.role, policy) or ring.excess(act, policy.persons[act.person], now_ms):
        problems.append(problem)
    if problems:
        raise BadBody(act.kind, problems)
    return accepted


def believed(act: Act, policy: Policy, site: Site, at_ms: int, ring: KeyRing = NO_KEYS) -> AcceptedAct:
    """Return an act as it was kept at a time when the policy's persons did it; raises ActRefused."""
    if act.site != site.info.id:
        raise ForeignAct(f"the act is about site {act.site[:64]!r}; this collector keeps {site.info.id}")
    accepted = authentic(act, policy, at_ms, ring)
    body_of(act, site)
    return accepted


def authentic(act: Act, policy: Policy, at_ms: int, ring: KeyRing = NO_KEYS) -> AcceptedAct:
    """Return an act as accepted at a time, its body not looked at; raises ActRefused."""
    if act.site != policy.site:
        raise ForeignAct(f"the act is about site {act.site[:64]!r}; the policy is that of {policy.site}")
    kind = KINDS.get(act.kind)
    if kind is None:
        raise UnknownKind(f"kind is {act.kind[:64]!r}; expected {one_of(sorted(KINDS), act.kind)}")
    person = _entitled(act, kind, policy, at_ms)
    keys = (bytes.fromhex(person.public_key), *ring.of(person, act, at_ms))
    if not any(_is_signed(act, key) for key in keys):
        raise ForgedAct(f"the signature is not that of {person.id} over this {act.kind}")
    return AcceptedAct(id=act_id(act), act=act, role=person.role, name=person.name, accepted_ms=at_ms)


def body_of(act: Act, site: Site) -> Any:
    """Return an act's body as the dataclass of its kind. Raises BadBody with everything that is wrong."""
    kind = KINDS[act.kind]
    unusable = [*_unusable("body", act.body)]
    if unusable:
        raise BadBody(act.kind, unusable)
    body, faults = read_entry(kind.body, act.body)
    problems = [f"{key}: found {found}; expected {expected}" for key, found, expected in faults]
    if body is not None:
        problems += kind.rules(body, site)
    if problems:
        raise BadBody(act.kind, problems)
    return body


def _unusable(place: str, value: object) -> Iterator[str]:
    """Yield what no text and no calendar has, at any depth: JSON can say it, but nothing can keep or show it."""
    if isinstance(value, str) and not _is_text(value):
        yield f"{place}: found {value[:64]!r}; expected a text"
    elif isinstance(value, list):
        for number, one in enumerate(value, 1):
            yield from _unusable(f"{place}[{number}]", one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _unusable(f"a key of {place}", key)
            yield from _unusable(ascii(key)[1:-1], one)
    elif isinstance(value, int) and place.endswith("_ms") and value not in _TIMES_MS:
        yield f"{place}: found {shown(value)}; expected UTC milliseconds, from 1970 to 2199"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _entitled(act: Act, kind: ActKind, policy: Policy, now_ms: int) -> Person:
    person = policy.person_at(act.person, act.signed_at_ms)
    if person is None:
        raise UnknownActor(f"{act.person[:64]!r} signed it, whom the policy does not name")
    if person.role not in kind.roles:
        raise NotEntitled(
            f"{person.id} is {person.role}; a {act.kind} is for {', '.join(sorted(kind.roles))} only"
        )
    if act.signed_at_ms > now_ms + CLOCKS_DIFFER_MS:
        raise WrongClock(f"it is signed at {act.signed_at}; the clock here says {time_text(now_ms)}")
    for at_ms in (act.signed_at_ms, now_ms):  # a time of one's own choice is no way round an end
        if not valid_at(person.valid_from_ms, person.valid_to_ms, at_ms):
            raise NotAppointed(f"{person.id} is not appointed as {person.role} on {time_text(at_ms)}")
    return person


def _is_signed(act: Act, public_key: bytes) -> bool:
    try:
        signature = bytes.fromhex(act.signature)
    except ValueError:
        return False
    return is_signed_by(public_key, signature, statement(act))
