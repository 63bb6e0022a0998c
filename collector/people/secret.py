"""Random secrets that are given away once: 256 bits, of which only the SHA-256 is kept.

Nobody can search through 2^256 of them, so a plain SHA-256 is enough here; passwords are another thing.
"""

import hashlib
import secrets


def new_secret() -> str:
    """Return a secret as text that stands in a cookie, a header or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derived(secret: str, purpose: str) -> str:
    """Return a value that follows from a secret and from which the secret does not follow.

    >>> derived("a", "csrf") == derived("a", "csrf"), derived("a", "csrf") == derived("a", "state")
    (True, False)
    """
    return hashlib.sha256(f"{purpose}\n{secret}".encode()).hexdigest()
