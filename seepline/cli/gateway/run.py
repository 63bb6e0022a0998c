"""`seepline gateway run`: read the loggers of one gateway's buses and send what they hold to the collector."""

import asyncio
import logging
import stat
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

import typer

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site
from seepline.wire.site_clock import ClockError


class _Usage(Exception):  # noqa: N818 - says what it is
    """What was given on the command line cannot work: one sentence."""


@app.command()
def run(  # noqa: PLR0913 - one argument per option
    site_file: SiteFile,
    gateway: Annotated[str, typer.Option(help="Which gateway of the site this is.")],
    data: Annotated[Path, typer.Option(help="Directory of the outbox and status.json.")],
    port: Annotated[list[str], typer.Option(metavar="BUS=TTY", help="Serial port of a bus; once per bus.")],
    collector: Annotated[str, typer.Option(metavar="URL", help="Address of the collector.")],
    token_file: Annotated[Path, typer.Option(help="File that holds this gateway's token, readable by it alone.")],
    turn_round_s: Annotated[
        float | None,
        typer.Option(help="Longest time a logger takes to answer; without it 0.1 s, on a simulated bus 0.3 s."),
    ] = None,
    keep_days: Annotated[
        int | None, typer.Option(min=7, help="Delete records sent so long ago; without it none are deleted.")
    ] = None,
) -> None:
    """Poll the loggers, keep what they say, and send it until the collector has it."""
    from gateway.outbox.file import OutboxError
    from gateway.service import Destination
    from gateway.service import run as run_gateway

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    site = read_site_or_exit(site_file)
    try:
        ports = _ports(site, gateway, port)
        destination = Destination(url=_url(collector), token=_token(token_file))
        asyncio.run(run_gateway(site, gateway, data, ports, destination, turn_round_s, keep_days))
    except (_Usage, ClockError) as error:
        raise refused(str(error)) from error
    except OutboxError as error:
        raise refused(str(error), NOT_POSSIBLE) from error


def _ports(site: Site, gateway: str, options: list[str]) -> dict[str, str]:
    """Return the port of each bus of the gateway."""
    gateways = sorted(known.id for known in site.gateways)
    if gateway not in gateways:
        raise _Usage(f"--gateway {gateway}: the site has no such gateway, expected one of {', '.join(gateways)}")
    ours = {bus.id for bus in site.buses if bus.gateway == gateway}
    ports: dict[str, str] = {}
    for option in options:
        bus, equals, path = option.partition("=")
        if not (equals and path):
            raise _Usage(f"--port {option}: expected BUS=TTY, such as bus1=/dev/ttyUSB0")
        if bus not in ours:
            raise _Usage(
                f"--port {option}: gateway {gateway} has no bus {bus}, expected {', '.join(sorted(ours))}"
            )
        if bus in ports:
            raise _Usage(f"--port {option}: bus {bus} is given twice")
        ports[bus] = path
    if missing := sorted(ours - ports.keys()):
        raise _Usage(f"--port is missing for bus {', '.join(missing)}: give --port {missing[0]}=TTY")
    return ports


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _port_is_right(parts):
        raise _Usage(f"--collector {text}: expected an address such as https://collector.example:8443")
    if parts.username or parts.password or parts.query:
        raise _Usage("--collector must not hold a password or a query: the token stands in --token-file")
    return text.rstrip("/")


def _port_is_right(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # no number, or above 65535
        return False


def _token(path: Path) -> str:
    try:
        token = path.read_text(encoding="utf-8").strip()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise _Usage(f"--token-file {path} cannot be read: make one with `seepline collector token`") from error
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise _Usage(f"--token-file {path} does not hold one token: make one with `seepline collector token`")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        logging.getLogger(__name__).warning("%s can be read by others: chmod 600 %s", path, path)
    return token
