"""Further keys of a person, as of a second phone: made known by the person's key of the policy, with an end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import ROLES
from seepline.signatures import PUBLIC_KEY_BYTES, is_public_key
from seepline.site import Site

_MOST_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKey:
    """A further public key of whoever signs this, for a device that has a name, believed until a time."""

    public_key: str
    device: str
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKeyEnd:
    """A further key is believed no more."""

    public_key: str
    reason: str = ""


def _is_key(text: str) -> bool:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return False
    return len(key) == PUBLIC_KEY_BYTES and key.hex() == text and is_public_key(key)


def _key(body: DeviceKey, _site: Site) -> Iterator[str]:
    if not _is_key(body.public_key):
        yield f"public_key: found {body.public_key[:70]!r}; expected an Ed25519 key: 64 hex digits in lower case"
    if not 0 < len(body.device.strip()) <= _MOST_CHARS:
        yield f"device: found {len(body.device)} characters; expected 1 to {_MOST_CHARS}"


def _end(body: DeviceKeyEnd, _site: Site) -> Iterator[str]:
    if not _is_key(body.public_key):
        yield f"public_key: found {body.public_key[:70]!r}; expected the 64 hex digits of the key"
    if len(body.reason) > _MOST_CHARS:
        yield f"reason: found {len(body.reason)} characters; expected up to {_MOST_CHARS}"


KINDS: Mapping[str, ActKind] = {
    "device_key": ActKind("a further key of a person", ROLES, DeviceKey, _key),
    "device_key_end": ActKind("a further key is believed no more", ROLES, DeviceKeyEnd, _end),
}
