"""`seepline logger update`: a signed program bundle over the bus or USB; broken off, it is taken up again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from seepline.cli.logger import app
from seepline.cli.logger.options import (
    BAUD,
    KEYS,
    PARITY,
    Address,
    AsJson,
    Baud,
    Keys,
    Parity,
    PassphraseFile,
    Port,
    Reach,
    Through,
    Usb,
    Yes,
    confirmed,
    guarded,
    open_keys,
    print_json,
    way,
)
from seepline.cli.logger.seal import sealed

if TYPE_CHECKING:
    from fieldtool.connection import Device
    from fieldtool.identification import Identification
    from fieldtool.sealed import Commander


@app.command()
def update(  # noqa: PLR0913 - one argument per option
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A signed program bundle.")],
    port: Port = None,
    usb: Usb = None,
    through: Through = None,
    address: Address = None,
    baud: Baud = BAUD,
    parity: Parity = PARITY,
    keys: Keys = KEYS,
    passphrase_file: PassphraseFile = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send a program bundle and let the logger restart with it; it falls back by itself when it is not well."""
    from fieldtool import program_update
    from fieldtool.clock import clock_of_environment

    found = guarded(lambda: program_update.read(bundle))
    reach = way(Reach(port, usb, through), address, baud, parity)
    confirmed(f"Send version {found.version} ({len(found.content)} bytes)?", yes)

    async def send(device: "Device", commander: "Commander", before: "Identification") -> "Identification":
        with _progress(as_json) as progress:
            bar = progress.add_task("sent", total=len(found.content))
            return await program_update.send(
                commander, clock_of_environment(), before, found, lambda at: progress.update(bar, completed=at)
            )

    before, after = sealed(reach, open_keys(keys, passphrase_file), send)
    was, now = before.values["bundle_version"], after.values["bundle_version"]
    if as_json:
        print_json({"version_before": was, "version_after": now, "boot": after.values["boot"]})
    else:
        typer.echo(f"Logger {after.serial} runs version {now} (before: {was}).")


def _progress(quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=quiet)
