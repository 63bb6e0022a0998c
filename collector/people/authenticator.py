"""A person's authenticator: offered, confirmed by a code of it, and then each of its codes counts once.

Its secret is kept sealed (collector.people.seal); each of these raises SealError when that does not open.
"""

from contextlib import suppress

from collector.people import totp
from collector.people.book import Book
from collector.people.seal import KeyFile, SealError, is_sealed
from collector.people.sealing import seal_for
from seepline.acts.roles import ADMINISTRATOR, APPROVERS, ENGINEERS, OPERATOR, PROPOSERS

NEEDS_ONE = (
    PROPOSERS | APPROVERS | ENGINEERS | {OPERATOR, ADMINISTRATOR}
)  # roles that sign what moves limits and alarms


def offered(book: Book, key: KeyFile, person: str) -> str:
    """Return the secret that a person's authenticator is offered, the same one until it is confirmed."""
    seal = seal_for(book, key)
    with book.open() as db:
        row = db.execute("SELECT totp_offered FROM account WHERE person = ?", (person,)).fetchone()
        with suppress(SealError):  # one that no longer opens is offered no more
            if row[0]:
                return _plain(key, person, row[0])
        secret = totp.new_key()
        db.execute("UPDATE account SET totp_offered = ? WHERE person = ?", (seal.closed(secret, person), person))
    return secret


def _plain(key: KeyFile, person: str, kept: str) -> str:
    return key.read().opened(kept, person) if is_sealed(kept) else kept


def confirmed(book: Book, key: KeyFile, person: str, code: str, now_ms: int) -> bool:
    """Take the offered secret for good when this is a code of it."""
    with book.open() as db:
        row = db.execute("SELECT totp_offered FROM account WHERE person = ? AND totp = ''", (person,)).fetchone()
        step = totp.step_of(_plain(key, person, row[0]), code, now_ms // 1000, 0) if row and row[0] else None
        if step is None:
            return False
        sql = "UPDATE account SET totp = totp_offered, totp_offered = '', totp_step = ? WHERE person = ?"
        db.execute(sql, (step, person))
    return True


def used(book: Book, key: KeyFile, person: str, code: str, now_ms: int) -> bool:
    """Tell whether this is a code of a person's authenticator that was never used; now it is."""
    with book.open() as db:
        row = db.execute("SELECT totp, totp_step FROM account WHERE person = ?", (person,)).fetchone()
        if not row or not row[0]:
            return False
        step = totp.step_of(_plain(key, person, row[0]), code, now_ms // 1000, row[1])
        if step is None:
            return False
        db.execute("UPDATE account SET totp_step = ? WHERE person = ?", (step, person))
    return True
