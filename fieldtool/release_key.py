"""The release key: an Ed25519 key pair (RFC 8032) that signs what loggers may run. Kept outside the repository.

The private half is a PEM file (PKCS #8, encrypted with a passphrase) for whoever releases, offline; the public
half beside it, <name>.pub, goes into every logger at its first flash. There is no default key: a logger flashed
without one takes no update over the line. The passphrase comes from the file that SEEPLINE_RELEASE_PASSPHRASE_FILE
names, else from a prompt; it is never an argument and never shown.
"""

import getpass
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fieldtool.connection import FieldError
from seepline import signing_key
from seepline.signing_key import SigningKey, SigningKeyError

VARIABLE = "SEEPLINE_RELEASE_PASSPHRASE_FILE"
_RAW = serialization.Encoding.Raw


def make(path: Path, passphrase: str) -> bytes:
    """Write a new key pair to `path` and <path>.pub and return the public key, 32 bytes.

    Raises
    ------
    FieldError
        When the file is there already, would lie in a repository, cannot be written, or the passphrase is short.
    """
    if any((folder / ".git").exists() for folder in path.resolve().parents):
        raise FieldError(f"{path} lies in a repository: a release key belongs on a medium of its own.")
    return _ours(lambda: signing_key.make(path, passphrase)).public


def public_path(path: Path) -> Path:
    """Return where the public half of a key file lies."""
    return path.with_name(path.name + ".pub")


def load(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Return the private key of a file. Raises FieldError."""
    return _ours(lambda: signing_key.load(path, passphrase)).private


def _ours(work: Callable[[], SigningKey]) -> SigningKey:
    try:
        return work()
    except SigningKeyError as error:
        raise FieldError(str(error)) from error


def load_public(path: Path) -> bytes:
    """Return the 32 bytes of a public key file. Raises FieldError."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise FieldError(f"{path} is no public release key: give the file that ends in .pub.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise FieldError(f"{path} holds a key of another kind than Ed25519.")
    return key.public_bytes(_RAW, serialization.PublicFormat.Raw)


def passphrase(question: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the passphrase: the first line of the file that the environment names, else what is typed."""
    named = environment.get(VARIABLE)
    if not named:
        return getpass.getpass(question)
    try:
        return Path(named).read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError) as error:
        raise FieldError(f"{VARIABLE} names {named}, which cannot be read or is empty.") from error
