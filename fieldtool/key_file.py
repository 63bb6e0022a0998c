"""The operator's key file: one device key per logger, each encrypted. The only importer of `cryptography`.

    {"format": "seepline-keys-1", "scrypt": {"salt", "n", "r", "p"},
     "keys": {"<serial>": {"nonce", "box", "fingerprint", "made"}}}

scrypt (RFC 7914) makes the encrypting key out of the passphrase; AES-256-GCM (NIST SP 800-38D) seals each device
key, with the logger's serial as associated data, so that no entry can be moved to another logger. n = 2^17, r = 8,
p = 1 is what OWASP's password storage page names for scrypt: 128 MiB and about half a second on a laptop.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldtool.connection import FieldError
from seepline.wire import seal

FORMAT = "seepline-keys-1"
FILE_NAME = "seepline-keys.json"
_N, _R, _P = 2**17, 8, 1
_SALT_BYTES, _NONCE_BYTES = 16, 12
LEAST_PASSPHRASE = 12


@dataclass(frozen=True, slots=True)
class KeyFile:
    """An opened key file: the encrypting key stays in memory, the passphrase does not."""

    path: Path
    secret: bytes
    scrypt: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, str]]

    def key(self, serial: int) -> bytes | None:
        """Return the device key of a logger, None when the file has none."""
        entry = self.keys.get(str(serial))
        return _unboxed(self.secret, str(serial), entry) if entry else None

    def with_key(self, serial: int, key: bytes, made: str) -> "KeyFile":
        """Return the file with one more key, written to disk: the old file stays until the new one is whole."""
        entry = _boxed(self.secret, str(serial), key) | {
            "fingerprint": f"{seal.fingerprint(key):08x}",
            "made": made,
        }
        new = KeyFile(self.path, self.secret, self.scrypt, {**self.keys, str(serial): entry})
        _write(new)
        return new


def new_key() -> bytes:
    """Return 32 random bytes of the operating system."""
    return os.urandom(seal.KEY_BYTES)


def open_or_make(path: Path, passphrase: str, n: int = _N) -> KeyFile:
    """Open the key file, or make one that holds no key yet; `n` is scrypt's cost of a new one.

    Raises
    ------
    FieldError
        When the passphrase is wrong or too short, or the file is none of ours.
    """
    if path.exists():
        return _open(path, passphrase)
    if len(passphrase) < LEAST_PASSPHRASE:
        raise FieldError(f"A passphrase of at least {LEAST_PASSPHRASE} characters is needed for a new key file.")
    scrypt = {"salt": _text(os.urandom(_SALT_BYTES)), "n": n, "r": _R, "p": _P}
    made = KeyFile(path, _secret(passphrase, scrypt), scrypt, {})
    _write(made)
    return made


def _open(path: Path, passphrase: str) -> KeyFile:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        scrypt, keys, right = said["scrypt"], said["keys"], said["format"] == FORMAT
        found = KeyFile(path, _secret(passphrase, scrypt), scrypt, keys)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FieldError(f"{path} cannot be read as a key file ({error}).") from error
    if not right:
        raise FieldError(f"{path} is a key file of another format than {FORMAT}.")
    for serial, entry in keys.items():
        _unboxed(found.secret, serial, entry)  # a wrong passphrase must not add keys under a second secret
    return found


def _secret(passphrase: str, scrypt: Mapping[str, Any]) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    made = Scrypt(salt=_bytes(scrypt["salt"]), length=32, n=scrypt["n"], r=scrypt["r"], p=scrypt["p"])
    return made.derive(passphrase.encode())


def _boxed(secret: bytes, serial: str, key: bytes) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return {"nonce": _text(nonce), "box": _text(AESGCM(secret).encrypt(nonce, key, serial.encode()))}


def _unboxed(secret: bytes, serial: str, entry: Mapping[str, str]) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(secret).decrypt(_bytes(entry["nonce"]), _bytes(entry["box"]), serial.encode())
    except InvalidTag as error:
        raise FieldError("The passphrase is wrong, or the key file was changed: nothing was done.") from error


def _write(keys: KeyFile) -> None:
    """Write the file whole, for its owner's eyes only."""
    document = {
        "format": FORMAT,
        "scrypt": dict(keys.scrypt),
        "keys": {name: dict(one) for name, one in keys.keys.items()},
    }
    new = keys.path.with_name(keys.path.name + ".new")
    try:
        keys.path.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(keys.path)
    except OSError as error:
        raise FieldError(f"{keys.path} cannot be written ({error.strerror}).") from error


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
