"""What an authenticator shares with the collector, sealed at rest with AES-256-GCM. A door of `cryptography`.

The key lies in a file of its own, so that the database, or a copy of it, makes no codes. A sealed secret names its
key, and opens for its own person only:

    1:<16 hex digits that name the key>:<base64 of 12 random bytes, the secret and its tag>

SealError    a secret cannot be sealed or opened: one sentence that says what to do
"""

import base64
import hashlib
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE_NAME = "people.key"
_FORM, _NONCE_BYTES = "1:", 12
_TEXT = re.compile(r"[0-9a-f]{64}")


class SealError(Exception):
    """A secret cannot be sealed or opened."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A key of 32 bytes, which never stands in its repr."""

    key: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """What names the key and does not tell it."""
        return hashlib.sha256(b"seepline-people-key-1\n" + self.key).hexdigest()[:16]

    def closed(self, secret: str, person: str) -> str:
        """Return a secret of a person as it is kept."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = nonce + AESGCM(self.key).encrypt(nonce, secret.encode(), person.encode())
        return f"{_FORM}{self.name}:{base64.b64encode(box).decode()}"

    def opened(self, kept: str, person: str) -> str:
        """Return the secret of what is kept of a person. Raises SealError."""
        if name_in(kept) != self.name:
            raise SealError(
                f"the authenticator of {person} is sealed with key {name_in(kept)}, and the key file holds key"
                f" {self.name}: put the other key file back, or reset {person}"
            )
        try:
            box = base64.b64decode(kept.rpartition(":")[2], validate=True)
            return AESGCM(self.key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], person.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealError(
                f"what is kept of the authenticator of {person} was changed or damaged: reset {person}"
            ) from error


def is_sealed(kept: str) -> bool:
    """Tell whether this is a sealed secret, and not a plain one as they lay before (base32 has no colon)."""
    return kept.startswith(_FORM)


def name_in(kept: str) -> str:
    """Return the name of the key of a sealed secret.

    >>> name_in("1:0011223344556677:AAAA")
    '0011223344556677'
    """
    return kept.removeprefix(_FORM).partition(":")[0]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Where the key lies. `is_given`: systemd gives it, and guards it, as a credential of the service."""

    path: Path
    is_given: bool = False

    def is_there(self) -> bool:
        """Tell whether there is a key file."""
        return self.path.exists()

    def read(self) -> Seal:
        """Return the key. Raises SealError."""
        try:
            mode, text = stat.S_IMODE(self.path.stat().st_mode), self.path.read_text(encoding="ascii").strip()
        except FileNotFoundError as error:
            raise SealError(f"{self.path}, the key file of the authenticators, is missing: put it back") from error
        except (OSError, UnicodeDecodeError) as error:
            raise SealError(
                f"{self.path}, the key file of the authenticators, cannot be read ({error})"
            ) from error
        if mode & 0o077 and not self.is_given:
            raise SealError(f"{self.path} has mode {mode:04o}: others can read it; chmod 600 {self.path}")
        if not _TEXT.fullmatch(text):
            raise SealError(f"{self.path} is no key file of authenticators: expected 64 hex digits")
        return Seal(bytes.fromhex(text))

    def make(self) -> Seal:
        """Write a new key, whole on disk before it is used; one that is there already counts. Raises SealError."""
        fresh = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_bytes(32).hex() + "\n")
                file.flush()
                os.fsync(file.fileno())
            _give_to_owner(fresh)
            _link(fresh, self.path)
        except OSError as error:
            raise SealError(f"{self.path}, a new key file, cannot be written ({error.strerror})") from error
        return self.read()


def _give_to_owner(path: Path) -> None:
    """Give a file that root makes to whom the directory belongs."""
    if os.geteuid() == 0:
        about = path.parent.stat()
        os.chown(path, about.st_uid, about.st_gid)


def _link(fresh: Path, path: Path) -> None:
    """Put a file in its place unless one is there, and that on disk."""
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # somebody was faster
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def key_file(data: Path, credentials: str = "") -> KeyFile:
    """Return where the key lies: among the credentials of the service when it is there, else in `data`."""
    given = Path(credentials) / FILE_NAME
    return KeyFile(given, True) if credentials and given.exists() else KeyFile(data / FILE_NAME)
