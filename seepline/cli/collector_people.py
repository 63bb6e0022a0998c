"""`seepline collector people`: accounts of the policy's persons, and tokens of programs that read."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.collector import Data
from seepline.cli.collector import app as collector_app
from seepline.cli.problems import NOT_POSSIBLE, refused
from seepline.cli.signing import policy_or_exit

if TYPE_CHECKING:
    from collector.people.book import Book

app = typer.Typer(no_args_is_help=True, help="Accounts of the policy's persons, and tokens of programs that read.")
collector_app.add_typer(app, name="people")

_DAY_MS = 86_400_000
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Id of a person in DIR/policy.toml.")]
Address = Annotated[str, typer.Option(metavar="URL", help="Where people open the collector.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


@app.command()
def add(person: Person, data: Data, address: Address = "http://127.0.0.1:8000") -> None:
    """Make an account and print its invitation once; it counts for a day. The first account ends open reading."""
    from collector.people.book import accounts

    book = _book(data)
    if person in accounts(book):
        raise refused(f"{person} has an account: see `seepline collector people reset`.")
    _invite(book, data, person, address)


@app.command()
def reset(person: Person, data: Data, address: Address = "http://127.0.0.1:8000") -> None:
    """Take password, authenticator and sessions from an account, and print a new invitation."""
    from collector.people.book import accounts

    book = _book(data)
    if person not in accounts(book):
        raise refused(f"{person} has no account: see `seepline collector people add`.")
    _invite(book, data, person, address)


def _invite(book: "Book", data: Path, person: str, address: str) -> None:
    from collector.clock import real_ms
    from collector.people import accounts

    policy = policy_or_exit(data / "policy.toml")
    if person not in policy.persons:
        names = ", ".join(policy.persons)
        raise refused(f"{person} is nobody in {data / 'policy.toml'}: expected one of {names}.")
    with _writable(data):
        secret = accounts.invite(book, person, real_ms())
        _note(book, person, "invited")
    link = f"{address.rstrip('/')}/invite#{secret}"
    typer.echo(f"{link}\nGive this link to {person} alone; it counts once, for 24 hours.")


@app.command("list")
def listed(data: Data, as_json: AsJson = False) -> None:
    """Show every account."""
    from collector.people.book import accounts

    found = accounts(_book(data)).values()
    if as_json:
        typer.echo(json.dumps([asdict(one) | {"state": one.state} for one in found]))
        return
    table = Table("person", "state", "authenticator")
    for one in found:
        table.add_row(one.person, one.state, "yes" if one.has_totp else "no")
    Console().print(table)


@app.command()
def lock(person: Person, data: Data) -> None:
    """Lock an account and end its sessions."""
    from collector.people import accounts

    _change(data, person, "locked", lambda book: accounts.lock(book, person, True))


@app.command()
def unlock(person: Person, data: Data) -> None:
    """Open an account that was locked."""
    from collector.people import accounts

    _change(data, person, "unlocked", lambda book: accounts.lock(book, person, False))


@app.command()
def remove(person: Person, data: Data) -> None:
    """Remove an account; what happened to it stays written down."""
    from collector.people import accounts

    _change(data, person, "removed", lambda book: accounts.remove(book, person))


@app.command()
def key(
    data: Data,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key file, where it is not DIR/people.key.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Write a new one first; none may be there.")] = False,
) -> None:
    """Show which key authenticators are sealed with, and whether the key file opens every one."""
    from collector.people.seal import FILE_NAME, KeyFile, SealError
    from collector.people.sealing import sealed_with, trouble

    book, found = _book(data), KeyFile(file or data / FILE_NAME)
    if new and found.is_there():
        raise refused(f"{found.path} is there already: move it away, and keep it while an authenticator needs it.")
    try:
        seal = found.make() if new else found.read()
    except SealError as error:
        raise refused(f"{error}.", NOT_POSSIBLE) from error
    typer.echo(f"{found.path} holds key {seal.name}.")
    if why := trouble(book, found):
        raise refused(f"{why}.", NOT_POSSIBLE)
    names = sealed_with(book)
    opens = ", ".join(person for person, name in names.items() if name) or "nobody yet"
    typer.echo(f"It opens the authenticators of: {opens}.")
    if "" in names.values():
        typer.echo("Others lie open in the database until the collector starts again.")


@app.command()
def token(
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help="read, audit or state.")],
    data: Data,
    holder: Annotated[str, typer.Option("--for", metavar="NAME", help="The program or machine that uses it.")],
    days: Annotated[int, typer.Option(min=1, max=1100, help="After that it counts no more.")],
) -> None:
    """Make a token with which a program reads, and print it once. No token can write."""
    from collector.clock import real_ms
    from collector.people import readers

    if purpose not in readers.PURPOSES:
        kinds = "; ".join(f"{name} ({about})" for name, about in readers.PURPOSES.items())
        raise refused(f"{purpose!r} is no purpose: expected {kinds}.")
    book = _book(data)
    with _writable(data):
        secret = readers.add(book, purpose, holder, real_ms(), real_ms() + days * _DAY_MS)
        _note(book, "", "token made", f"{purpose} for {holder}")
    typer.echo(secret)


@app.command()
def tokens(data: Data, as_json: AsJson = False) -> None:
    """Show every token: whose it is, what for, until when, when it was used last."""
    from collector.events import utc_text
    from collector.people import readers

    found = readers.tokens(_book(data))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found]))
        return
    table = Table("number", "purpose", "for", "until", "last used", "revoked")
    for one in found:
        used = "" if one.used_ms is None else utc_text(one.used_ms)
        revoked = "yes" if one.revoked else ""
        table.add_row(str(one.id), one.purpose, one.holder, utc_text(one.ends_ms), used, revoked)
    Console().print(table)


@app.command()
def revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `tokens` shows it.")], data: Data
) -> None:
    """Revoke a token for good."""
    from collector.people import readers

    book = _book(data)
    with _writable(data):
        if not readers.revoke(book, number):
            raise refused(f"There is no token {number}: see `seepline collector people tokens`.")
        _note(book, "", "token revoked", str(number))
    typer.echo(f"Token {number} counts no more.")


def _change(data: Path, person: str, kind: str, work: "Callable[[Book], None]") -> None:
    from collector.people.accounts import NoAccountError

    book = _book(data)
    try:
        with _writable(data):
            work(book)
            _note(book, person, kind)
    except NoAccountError as error:
        raise refused(f"{error}.") from error
    typer.echo(f"{person}: {kind}.")


def _note(book: "Book", person: str, kind: str, said: str = "by command") -> None:
    from collector.clock import real_ms
    from collector.people.log import Happened, note

    note(book, Happened(real_ms(), person, kind, "", said))


def _book(data: Path) -> "Book":
    from collector.people.book import FILE_NAME, Book

    if not data.is_dir():
        raise refused(f"{data} is no directory: give the --data of the collector.")
    return Book(data / FILE_NAME)


@contextmanager
def _writable(data: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise refused(f"{data}: the file of accounts cannot be written ({error}).", NOT_POSSIBLE) from error
