"""Codes of an authenticator: TOTP (RFC 6238) over HOTP (RFC 4226), SHA-1, six digits, 30 s, as apps have it."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

STEP_S, DIGITS = 30, 6
_SLACK_STEPS = 1  # a phone's clock may be half a minute off


def hotp(key: bytes, counter: int, digits: int = DIGITS) -> str:
    """Return the code of a counter.

    RFC 4226, appendix D, and RFC 6238, appendix B (59 s, 1111111109 s and 20000000000 s, eight digits):

    >>> [hotp(b"12345678901234567890", n) for n in range(4)]
    ['755224', '287082', '359152', '969429']
    >>> [hotp(b"12345678901234567890", at_s // 30, 8) for at_s in (59, 1111111109, 20000000000)]
    ['94287082', '07081804', '65353130']
    """
    mac = hmac.digest(key, counter.to_bytes(8, "big"), hashlib.sha1)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def new_key() -> str:
    """Return a new secret, in the base32 that people type."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(secret: str, code: str, now_s: int, last_step: int) -> int | None:
    """Return the time step whose code this is, when it is near now and later than the last one used; else None.

    >>> key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    >>> step_of(key, "287 082", 59, 0), step_of(key, "287082", 59, 1), step_of(key, "287082", 3600, 0)
    (1, None, None)
    """
    key, typed, now = base64.b32decode(secret), "".join(code.split()), now_s // STEP_S
    steps = range(max(now - _SLACK_STEPS, last_step + 1), now + _SLACK_STEPS + 1)
    found = [step for step in steps if hmac.compare_digest(hotp(key, step).encode(), typed.encode())]
    return found[-1] if found else None


def address_of(secret: str, person: str, site: str) -> str:
    """Return what a QR code says to an authenticator (the de-facto otpauth scheme of Google Authenticator)."""
    label = quote(f"Seepline {site}:{person}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(f'Seepline {site}')}"
