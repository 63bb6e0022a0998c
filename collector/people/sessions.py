"""Sessions: a random id in a cookie, of which the file knows the SHA-256. Each ends by itself, unused or old.

`proved` says that the second factor was shown as well. An id is drawn at each sign-in and again when a session
becomes more than it was, so that one which somebody planted is worth nothing.
"""

from dataclasses import dataclass

from collector.people.book import Book
from collector.people.secret import derived, digest, new_secret

IDLE_MS, LONGEST_MS = 12 * 3_600_000, 7 * 86_400_000
_SEEN_EACH_MS = 60_000
_MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a person."""

    id: int
    person: str
    proved: bool
    begun_ms: int
    seen_ms: int
    address: str
    browser: str


_COLUMNS = "s.id, s.person, s.proved, s.begun_ms, s.seen_ms, s.address, s.browser"
_LIVING = (
    "s.seen_ms > ? AND s.begun_ms > ?"
    " AND EXISTS (SELECT 1 FROM account a WHERE a.person = s.person AND NOT a.locked)"
)


def _living(now_ms: int) -> tuple[int, int]:
    return now_ms - IDLE_MS, now_ms - LONGEST_MS


def begin(book: Book, person: str, proved: bool, caller: Caller, now_ms: int, instead_of: str = "") -> str:
    """Begin a session and return its secret; the session of the secret `instead_of` ends."""
    secret = new_secret()
    row = (digest(secret), person, int(proved), now_ms, now_ms, caller.address, caller.browser[:_MOST_CHARS])
    with book.open() as db:
        db.execute("DELETE FROM session WHERE sha256 = ?", (digest(instead_of),))
        db.execute("DELETE FROM session WHERE seen_ms <= ? OR begun_ms <= ?", _living(now_ms))
        sql = "INSERT INTO session (sha256, person, proved, begun_ms, seen_ms, address, browser)"
        db.execute(f"{sql} VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return secret


def session_of(book: Book, secret: str, now_ms: int) -> Session | None:
    """Return the living session of a cookie; that it was seen is written once a minute."""
    sql = f"SELECT {_COLUMNS} FROM session s WHERE s.sha256 = ? AND {_LIVING}"  # noqa: S608 - our own words
    rows = book.read(sql, (digest(secret), *_living(now_ms)))
    if not rows:
        return None
    found = Session(*rows[0])
    if now_ms - found.seen_ms > _SEEN_EACH_MS:
        with book.open() as db:
            db.execute("UPDATE session SET seen_ms = ? WHERE id = ?", (now_ms, found.id))
    return found


def sessions_of(book: Book, person: str, now_ms: int) -> list[Session]:
    """Return a person's living sessions, the one used last first."""
    sql = f"SELECT {_COLUMNS} FROM session s WHERE s.person = ? AND {_LIVING} ORDER BY s.seen_ms DESC"  # noqa: S608
    return [Session(*row) for row in book.read(sql, (person, *_living(now_ms)))]


def end(book: Book, person: str, session_id: int | None = None) -> None:
    """End one session of a person, or all of them."""
    with book.open() as db:
        db.execute("DELETE FROM session WHERE person = ? AND ? IN (id, -1)", (person, session_id or -1))


def csrf_of(secret: str) -> str:
    """Return what every form of a session carries back."""
    return derived(secret, "csrf")
