"""A person's authenticator: offered, confirmed by a code of it, and then each of its codes counts once."""

from collector.people import totp
from collector.people.book import Book
from seepline.acts.roles import ADMINISTRATOR, APPROVERS, ENGINEERS, OPERATOR, PROPOSERS

NEEDS_ONE = (
    PROPOSERS | APPROVERS | ENGINEERS | {OPERATOR, ADMINISTRATOR}
)  # roles that sign what moves limits and alarms


def offered(book: Book, person: str) -> str:
    """Return the secret that a person's authenticator is offered, the same one until it is confirmed."""
    with book.open() as db:
        sql = "UPDATE account SET totp_offered = ? WHERE person = ? AND totp_offered = ''"
        db.execute(sql, (totp.new_key(), person))
        row = db.execute("SELECT totp_offered FROM account WHERE person = ?", (person,)).fetchone()
    return str(row[0])


def confirmed(book: Book, person: str, code: str, now_ms: int) -> bool:
    """Take the offered secret for good when this is a code of it."""
    with book.open() as db:
        row = db.execute("SELECT totp_offered FROM account WHERE person = ? AND totp = ''", (person,)).fetchone()
        step = totp.step_of(row[0], code, now_ms // 1000, 0) if row and row[0] else None
        if step is None:
            return False
        sql = "UPDATE account SET totp = totp_offered, totp_offered = '', totp_step = ? WHERE person = ?"
        db.execute(sql, (step, person))
    return True


def used(book: Book, person: str, code: str, now_ms: int) -> bool:
    """Tell whether this is a code of a person's authenticator that was never used; now it is."""
    with book.open() as db:
        row = db.execute("SELECT totp, totp_step FROM account WHERE person = ?", (person,)).fetchone()
        step = totp.step_of(row[0], code, now_ms // 1000, row[1]) if row and row[0] else None
        if step is None:
            return False
        db.execute("UPDATE account SET totp_step = ? WHERE person = ?", (step, person))
    return True
