"""Who may ask for what: one row for every route of the collector. What stands in no row is refused.

A new route is one row: in READS for GET, in WRITES for everything else. A test holds that none is forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from collector.body import MAX_DOCUMENT_BYTES
from collector.people.forms import MOST_FORM_BYTES
from collector.people.readers import AUDIT, READ, STATE
from seepline.acts.roles import (
    ACCOUNTABLE_EXECUTIVE,
    ADMINISTRATOR,
    AUTHORITY,
    ENGINEERS,
    INDEPENDENT_REVIEWER,
    INSPECTOR,
    ROLES,
)
from seepline.acts.sheets import MOST_BYTES as MOST_SHEET_BYTES


class Who(Enum):
    """Who may."""

    ANYBODY = "anybody: it tells nothing of the dam"
    OWN_PROOF = "whoever brings a gateway's token or a person's signature, which the route checks"
    READER = "a signed-in person or a program's token; on this machine everybody while nobody has an account"
    PERSON = "a signed-in person"
    ENTITLED = "a signed-in person of these roles; on this machine everybody while nobody has an account"
    UNPROVEN = "a person whose code is still lacking"
    DOOR = "whoever wants to sign in, from a page of this collector"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who may, of which roles, with tokens of which purposes, and how much a form or a file may be."""

    who: Who
    roles: frozenset[str] = ROLES
    purposes: frozenset[str] = frozenset((READ,))
    most_bytes: int = MOST_FORM_BYTES


SEES_SIGN_INS = ENGINEERS | {
    ACCOUNTABLE_EXECUTIVE, ADMINISTRATOR, AUTHORITY, INDEPENDENT_REVIEWER, INSPECTOR
}  # those of others; everybody sees their own  # fmt: skip

_anybody, _own_proof, _reader = Rule(Who.ANYBODY), Rule(Who.OWN_PROOF), Rule(Who.READER)
_person, _unproven, _door = Rule(Who.PERSON), Rule(Who.UNPROVEN), Rule(Who.DOOR)
_sheet = Rule(Who.ENTITLED, ENGINEERS, most_bytes=MOST_SHEET_BYTES)
_site_file = Rule(Who.ENTITLED, ENGINEERS, most_bytes=MAX_DOCUMENT_BYTES)
_audit = Rule(Who.READER, purposes=frozenset((READ, AUDIT)))
_state = Rule(Who.READER, purposes=frozenset((READ, AUDIT, STATE)))

READS: Mapping[str, Rule] = {
    "/": _reader,
    "/hand": _reader,
    "/limits": _reader,
    "/replay": _reader,
    "/after-storm": _reader,
    "/alarms": _reader,
    "/alarms/{event}": _reader,
    "/commissioning": _reader,
    "/diary": _reader,
    "/exercise": _reader,
    "/facilities": _reader,
    "/instruments": _reader,
    "/instruments/{instrument}": _reader,
    "/journals": _reader,
    "/journals/commissioning/{point}.pdf": _reader,
    "/journals/point/{point}.pdf": _reader,
    "/journals/report.pdf": _reader,
    "/labels": _reader,
    "/limits/new": _reader,
    "/points": _reader,
    "/points/{point}": _reader,
    "/recompute": _reader,
    "/recompute/previews/{preview}": _reader,
    "/told": _reader,
    "/api/v1/state": _state,
    "/api/v1/alarms": _state,
    "/api/v1/acts": _audit,
    "/api/v1/acts/{act}": _audit,
    "/api/v1/dossiers/{event}": _audit,
    "/api/v1/sets": _audit,
    "/api/v1/sets/{set}": _audit,
    "/api/v1/alarm-load": _state,
    "/api/v1/diary": _reader,
    "/api/v1/duty": _reader,
    "/api/v1/facilities": _state,
    "/api/v1/identities": _reader,
    "/api/v1/imports": _reader,
    "/api/v1/messages": _reader,
    "/api/v1/messages/{event}/attempts": _reader,
    "/api/v1/photos/{sha256}": _reader,
    "/api/v1/events": _audit,
    "/api/v1/openapi.json": _anybody,
    "/api/v1/points": _reader,
    "/api/v1/points/{point}": _reader,
    "/api/v1/points/{point}/series": _reader,
    "/api/v1/points/{point}/versions": _reader,
    "/api/v1/recomputes": _reader,
    "/people": _person,
    "/audit": _person,
    "/me": _person,
    "/key": _person,
    "/totp": _unproven,
    "/signin": _door,
    "/signin/provider": _door,
    "/signin/back": _door,
    "/invite": _door,
    "/static/{name}": _anybody,
    "/field": _anybody,
    "/field/": _anybody,
    "/field/site.json": _anybody,
    "/field/{name}": _anybody,
    "/ping": _anybody,
    "/health": _anybody,
    "/ready": _anybody,
    "/api/v1/gateways/{gateway}/bundle": _own_proof,
    "/api/v1/gateways/{gateway}/watermark": _own_proof,
    "/api/v1/gateways/{gateway}/wishes": _own_proof,
}

WRITES: Mapping[str, Rule] = {
    "/api/v1/acts": _own_proof,
    "/api/v1/photos/{sha256}": _own_proof,
    "/api/v2/write": _own_proof,
    "/api/v1/gateways/{gateway}/bus": _own_proof,
    "/api/v1/sets/draft": _reader,  # it keeps nothing
    "/replay": _reader,  # neither does this
    "/instruments/{instrument}/sheet": _sheet,  # nor these three, but they take time
    "/instruments/{instrument}/preview": _sheet,
    "/recompute/previews": _site_file,
    "/signin": _door,
    "/invite": _door,
    "/totp": _unproven,
    "/signout": _unproven,
    "/me/password": _person,
    "/me/sessions": _person,
}
