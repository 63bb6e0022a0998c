"""`seepline gateway scan`: who is on a bus, and how the line is set."""

import asyncio
import json
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, refused
from seepline.site_rules.values import BAUDS

if TYPE_CHECKING:
    from gateway.instruments.scan import Found, Settings

_PARITIES = ("none", "even", "odd")
_PTY = "a simulated bus has no parity: parity was not tried"


@app.command()
def scan(
    port: Annotated[str, typer.Option(metavar="TTY", help="Serial port of the bus; no gateway may run on it.")],
    baud: Annotated[int | None, typer.Option(help="Try only this baud.")] = None,
    parity: Annotated[str | None, typer.Option(help="Try only this parity: none, even or odd.")] = None,
    first: Annotated[int, typer.Option(min=1, max=247, help="First address to ask.")] = 1,
    last: Annotated[int, typer.Option(min=1, max=247, help="Last address to ask.")] = 247,
    turn_round_s: Annotated[float, typer.Option(min=0.01, help="How long an answer is waited for.")] = 0.1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Find the devices on a bus and its line settings; exit code 1 when nobody answers."""
    from gateway.bus.line import PortError, is_pty
    from gateway.instruments.scan import settings_to_try

    if parity not in (None, *_PARITIES):
        raise refused(f"--parity {parity}: expected none, even or odd")
    if baud is not None and baud not in BAUDS:
        raise refused(f"--baud {baud}: expected one of {', '.join(map(str, BAUDS))}")
    if first > last:
        raise refused(f"--first {first}: expected at most --last {last}")
    settings = settings_to_try(port, baud, parity)
    try:
        found = asyncio.run(_scan(port, settings, range(first, last + 1), turn_round_s))
    except PortError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    remark = _PTY if is_pty(port) else ""
    if as_json:
        typer.echo(json.dumps({"devices": [asdict(one) for one in found], "remark": remark}, indent=2))
    else:
        _print(found, remark)
    if not found:
        tried = ", ".join(dict.fromkeys(f"{one.baud}" for one in settings))
        raise refused(
            f"nobody answered at {tried} baud: check wiring (A and B), power and addresses", NOT_POSSIBLE
        )


async def _scan(port: str, settings: "list[Settings]", addresses: range, turn_round_s: float) -> "list[Found]":
    from gateway.instruments.scan import scan as scan_line

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True) if console.is_terminal else None
    task = progress.add_task("", total=len(settings) * len(addresses)) if progress else None

    def tell(one: "Settings", address: int) -> None:
        if progress is not None and task is not None:
            progress.update(
                task, advance=1, description=f"{one.baud} baud, parity {one.parity}: address {address}"
            )

    with progress or nullcontext():
        return await scan_line(port, settings, addresses, turn_round_s, tell)


def _print(found: "list[Found]", remark: str) -> None:
    table = Table(box=None)
    for heading in ("address", "baud", "parity", "kind", "says"):
        table.add_column(heading, justify="right" if heading in ("address", "baud") else "left")
    for one in found:
        table.add_row(str(one.address), str(one.baud), one.parity, one.kind, one.name)
    if found:
        Console().print(table)
    if remark:
        typer.echo(remark, err=True)
