"""`seepline logger read-log`: everything the logger's memory holds, as a table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from seepline.cli.logger import app
from seepline.cli.logger.options import (
    BAUD,
    PARITY,
    Address,
    AsJson,
    Baud,
    Parity,
    Port,
    Reach,
    SiteOption,
    Through,
    Usb,
    channels_for,
    print_json,
    run,
    way,
)
from seepline.cli.problems import refused

if TYPE_CHECKING:
    from fieldtool.connection import Device
    from fieldtool.identification import Identification
    from fieldtool.logger_log import Told


@app.command("read-log")
def read_log(  # noqa: PLR0913 - one argument per option
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Written or gone on with; or FILE.jsonl.")],
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    site: SiteOption = None,
    from_sequence: Annotated[
        int | None, typer.Option(min=1, help="First record; without it the oldest, or where FILE ends.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read all records, readings and events, into a table; broken off, it goes on where the file ends."""
    from fieldtool import logger_log
    from fieldtool.clock import clock_of_environment
    from fieldtool.identification import identify

    if file.suffix not in logger_log.ENDINGS:
        raise refused(f"{file}: expected a name that ends in .csv or .jsonl")

    async def read(device: "Device") -> "tuple[int, Identification, Told]":
        found = await identify(device, clock_of_environment())
        start = logger_log.start_of(file, found, from_sequence)
        with _progress(as_json) as progress:
            bar = progress.add_task("records", total=found.values["newest_sequence"] - start.sequence + 1)
            told = await logger_log.read_into(
                file, device, found, start, channels_for(site, found.serial), lambda _: progress.advance(bar)
            )
        return start.sequence, found, told

    first, found, told = run(way(Reach(port, usb, through), address, baud, parity), read)
    if as_json:
        newest = found.values["newest_sequence"]
        print_json({"first": first, "newest": newest, "records": told.records, "not_held": told.lost})
        return
    lost = f"; {told.lost} the logger no longer held undamaged" if told.lost else ""
    typer.echo(f"{told.records} records from {first} on are in {file}{lost}.")


def _progress(quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=quiet)
