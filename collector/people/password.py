"""Passwords: what is refused, and their argon2id hash (RFC 9106, second recommended setting). The door of argon2.

PasswordRefused    a new password is no good: one sentence
BusyError          too many passwords are being checked at once
"""

import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from collector.web.words import noted

LEAST_CHARS, MOST_CHARS = 12, 200
_AT_ONCE, _WAITING, _WAIT_S = 2, 6, 10.0  # 64 MiB and about 0.1 s each: what a small server can bear
_HASHER = PasswordHasher()
# of 256 random bits that nobody kept: against it the password of an unknown name is checked
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$kgFsMAh0KXonGaBOYOa+yg$0EPQLpCu+fbdW0iCJmUzyq1ZrnR5Re3AE5Vej6mqbc0"
_DOORS, _PLACES = threading.BoundedSemaphore(_AT_ONCE), threading.BoundedSemaphore(_AT_ONCE + _WAITING)

# of twelve letters and more: shorter ones are refused for their length
_COMMON = frozenset((Path(__file__).parent / "common.txt").read_text(encoding="utf-8").split())


class PasswordRefused(Exception):  # noqa: N818 - it says what is wrong with a password
    """A new password is not taken."""


class BusyError(Exception):
    """Too many passwords are being checked at once; nothing was checked."""


def checked(password: str, own_words: Iterable[str]) -> str:
    """Return a new password when it will do; `own_words` are the person's id and name.

    Raises
    ------
    PasswordRefused
        With the first rule that it breaks, which is for the person who typed it.
    """
    plain = _plain(password)
    folded = plain.casefold()
    if len(plain) < LEAST_CHARS:
        raise PasswordRefused(noted("Expected at least 12 characters."))
    if len(plain) > MOST_CHARS:
        raise PasswordRefused(noted("Expected at most 200 characters."))
    if folded in {word.casefold() for word in own_words if word}:
        raise PasswordRefused(noted("Expected something else than your own name."))
    if folded in _COMMON or len(set(folded)) < 4:
        raise PasswordRefused(noted("Whoever guesses passwords tries this one first."))
    return plain


def hashed(password: str) -> str:
    """Return the hash of a password. Raises BusyError."""
    with _one_of_few():
        return _HASHER.hash(_plain(password))


def fits(kept: str, password: str) -> bool:
    """Tell whether a password is that of a hash; '' for no hash costs the same time. Raises BusyError."""
    with _one_of_few():
        try:
            return _HASHER.verify(kept or _NOBODY, _plain(password)) and bool(kept)
        except (Argon2Error, InvalidHashError):
            return False


def _plain(password: str) -> str:
    """Return a password as every keyboard types it."""
    return unicodedata.normalize("NFKC", password)


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Hold a place among those who wait, which is not one for everybody: pages need threads too."""
    if not _PLACES.acquire(blocking=False):
        raise BusyError("too many people sign in at this moment")
    try:
        if not _DOORS.acquire(timeout=_WAIT_S):
            raise BusyError("too many people sign in at this moment")
        try:
            yield
        finally:
            _DOORS.release()
    finally:
        _PLACES.release()
