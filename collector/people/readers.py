"""Tokens of programs that read: one purpose each, named, with an end; kept as their SHA-256. None can write."""

import re
from dataclasses import dataclass

from collector.people.book import Book
from collector.people.secret import digest, new_secret

READ, AUDIT, STATE = "read", "audit", "state"
PURPOSES = {
    READ: "everything that can be read but people and sign-ins",
    AUDIT: "the chain of acts, sets and dossiers: for `seepline audit keep`",
    STATE: "the state of the site and its alarms: for a panel or a monitor",
}
_USED_EACH_MS = 60_000
_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]{20,100})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadersToken:
    """One token; of itself only what it is for."""

    id: int
    purpose: str
    holder: str
    made_ms: int
    ends_ms: int
    used_ms: int | None
    revoked: int


def add(book: Book, purpose: str, holder: str, now_ms: int, ends_ms: int) -> str:
    """Make a token and return it; it is shown this once."""
    secret = new_secret()
    row = (digest(secret), purpose, holder, now_ms, ends_ms)
    with book.open() as db:
        db.execute("INSERT INTO token (sha256, purpose, holder, made_ms, ends_ms) VALUES (?, ?, ?, ?, ?)", row)
    return secret


def purpose_of(book: Book, authorization: str, now_ms: int) -> str:
    """Return the purpose of the living token in an Authorization header, '' for none."""
    given = _BEARER.fullmatch(authorization)
    if given is None:
        return ""
    sql = "SELECT id, purpose, used_ms FROM token WHERE sha256 = ? AND ends_ms > ? AND NOT revoked"
    rows = book.read(sql, (digest(given[1]), now_ms))
    if not rows:
        return ""
    number, purpose, used_ms = rows[0]
    if used_ms is None or now_ms - used_ms > _USED_EACH_MS:
        with book.open() as db:
            db.execute("UPDATE token SET used_ms = ? WHERE id = ?", (now_ms, number))
    return str(purpose)


def tokens(book: Book) -> list[ReadersToken]:
    """Return every token."""
    sql = "SELECT id, purpose, holder, made_ms, ends_ms, used_ms, revoked FROM token ORDER BY id"
    return [ReadersToken(*row) for row in book.read(sql)]


def revoke(book: Book, number: int) -> bool:
    """Revoke a token for good; False when there is none of this number."""
    with book.open() as db:
        return db.execute("UPDATE token SET revoked = 1 WHERE id = ?", (number,)).rowcount == 1
