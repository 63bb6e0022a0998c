"""`seepline gateway install` and `uninstall`: the gateway as a service of this machine."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.gateway import app
from seepline.cli.gateway.run import GatewayFile, wiring_or_exit
from seepline.cli.problems import NOT_POSSIBLE, refused

if TYPE_CHECKING:
    from gateway.install import Done

Prefix = Annotated[Path, typer.Option(help="Write below this folder instead of /, for an image or a try.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done and do nothing.")]


@app.command()
def install(gateway_file: GatewayFile, prefix: Prefix = Path("/"), dry_run: DryRun = False) -> None:
    """Write unit, udev rule, user, rights and configuration; files that were changed by hand are kept."""
    from gateway import install as work

    wiring = wiring_or_exit(gateway_file)
    try:
        items = work.planned(wiring.settings, gateway_file, Path(sys.prefix) / "bin" / "seepline")
        _tell(work.install(items, prefix, dry_run))
    except work.NotInstalled as error:
        raise refused(str(error)) from error
    except OSError as error:
        raise refused(
            f"{error.filename} cannot be written ({error.strerror}): run it as root", NOT_POSSIBLE
        ) from error
    typer.echo("To put it into use, as root:\n" + "\n".join(f"  {line}" for line in work.FIRST))


@app.command()
def uninstall(prefix: Prefix = Path("/"), dry_run: DryRun = False) -> None:
    """Remove what `install` wrote and nobody changed since; data and the user stay. Disable the service first."""
    from gateway import install as work

    try:
        _tell(work.uninstall(prefix, dry_run))
    except work.NotInstalled as error:
        raise refused(str(error)) from error
    except OSError as error:
        raise refused(
            f"{error.filename} cannot be removed ({error.strerror}): run it as root", NOT_POSSIBLE
        ) from error
    typer.echo(f"Records and events in {work.DATA} and the user seepline stay.")


def _tell(done: "Sequence[Done]") -> None:
    for one in done:
        typer.echo(f"{one.path}: {one.what}")
