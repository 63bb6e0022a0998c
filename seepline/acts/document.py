"""An act's bytes: canonical JSON, and what of it a person signs.

    {"body": {...}, "kind": "...", "person": "...", "signature": "<128 hex>", "signed_at": "...", "site": "..."}

Signed are 'seepline-act-1', newline, and the same JSON without the signature, so that a page in a browser and
`seepline act` sign the same bytes. Times in a body are UTC milliseconds.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from seepline.acts.errors import DamagedAct
from seepline.bundle.document import canonical, time_ms

FORMAT = b"seepline-act-1"
MOST_BYTES = 1024 * 1024
_WORDS = {"body": "a JSON object"}
_KEYS = frozenset(("body", "kind", "person", "signature", "signed_at", "site"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What one person did, as signed."""

    site: str
    kind: str
    person: str
    signed_at: str
    body: Mapping[str, Any]
    signature: str

    @property
    def signed_at_ms(self) -> int:
        """When it was signed, by the clock of who signed."""
        return time_ms(self.signed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedAct:
    """An act as the journal keeps it: with its id, and with who the person was when it was accepted.

    `accepted_ms` is when that was, by the collector's clock: it stands in the chain with the rest.
    """

    id: str
    act: Act
    role: str
    name: str
    accepted_ms: int = 0


def statement(act: Act) -> bytes:
    """Return the bytes that the person signs."""
    said = asdict(act)
    del said["signature"]
    return FORMAT + b"\n" + canonical(said)


def act_id(act: Act) -> str:
    """Return what names an act: the SHA-256 of its statement, in hex."""
    return hashlib.sha256(statement(act)).hexdigest()


def act_text(act: Act) -> str:
    """Return an act as JSON in its one form."""
    return canonical(asdict(act)).decode()


def read_act(data: bytes | str) -> Act:
    """Return the act in JSON, its signature not checked. Raises DamagedAct."""
    if len(data) > MOST_BYTES:
        raise DamagedAct(f"these {len(data)} bytes are too many for an act; expected at most {MOST_BYTES}")
    try:
        said = json.loads(data)
        return _act(said)
    except (ValueError, RecursionError) as error:
        raise DamagedAct(f"this is no act ({error})") from error


def _act(said: object) -> Act:
    if not isinstance(said, dict) or said.keys() != _KEYS:
        raise DamagedAct(f"this is no act: expected a JSON object with {', '.join(sorted(_KEYS))}")
    for key in sorted(_KEYS):
        if not isinstance(said[key], dict if key == "body" else str):
            raise DamagedAct(f"this is no act: {key} is {said[key]!r:.40}, expected {_WORDS.get(key, 'a text')}")
    act = Act(**said)
    act.signed_at_ms  # noqa: B018 - raises ValueError for what is no time
    canonical(act.body)
    return act


def accepted_text(accepted: AcceptedAct) -> str:
    """Return an accepted act as the journal keeps it."""
    return canonical(asdict(accepted)).decode()


def read_accepted(text: str) -> AcceptedAct:
    """Return the accepted act in a text that `accepted_text` wrote."""
    said = json.loads(text)
    return AcceptedAct(**{**said, "act": Act(**said["act"])})
