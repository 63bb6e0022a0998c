"""`seepline logger release-key` and `bundle`: for whoever releases a logger program, offline."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.logger import app
from seepline.cli.logger.options import AsJson, guarded, print_json

if TYPE_CHECKING:
    from fieldtool.bundle import Program

_Version = Annotated[
    int | None, typer.Option(min=1, help="Version, which only rises; without it, of this minute.")
]


@app.command(name="release-key")
def release_key(
    file: Annotated[Path, typer.Argument(metavar="FILE.pem", help="Where the key goes: a medium of its own.")],
) -> None:
    """Make the key that signs programs; its public half, FILE.pem.pub, goes into loggers at their first flash."""
    from fieldtool import release_key as keys

    public = guarded(lambda: keys.make(file, keys.passphrase("Passphrase of the new release key: ")))
    typer.echo(f"{file} and {keys.public_path(file)}: {public.hex()[:16]}...")


@app.command()
def bundle(
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", help="Where the bundle goes.")],
    key: Annotated[Path, typer.Option(metavar="FILE.pem", help="The release key.")],
    version: _Version = None,
    as_json: AsJson = False,
) -> None:
    """Build the logger's program of this repository and sign it; BUNDLE.names tells what its short names were."""
    from fieldtool import bundle as programs
    from fieldtool import release_key as keys

    def made() -> "Program":
        opened = keys.load(key, keys.passphrase(f"Passphrase of {key}: "))
        program = programs.program(version or programs.version_of(datetime.now(UTC)))
        programs.write(file, program, opened)
        return program

    program = guarded(made)
    if as_json:
        print_json({"version": program.version, "compiled_bytes": program.compiled_bytes})
        return
    typer.echo(f"{file}: version {program.version}, {len(program.files)} modules, {program.compiled_bytes} bytes")
