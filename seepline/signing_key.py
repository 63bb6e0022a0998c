"""A person's or a service's Ed25519 key (RFC 8032) in files: made, opened, signing. A door of `cryptography`.

The private half is a PEM file (PKCS #8, encrypted with a passphrase), the public half lies beside it as
<name>.pub. There is no default key, and no file is ever overwritten.

    SigningKeyError    a key file cannot be made or opened: one sentence that says what to do
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LEAST_PASSPHRASE = 12
_RAW = serialization.Encoding.Raw
_PEM = serialization.Encoding.PEM


class SigningKeyError(Exception):
    """A key file cannot be made or opened."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An opened key."""

    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.public.hex()[:16]}...)"

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self.private.public_key().public_bytes(_RAW, serialization.PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, 64 bytes."""
        return self.private.sign(message)


def new() -> SigningKey:
    """Return a key of the operating system's randomness."""
    return SigningKey(Ed25519PrivateKey.generate())


def make(path: Path, passphrase: str) -> SigningKey:
    """Write a new key to `path` and its public half to <path>.pub.

    Raises
    ------
    SigningKeyError
        When the passphrase is short, a file is there already, or it cannot be written.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise SigningKeyError(f"A passphrase of at least {LEAST_PASSPHRASE} characters is needed for {path}.")
    key = new()
    box = serialization.BestAvailableEncryption(passphrase.encode())
    _write_new(path, key.private.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, box), 0o600)
    public = key.private.public_key().public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _write_new(path.with_name(path.name + ".pub"), public, 0o644)
    return key


def load(path: Path, passphrase: str) -> SigningKey:
    """Return the key of a file.

    Raises
    ------
    SigningKeyError
        When it does not open with this passphrase, or holds another kind of key.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(f"{path} does not open as a key: wrong file or wrong passphrase.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"{path} holds a key of another kind than Ed25519.")
    return SigningKey(key)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SigningKeyError(
            f"{path} cannot be written ({error.strerror}); no key is ever overwritten."
        ) from error
