"""The bundle's bytes: a line with the service key's signature, then canonical JSON, all of it signed.

    seepline-bundle-2 <128 hex digits: Ed25519 over 'seepline-bundle-2', newline, JSON>
    {"acts":[{"act","arrived_ms"},...],"approvals":[{"person","set","signature","signed_at"},...],
     "decided":[{"effective_ms","set"},...],"made_at","number","policy","site","site_id"}

`acts` are the signed acts on sets of limits (seepline.acts), as text, from which a gateway makes the register of
sets by itself; `decided` is what the collector made of them. `number` only rises. `site` is the text of SITE.toml:
calibrations and limits with it. `policy` is the SHA-256 of the policy that the collector checked it by, for people
to compare; a gateway trusts its own. JSON is canonical: keys sorted, no spaces, ASCII, so that one bundle has one
form.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from seepline.bundle.errors import Damaged

FORMAT = b"seepline-bundle-2"
MOST_BYTES = 32 * 1024 * 1024
_HEAD = re.compile(rb"seepline-bundle-2 ([0-9a-f]{128})\n")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's signature, 128 hex digits, over one set of limits at one time."""

    set: str
    person: str
    signed_at: str
    signature: str

    @property
    def signed_at_ms(self) -> int:
        """When it was signed."""
        return time_ms(self.signed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledAct:
    """A signed act on a set of limits, as JSON, and when the collector took it."""

    act: str
    arrived_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A set that was decided, and when it comes into force."""

    set: str
    effective_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle says."""

    number: int
    made_at: str
    site_id: str
    site: str
    policy: str
    approvals: tuple[Approval, ...]
    acts: tuple[BundledAct, ...] = ()
    decided: tuple[Decided, ...] = ()


def time_text(at_ms: int) -> str:
    """Return a time as bundles write it.

    >>> time_text(1451634300999)
    '2016-01-01T07:45:00Z'
    """
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime(_TIME)


def time_ms(text: str) -> int:
    """Return UTC milliseconds of a bundle's time. Raises ValueError."""
    return (datetime.strptime(text, _TIME).replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def canonical(value: object) -> bytes:
    """Return the one JSON form of a value. Raises ValueError for a number that JSON does not have.

    >>> canonical({"b": [1, 2.5], "a": "x"})
    b'{"a":"x","b":[1,2.5]}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def payload(bundle: Bundle) -> bytes:
    """Return the signed part of a bundle."""
    return canonical(asdict(bundle))


def signed_bytes(content: bytes) -> bytes:
    """Return what the service key signs."""
    return FORMAT + b"\n" + content


def sealed(content: bytes, signature: bytes) -> bytes:
    """Return the bundle of a payload and its signature."""
    return FORMAT + b" " + signature.hex().encode() + b"\n" + content


def opened(data: bytes) -> tuple[bytes, bytes]:
    """Return (signature, payload) of a bundle, neither of them checked. Raises Damaged."""
    head = _HEAD.match(data)
    if head is None or len(data) > MOST_BYTES:
        raise Damaged(f"these {len(data)} bytes do not begin as a bundle of format {FORMAT.decode()}")
    return bytes.fromhex(head[1].decode()), data[head.end() :]


def read(content: bytes) -> Bundle:
    """Return what a payload says. Raises Damaged."""
    try:
        said = json.loads(content)
        lists: dict[str, Any] = {key: tuple(kind(**one) for one in said.pop(key)) for key, kind in _LISTS.items()}
        bundle = Bundle(**said, **lists)
        _check(bundle)
        whole = payload(bundle) == content
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Damaged(f"the bundle's content cannot be read ({error})") from error
    if not whole:
        raise Damaged("the bundle's content is not in its one form")
    return bundle


_LISTS: Mapping[str, Callable[..., Any]] = {"approvals": Approval, "acts": BundledAct, "decided": Decided}


def _check(bundle: Bundle) -> None:
    texts: list[Any] = [bundle.made_at, bundle.site_id, bundle.site, bundle.policy]
    for one in bundle.approvals:
        texts += [one.set, one.person, one.signed_at, one.signature]
        time_ms(one.signed_at)
    time_ms(bundle.made_at)
    texts += [*(one.act for one in bundle.acts), *(one.set for one in bundle.decided)]
    numbers = [*(one.arrived_ms for one in bundle.acts), *(one.effective_ms for one in bundle.decided)]
    if not all(type(number) is int for number in numbers):
        raise ValueError("a time is something else")
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text is something else")
    if not isinstance(bundle.number, int) or isinstance(bundle.number, bool) or not 1 <= bundle.number < 2**32:
        raise ValueError(f"number is {bundle.number!r}, expected 1 to 4294967295")
