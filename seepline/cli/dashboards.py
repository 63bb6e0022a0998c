"""`seepline dashboards`: Grafana's dashboards from code."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.problems import NOT_POSSIBLE, refused

if TYPE_CHECKING:
    from dashboards.push import Step

app = typer.Typer(no_args_is_help=True, help="Grafana dashboards as files.")

_HERE = Path(__file__).parents[2] / "dashboards" / "built"
Out = Annotated[Path, typer.Option(metavar="DIR", help="Where the files lie; Grafana is provisioned from there.")]
Manual = Annotated[
    str, typer.Option(metavar="URL", help="Where every panel's link `manual` leads; without it there is none.")
]


Collector = Annotated[
    str,
    typer.Option(metavar="URL", help="The collector's front page, for links to it; without it there are none."),
]


def _made(manual: str, collector: str) -> dict[str, str]:
    try:
        from dashboards.made import made
    except ModuleNotFoundError as error:
        raise refused(
            f"This needs the package {error.name}: pip install -e '.[dashboards]'", NOT_POSSIBLE
        ) from error
    return dict(made(manual, collector))


@app.command()
def build(out: Out = _HERE, manual: Manual = "", collector: Collector = "") -> None:
    """Write the JSON of all dashboards, in every language; files that are right already stay untouched."""
    files, written = _made(manual, collector), 0
    for name, text in files.items():
        if _text_of(out / name) != text:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
            written += 1
    typer.echo(f"{len(files)} dashboards in {out}, {written} of them written anew")


@app.command()
def push(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Grafana's front page; https, or http on this machine.")
    ],
    token_file: Annotated[Path, typer.Option(metavar="FILE", help="Holds a service account's token.")],
    language: Annotated[str, typer.Option(help="Which dashboards: en or ru.")] = "en",
    manual: Manual = "",
    collector: Collector = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    message: Annotated[str, typer.Option(help="Stands in Grafana's history of versions.")] = "seepline push",
) -> None:
    """Bring the dashboards to a Grafana server; what is not ours there is left alone, and nothing is deleted.

    File provisioning is the better way where you may write files on the server: docs/grafana.md.
    """
    texts = {name: text for name, text in _made(manual, collector).items() if name.startswith(f"{language}/")}
    if not texts:
        raise refused(f"{language}: there are no dashboards in this language; expected en or ru")
    try:
        from dashboards import grafana_server
        from dashboards.push import carry_out, plan
    except ModuleNotFoundError as error:
        raise refused(f"This needs the package {error.name}: pip install -e '.[grafana]'", NOT_POSSIBLE) from error
    try:
        with closing(grafana_server.GrafanaServer(url, _token(token_file))) as server:
            steps = list(plan(server, texts))
            for step in steps:
                _tell(step, dry_run)
            if not dry_run:
                carry_out(server, steps, message)
    except grafana_server.ServerError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    changes = sum(step.to_do for step in steps)
    typer.echo(f"{len(steps)} dashboards, {changes} {'would be written' if dry_run else 'written'}.")


def _token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"{path}: {error}: expected a readable file with the token") from error


def _tell(step: "Step", dry_run: bool) -> None:
    typer.echo(f"{step.dashboard['uid']}: {step.verdict.value}")
    for line in step.difference if dry_run else ():
        typer.echo(f"  {line}")


@app.command()
def check(out: Out = _HERE, manual: Manual = "", collector: Collector = "") -> None:
    """Tell which files are not those of the code; the exit code is 1 when there are some."""
    stale = [name for name, text in _made(manual, collector).items() if _text_of(out / name) != text]
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
