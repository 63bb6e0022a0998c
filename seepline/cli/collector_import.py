"""`seepline collector import` and `imports`: files of other systems' loggers, handed in and looked at."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from seepline.cli.asking import TokenFile, fetched_json
from seepline.cli.collector import Data, app
from seepline.cli.problems import NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site
from seepline.toml_file import Faulty

if TYPE_CHECKING:
    from collector.imports.check import Held
    from collector.imports.settings import Source

_MOST_SHOWN = 50


@app.command("import")
def import_(
    site_file: SiteFile,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Id of a [[source]] of DIR/imports.toml.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of that source.")],
    data: Data,
    dry_run: Annotated[bool, typer.Option(help="Only say what the files hold, or what is wrong.")] = False,
) -> None:
    """Check whole files of another system's logger, every fault at once, and hand them to the collector.

    With one fault in one of them nothing is imported. A running collector takes them within seconds, another
    one when it starts.
    """
    from collector.imports import inbox

    known = _source(data, read_site_or_exit(site_file), source)
    held = [_checked(known, path) for path in files]
    for path, one in zip(files, held, strict=True):
        typer.echo(f"{path}: {_in_words(one)}")
    if dry_run:
        return
    try:
        for path in files:
            inbox.hand_in(data, known, path)
    except OSError as error:
        raise refused(f"{error.filename}: {error.strerror}", NOT_POSSIBLE) from error
    many = "1 file is" if len(files) == 1 else f"{len(files)} files are"
    typer.echo(f"{many} in the collector's inbox. See `seepline collector imports`.")


def _source(data: Path, site: Site, name: str) -> "Source":
    from collector.imports.settings import FILE_NAME, read_sources

    try:
        sources = read_sources(data, site)
    except Faulty as error:
        raise refused("\n".join(f"{data / FILE_NAME}: {problem}" for problem in error.problems)) from error
    for one in sources:
        if one.intake.id == name:
            return one
    names = ", ".join(one.intake.id for one in sources) or "none: see docs/imports.md"
    raise refused(f"{data / FILE_NAME} has no source {name!r}; it has {names}.")


def _checked(source: "Source", path: Path) -> "Held":
    from collector.imports.check import FileError
    from collector.imports.inbox import checked

    try:
        return checked(source, path)
    except OSError as error:
        raise refused(f"{path}: {error.strerror}") from error
    except FileError as error:
        shown = [f"{path} {fault}" for fault in error.faults[:_MOST_SHOWN]]
        more = len(error.faults) - len(shown)
        shown += [f"{path}: {more} more faults"] if more else []
        raise refused("\n".join([*shown, f"Nothing of {path} was imported."])) from error


def _in_words(held: "Held") -> str:
    from collector.events import utc_text

    said = f"{held.rows} rows, {held.values} values"
    if held.first_ms is not None and held.last_ms is not None:
        said += f", {utc_text(held.first_ms)} to {utc_text(held.last_ms)}"
    said += f"; {held.repeated} rows stand twice" if held.repeated else ""
    return said + "".join(f"\n    line {one.line}: {one.text}" for one in held.told)


@app.command()
def imports(
    url: Annotated[str, typer.Option("--collector", help="Address of the running collector.")] = (
        "http://127.0.0.1:8000"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    token_file: TokenFile = None,
) -> None:
    """Say what a running collector imports: each file, how far, and what was wrong with it."""
    found = fetched_json(url, "/api/v1/imports", token_file)["files"]
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table()
    for head in ("source", "file", "state", "lines", "refused", "last record"):
        table.add_column(head, overflow="fold")
    for one in found:
        number = "" if one["last_record"] is None else str(one["last_record"])
        name = Path(one["file"]).name
        table.add_row(one["source"], name, one["state"], str(one["lines"]), str(one["refused"]), number)
    console = Console()
    console.print(table)
    for one in found:
        for fault in one["faults"]:
            console.print(f"{one['file']} {fault}", style="red", highlight=False, markup=False)
