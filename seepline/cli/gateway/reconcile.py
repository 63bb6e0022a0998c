"""`seepline gateway reconcile`: does the database still hold what it acknowledged, and send it what it lacks."""

import asyncio
import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.gateway import app
from seepline.cli.gateway.run import GatewayFile, wiring_or_exit
from seepline.cli.problems import NOT_POSSIBLE, refused

if TYPE_CHECKING:
    from gateway.uplink.destination import Destination
    from gateway.uplink.reconcile import Difference
    from gateway.wiring import Wiring


@app.command()
def reconcile(
    gateway_file: GatewayFile,
    destination: Annotated[str, typer.Option(metavar="NAME", help='A [[destination]] of kind "influxdb".')],
    days: Annotated[int, typer.Option(min=1, help="How far back to look.")] = 30,
    only_look: Annotated[bool, typer.Option("--only-look", help="Compare, send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Count points per logger and day in the outbox and in InfluxDB, and send again the days that lack some.

    The gateway must not be running meanwhile: one program owns the outbox. Exit code 0 when nothing is missing at
    the end, 1 when something is or the database cannot be asked.
    """
    from gateway.outbox.file import OutboxError
    from gateway.uplink.connection import Unreachable
    from gateway.uplink.reconcile import ReconcileError

    wiring = wiring_or_exit(gateway_file)
    known = {one.name: one for one in wiring.destinations() if one.kind == "influxdb"}
    if destination not in known:
        names = ", ".join(known) or "none in this gateway.toml"
        raise refused(f'--destination {destination}: expected one of kind "influxdb": {names}')
    try:
        before, after, sent = asyncio.run(_reconcile(wiring, known[destination], days, only_look))
    except (OutboxError, Unreachable, ReconcileError) as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    _tell(before, after, sent, as_json)
    if any(one.there < one.here for one in after):
        raise typer.Exit(NOT_POSSIBLE)


async def _reconcile(
    wiring: "Wiring", target: "Destination", days: int, only_look: bool
) -> "tuple[list[Difference], list[Difference], int]":
    """Return (days that differed, days that still differ, points sent again)."""
    from gateway.clock import clock_of_environment
    from gateway.outbox.backlog import Backlog
    from gateway.outbox.file import OutboxFile
    from gateway.uplink.connection import open_connection
    from gateway.uplink.lines import names_of
    from gateway.uplink.reconcile import reconciled

    now_ms = clock_of_environment().now_ms()
    with closing(OutboxFile(wiring.data, now_ms)) as file:
        rows = Backlog(file, target.name).sent_rows
        async with open_connection(target) as connection:
            return await reconciled(connection, rows, names_of(wiring.site), days, only_look)


def _tell(before: "list[Difference]", after: "list[Difference]", sent: int, as_json: bool) -> None:
    if as_json:
        found = {"differed": _rows(before), "sent_again": sent, "differ": _rows(after)}
        typer.echo(json.dumps(found, indent=1))
        return
    if before:
        table = Table(title="Points per logger and UTC day")
        for heading in ("logger", "day", "sent", "in the database"):
            table.add_column(heading, justify="left" if heading in ("logger", "day") else "right")
        for row in _rows(before):
            table.add_row(*(str(cell) for cell in row.values()))
        Console().print(table)
    lacking = sum(one.here - one.there for one in after if one.there < one.here)
    typer.echo(f"{len(before)} days differed, {sent} points were sent again, {lacking} are missing now.")


def _rows(found: "list[Difference]") -> list[dict[str, object]]:
    return [
        {
            "logger": one.day.logger,
            "day": datetime.fromtimestamp(one.day.start_ms / 1000, UTC).date().isoformat(),
            "here": one.here,
            "there": one.there,
        }
        for one in found
    ]
