"""`seepline collector notify`: is everybody told who should be, does it arrive, what became of each message."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.collector import Data
from seepline.cli.collector import app as collector_app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.toml_file import Faulty

if TYPE_CHECKING:
    from seepline.notices.contacts import Contacts

app = typer.Typer(no_args_is_help=True, help="People are told: contacts, duty, messages.")
collector_app.add_typer(app, name="notify")


def _contacts(data: Path) -> "Contacts":
    from collector.notify.settings import read_contacts
    from seepline.notices.contacts_file import FILE_NAME

    try:
        found = read_contacts(data)
    except Faulty as error:
        raise refused("\n".join(f"{data / FILE_NAME}: {problem}" for problem in error.problems)) from error
    if found is None:
        raise refused(f"{data / FILE_NAME} does not exist: nobody is told anything. See docs/telling-people.md.")
    return found


@app.command()
def check(site_file: SiteFile, data: Data) -> None:
    """Say everything that is wrong with notify.toml, whom each level reaches, and gaps of duty in four weeks."""
    from collector.notify.checking import checked

    found = checked(read_site_or_exit(site_file), data, _contacts(data))
    for line in found.reached:
        typer.echo(line)
    for line in found.remarks:
        typer.echo(f"look at: {line}")
    if found.faults:
        raise refused("\n".join(found.faults))
    typer.echo("Every level reaches somebody.")


@app.command()
def test(
    site_file: SiteFile,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Person of a [[contact]].")],
    data: Data,
) -> None:
    """Send a person a test message by each of their channels, and say what the other side said."""
    from collector.notify.trial import try_all

    contacts = _contacts(data)
    contact = contacts.contact(person)
    if contact is None:
        known = ", ".join(one.person for one in contacts.contacts)
        raise refused(f"{person} is no contact: expected one of {known}.")
    outcomes = asyncio.run(try_all(read_site_or_exit(site_file), data, contacts, contact))
    for channel, taken, said in outcomes:
        typer.echo(f"{channel}: {'sent' if taken else 'NOT sent'}: {said}")
    if not outcomes or not all(taken for _, taken, _ in outcomes):
        raise typer.Exit(NOT_POSSIBLE)


@app.command()
def log(
    data: Data,
    event: Annotated[str, typer.Option(metavar="EVENT", help="Only of this event.")] = "",
    newest: Annotated[int, typer.Option(min=1, help="At most so many tries.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for machines.")] = False,
) -> None:
    """Show every try to send a message: when, to whom, by what, and what came of it."""
    from collector.notify.book import FILE_NAME
    from collector.notify.book_reader import BookReader

    found = BookReader(data / FILE_NAME).attempts(event, newest)
    if as_json:
        typer.echo(json.dumps([one._asdict() for one in found]))
        return
    table = Table(title=f"{len(found)} tries")
    for heading in ("time, UTC", "person", "channel", "outcome", "said", "event"):
        table.add_column(heading, overflow="fold")
    for one in found:
        when = f"{datetime.fromtimestamp(one.at_ms // 1000, UTC):%Y-%m-%d %H:%M:%S}"
        table.add_row(when, one.person, one.channel, one.outcome, one.said, one.event[:12])
    Console().print(table)
