"""`seepline collector`: take in what gateways send, judge it, show it."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.wire.site_clock import ClockError

app = typer.Typer(no_args_is_help=True, help="The collector: ingest, journal, judgement, page.")

Data = Annotated[Path, typer.Option(metavar="DIR", help="Directory of journal, store and tokens.")]
Listen = Annotated[str, typer.Option(metavar="HOST:PORT", help="Address to listen on.")]


def _sentence(error: Exception) -> str:
    """Return what to say of an error: our own say it themselves, the system's lack what to do."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Give a --data directory that this user may write."
    return str(error)


@app.command()
def run(site: SiteFile, data: Data, listen: Listen = "127.0.0.1:8086") -> None:
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
