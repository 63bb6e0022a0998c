"""Who may write: one token per gateway, kept as its sha256 only.

DIR/tokens.toml, mode 0600:

    [[token]]
    gateway = "gw1"
    sha256 = "<64 hex digits>"

A token is 32 random bytes, so a plain sha256 of it cannot be searched through; it is shown once, when it is made.
"""

import hashlib
import hmac
import secrets
import tomllib
from pathlib import Path

from collector.whole_file import replace_file

FILE_NAME = "tokens.toml"


class TokenFileError(Exception):
    """The token file cannot be read: says which and what was expected."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def load(path: Path) -> dict[str, str]:
    """Return sha256 by gateway; empty when the file does not exist.

    Raises
    ------
    TokenFileError
        When the file is not what `add` writes.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("token", [])
        return {str(row["gateway"]): str(row["sha256"]) for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise TokenFileError(f"{path}: expected [[token]] with gateway and sha256, found {error!r}") from error


def add(path: Path, gateway: str) -> str:
    """Make a token for a gateway, which replaces its token before, and return it; only its sha256 is kept."""
    token = secrets.token_urlsafe(32)
    known = {**load(path), gateway: _digest(token)}
    text = "".join(f'[[token]]\ngateway = "{name}"\nsha256 = "{digest}"\n\n' for name, digest in known.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode())
    return token


def gateway_of(known: dict[str, str], authorization: str) -> str | None:
    """Return the gateway whose token stands in an Authorization header (`Token x` or `Bearer x`), or None.

    Every known token is compared, each in constant time, so that the answer's time tells nothing.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() not in ("token", "bearer"):
        return None
    digest = _digest(token.strip())
    matching = [name for name, kept in known.items() if hmac.compare_digest(kept.encode(), digest.encode())]
    return matching[0] if matching else None


class TokenFile:
    """The token file as the running collector sees it: read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._known: dict[str, str] = {}

    def gateway_of(self, authorization: str) -> str | None:
        """Return the gateway that an Authorization header names, or None."""
        stamp = self._stat()
        if stamp != self._stamp:
            self._known, self._stamp = load(self._path), stamp
        return gateway_of(self._known, authorization)

    def _stat(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino
