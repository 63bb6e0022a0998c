"""`seepline gateway run`: read the loggers of one gateway's buses and send what they hold to the collector."""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site
from seepline.wire.site_clock import ClockError

if TYPE_CHECKING:
    from gateway.uplink.destination import Destination


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
    from gateway.service import run as run_gateway
    from gateway.uplink.destination import DestinationError

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    site = read_site_or_exit(site_file)
    try:
        ports = _ports(site, gateway, port)
        destination = _destination(collector, token_file)
        asyncio.run(run_gateway(site, gateway, data, ports, destination, turn_round_s, keep_days))
    except (_Usage, ClockError, DestinationError) as error:
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


def _destination(url: str, token_file: Path) -> "Destination":
    from gateway.uplink.destination import Destination, faults

    destination = Destination(url=url.rstrip("/"), token_file=token_file)
    for key, sentence in faults(destination):
        raise _Usage(f"--{'collector' if key == 'url' else key} {sentence}")
    return destination
