"""What happened to accounts: every sign-in and every refusal, shown to the person and on /audit."""

from dataclasses import dataclass

from collector.people.book import Book

_KEPT_MS = 400 * 86_400_000
_MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing; `person` is '' where a name was tried that has no account."""

    at_ms: int
    person: str
    kind: str
    address: str
    said: str


def note(book: Book, happened: Happened) -> None:
    """Write something down; what is older than 400 days goes."""
    about = (happened.at_ms, happened.person, happened.kind, happened.address, happened.said[:_MOST_CHARS])
    with book.open() as db:
        db.execute("DELETE FROM happened WHERE at_ms < ?", (happened.at_ms - _KEPT_MS,))
        db.execute("INSERT INTO happened (at_ms, person, kind, address, said) VALUES (?, ?, ?, ?, ?)", about)


def newest(book: Book, limit: int, person: str = "") -> list[Happened]:
    """Return what happened last, of one person or of everybody."""
    sql = (
        "SELECT at_ms, person, kind, address, said FROM happened WHERE ? IN ('', person) ORDER BY id DESC LIMIT ?"
    )
    return [Happened(*row) for row in book.read(sql, (person, limit))]
