"""`seepline logger flash`: the program onto a new board, over its USB."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.logger import app
from seepline.cli.logger.options import AsJson, Usb, Yes, confirmed, guarded, print_json

if TYPE_CHECKING:
    from fieldtool.board_image import Image

_File = Path | None


@app.command()
def flash(
    usb: Usb = None,
    micropython: Annotated[
        _File, typer.Option(metavar="FILE.bin", help="First erase the board and write this MicroPython image.")
    ] = None,
    flash_mb: Annotated[int, typer.Option(help="Size of the board's flash, 4 or 16 MB.")] = 4,
    release_key: Annotated[
        _File, typer.Option(metavar="FILE.pub", help="Public release key; without it the board takes no update.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compile and say what would be done.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put the logger's program on a board; with --micropython, first MicroPython and its memory's partition."""
    from fieldtool import flash as program
    from fieldtool import release_key as keys

    key = guarded(lambda: keys.load_public(release_key)) if release_key else b""
    if micropython:
        _write_image(micropython, flash_mb, usb, dry_run=dry_run, yes=yes)
    lines = guarded(lambda: program.flash(usb, dry_run, key=key))
    if as_json:
        print_json({"files": lines, "dry_run": dry_run, "takes_updates": bool(key)})
        return
    typer.echo("\n".join(lines))
    if not key:
        typer.echo("No release key was given: this logger will take no update over the line.")


def _write_image(file: Path, flash_mb: int, usb: str | None, *, dry_run: bool, yes: bool) -> None:
    from fieldtool import board_image

    image: Image = guarded(lambda: board_image.image(file, flash_mb))
    for row in image.partitions:
        typer.echo(f"{row.name:<10} {row.offset:#9x} {row.size // 1024:>6} KiB", err=True)
    if dry_run:
        return
    confirmed("Everything on the board is erased, its records and its key too. Go on?", yes)
    guarded(lambda: board_image.write(image, usb))
