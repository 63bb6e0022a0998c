"""Making, inviting, locking and removing accounts. There is no default account and no default password.

NoAccountError        nobody of this id has an account here
InvitationError       this invitation is not known, was used, or is over
"""

import sqlite3

from collector.people import password as passwords
from collector.people.book import Book
from collector.people.secret import digest, new_secret

INVITED_FOR_MS = 86_400_000


class NoAccountError(Exception):
    """A person has no account."""


class InvitationError(Exception):
    """An invitation does not count."""


def invite(book: Book, person: str, now_ms: int) -> str:
    """Make an account, or take password and authenticator from one, and return the secret of its invitation.

    It counts once, for a day; the person's sessions and an earlier invitation end here.
    """
    secret = new_secret()
    with book.open() as db:
        db.execute("INSERT OR IGNORE INTO account (person, made_ms) VALUES (?, ?)", (person, now_ms))
        db.execute(
            "UPDATE account SET password = '', totp = '', totp_offered = '', locked = 0 WHERE person = ?",
            (person,),
        )
        _end_all(db, person)
        db.execute("INSERT INTO invitation VALUES (?, ?, ?)", (digest(secret), person, now_ms + INVITED_FOR_MS))
    return secret


def _end_all(db: sqlite3.Connection, person: str) -> None:
    db.execute("DELETE FROM session WHERE person = ?", (person,))
    db.execute("DELETE FROM invitation WHERE person = ?", (person,))


def invited(book: Book, secret: str, now_ms: int) -> str:
    """Return whose invitation this is. Raises InvitationError."""
    sql = "SELECT person FROM invitation WHERE sha256 = ? AND ends_ms > ?"
    found = book.read(sql, (digest(secret), now_ms))
    if not found:
        raise InvitationError("this invitation is not known, was used, or is older than a day")
    return str(found[0][0])


def take_up(book: Book, secret: str, password: str, now_ms: int) -> str:
    """Give an account its first password and return its person; the invitation is used then.

    Raises
    ------
    InvitationError
    collector.people.password.BusyError
    """
    invited(book, secret, now_ms)
    kept = passwords.hashed(password)
    with book.open() as db:
        sql = "DELETE FROM invitation WHERE sha256 = ? AND ends_ms > ? RETURNING person"
        row = db.execute(sql, (digest(secret), now_ms)).fetchone()
        if row is None:  # somebody was faster
            raise InvitationError("this invitation was used")
        db.execute("UPDATE account SET password = ? WHERE person = ?", (kept, row[0]))
    return str(row[0])


def change_password(book: Book, person: str, password: str, session_id: int) -> None:
    """Give an account another password; all sessions but one end. Raises BusyError."""
    kept = passwords.hashed(password)
    with book.open() as db:
        db.execute("UPDATE account SET password = ? WHERE person = ?", (kept, person))
        db.execute("DELETE FROM session WHERE person = ? AND id <> ?", (person, session_id))


def lock(book: Book, person: str, locked: bool) -> None:
    """Lock an account, which ends its sessions, or open it again. Raises NoAccountError."""
    with book.open() as db:
        _one(db.execute("UPDATE account SET locked = ? WHERE person = ?", (int(locked), person)), person)
        if locked:
            _end_all(db, person)


def remove(book: Book, person: str) -> None:
    """Remove an account; what happened to it stays written. Raises NoAccountError."""
    with book.open() as db:
        _one(db.execute("DELETE FROM account WHERE person = ?", (person,)), person)
        _end_all(db, person)


def _one(cursor: sqlite3.Cursor, person: str) -> None:
    if cursor.rowcount != 1:
        raise NoAccountError(f"{person} has no account: see `seepline collector people list`")
