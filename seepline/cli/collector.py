"""`seepline collector`: take in what gateways send, judge it, show it."""

import getpass
import logging
import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.toml_file import Faulty
from seepline.wire.site_clock import ClockError
from seepline.wish import FAST, MOST, REPEAT, Wish

app = typer.Typer(no_args_is_help=True, help="The collector: ingest, journal, judgement, page.")

Data = Annotated[Path, typer.Option(metavar="DIR", help="Directory of journal, store and tokens.")]
Listen = Annotated[str, typer.Option(metavar="HOST:PORT", help="Address to listen on.")]


def _sentence(error: Exception) -> str:
    """Return what to say of an error: our own say it themselves, the system's lack what to do."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Give a --data directory that this user may write."
    return str(error)


@app.command()
def run(site: SiteFile, data: Data, listen: Listen = "127.0.0.1:8000") -> None:
    """Run the collector of a site until Ctrl-C."""
    from collector import http_server, journal_file, service, settings, tokens

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    described = read_site_or_exit(site)
    try:
        service.run(described, data, listen)
    except (
        http_server.ListenError,
        journal_file.DataError,
        settings.SettingsError,
        tokens.TokenFileError,
        ClockError,
        Faulty,
        OSError,
    ) as error:
        raise refused(_sentence(error), NOT_POSSIBLE) from error


@app.command()
def token(
    site: SiteFile,
    gateway: Annotated[str, typer.Argument(metavar="GATEWAY", help="Id of a gateway of the site.")],
    data: Data,
) -> None:
    """Make a new token for a gateway and print it once; the gateway's token before is no longer valid."""
    from collector import tokens

    known = [one.id for one in read_site_or_exit(site).gateways]
    if gateway not in known:
        raise refused(f"Gateway {gateway} is not in {site}: expected one of {', '.join(known)}.")
    try:
        typer.echo(tokens.add(data / tokens.FILE_NAME, gateway))
    except (tokens.TokenFileError, OSError) as error:
        raise refused(_sentence(error), NOT_POSSIBLE) from error


@app.command()
def ask(
    site: SiteFile,
    logger: Annotated[str, typer.Argument(metavar="LOGGER", help="Id of a logger of the site.")],
    data: Data,
    repeat: Annotated[int | None, typer.Option(min=1, max=MOST[REPEAT], help="Scans to be made at once.")] = None,
    fast_minutes: Annotated[
        int | None, typer.Option(min=1, max=MOST[FAST], help="Minutes of a scan every 10 s.")
    ] = None,
    good_for_minutes: Annotated[int, typer.Option(min=1, max=1440, help="After that nobody does it.")] = 60,
) -> None:
    """Ask a logger for scans at once or for fast scans; its gateway fetches the wish at its next contact."""
    from collector import clock, wishes

    known = [one.id for one in read_site_or_exit(site).loggers]
    if logger not in known:
        raise refused(f"Logger {logger} is not in {site}: expected one of {', '.join(known)}.")
    if (repeat is None) == (fast_minutes is None):
        raise refused("Give --repeat SCANS or --fast-minutes MINUTES, one of them.")
    kind, amount = (REPEAT, repeat) if repeat is not None else (FAST, fast_minutes)
    try:
        now_ms = clock.site_time()()
        wish = Wish(wishes.new_id("person"), logger, kind, int(amount or 0), now_ms + 60_000 * good_for_minutes)
        wishes.WishBook(data / wishes.FILE_NAME).ask(wish, getpass.getuser(), now_ms)
    except (sqlite3.OperationalError, ClockError) as error:
        raise refused(f"{data}: the wish cannot be written down ({error}).", NOT_POSSIBLE) from error
    typer.echo(
        f"Wish {wish.id}: {logger} is asked when its gateway comes next, within {good_for_minutes} minutes."
    )
