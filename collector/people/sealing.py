"""Which authenticators the accounts hold, how they are sealed, and what keeps them from being opened."""

import logging
from collections.abc import Iterable

from collector.people.book import Book
from collector.people.seal import KeyFile, Seal, SealError, is_sealed, name_in

_log = logging.getLogger("collector.people")


def sealed_with(book: Book) -> dict[str, str]:
    """Return the name of the key of each person's authenticator, '' for one that lies open."""
    rows = book.read("SELECT person, totp FROM account WHERE totp <> '' ORDER BY person")
    return {person: name_in(kept) if is_sealed(kept) else "" for person, kept in rows}


def seal_for(book: Book, key: KeyFile) -> Seal:
    """Return the key to seal with. The first one is made here; a lost one is never replaced. Raises SealError."""
    if key.is_there() or key.is_given or any(sealed_with(book).values()):
        return key.read()
    return key.make()


def seal_all(book: Book, key: KeyFile) -> None:
    """Seal what lies open, from before there was a key; what prevents it is said in the log."""
    try:
        if any(_lie_open(kept) for kept in book.read("SELECT totp, totp_offered FROM account")):
            _seal_open_ones(book, seal_for(book, key))
        why = trouble(book, key)
    except SealError as error:
        why = str(error)
    if why:
        _log.error("Codes of authenticators cannot be checked: %s. docs/people.md says more.", why)


def _lie_open(kept: Iterable[str]) -> bool:
    return any(text and not is_sealed(text) for text in kept)


def _seal_open_ones(book: Book, seal: Seal) -> None:
    with book.open() as db:
        rows = db.execute("SELECT person, totp, totp_offered FROM account").fetchall()
        for person, *kept in rows:
            closed = [seal.closed(text, person) if _lie_open([text]) else text for text in kept]
            db.execute("UPDATE account SET totp = ?, totp_offered = ? WHERE person = ?", (*closed, person))


def trouble(book: Book, key: KeyFile) -> str:
    """Return why not every authenticator can be opened, '' when every one can."""
    names = sealed_with(book)
    if not any(names.values()):
        return ""
    try:
        found = key.read().name
    except SealError as error:
        return str(error)
    others = [person for person, name in names.items() if name not in ("", found)]
    if not others:
        return ""
    lost = ", ".join(sorted({names[person] for person in others}))
    return (
        f"{key.path} holds key {found}, and the authenticators of {', '.join(others)} are sealed with {lost}:"
        " put that key file back, or reset these persons"
    )
