"""`seepline dashboards`: Grafana's dashboards from code."""

from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.problems import NOT_POSSIBLE, refused

app = typer.Typer(no_args_is_help=True, help="Grafana dashboards as files.")

_HERE = Path(__file__).parents[2] / "dashboards" / "built"
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where the files lie; Grafana is provisioned from there.")]
Manual = Annotated[str, typer.Option(metavar="URL", help="Where every panel's link `manual` leads.")]


def _made(manual: str) -> dict[str, str]:
    try:
        from dashboards.made import MANUAL, made
    except ModuleNotFoundError as error:
        raise refused(
            f"This needs the package {error.name}: pip install -e '.[dashboards]'", NOT_POSSIBLE
        ) from error
    return dict(made(manual or MANUAL))


@app.command()
def build(out: Out = _HERE, manual: Manual = "") -> None:
    """Write the JSON of all dashboards, in every language; files that are right already stay untouched."""
    files, written = _made(manual), 0
    for name, text in files.items():
        if _text_of(out / name) != text:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
            written += 1
    typer.echo(f"{len(files)} dashboards in {out}, {written} of them written anew")


@app.command()
def check(out: Out = _HERE, manual: Manual = "") -> None:
    """Tell which files are not those of the code; the exit code is 1 when there are some."""
    stale = [name for name, text in _made(manual).items() if _text_of(out / name) != text]
    for name in stale:
        typer.echo(f"{out / name}: not what the code makes; run `seepline dashboards build`")
    if stale:
        raise typer.Exit(NOT_POSSIBLE)
    typer.echo("Every dashboard is what the code makes.")


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
