"""`seepline gateway status`: what a running gateway sees, once or as a view that stays."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from seepline.cli.gateway import app
from seepline.cli.gateway.status_view import shown
from seepline.cli.problems import NOT_POSSIBLE, refused

DATA = Path("/var/lib/seepline")
_AGAIN_S = 1.0

DataFolder = Annotated[Path, typer.Option(help="Data folder of the gateway.")]


@app.command()
def status(
    data: DataFolder = DATA,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again every second, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show each logger: last seen, clock, answers; each bus: use and errors; what waits, the link, the disk."""
    if as_json:
        typer.echo(json.dumps(_read(data), indent=1))
    elif watch:
        _watch(data)
    else:
        Console().print(shown(_read(data), _age_s(data)))


def _watch(data: Path) -> None:
    with Live(shown(_read(data), _age_s(data)), auto_refresh=False) as live:
        while True:
            time.sleep(_AGAIN_S)
            live.update(shown(_read(data), _age_s(data)), refresh=True)


def _read(data: Path) -> dict[str, Any]:
    try:
        found = json.loads((data / "status.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise refused(f"{data} holds no status.json: expected the --data of a gateway that has run") from error
    except (OSError, ValueError) as error:
        raise refused(f"{data / 'status.json'} cannot be read ({error})", NOT_POSSIBLE) from error
    return dict(found)


def _age_s(data: Path) -> float:
    return time.time() - (data / "status.json").stat().st_mtime
