"""`seepline gateway ask`: a repeat or fast scans of one logger, through the running gateway."""

import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, refused
from seepline.wish import FAST, MOST, REPEAT

_GOOD_FOR_MS = 600_000


@app.command()
def ask(
    logger: Annotated[str, typer.Argument(metavar="LOGGER", help="Id of a logger of this gateway.")],
    data: Annotated[Path, typer.Option(help="Data directory of the running gateway.")],
    repeat: Annotated[int | None, typer.Option(min=1, max=MOST[REPEAT], help="Scans to be made at once.")] = None,
    fast_minutes: Annotated[
        int | None, typer.Option(min=1, max=MOST[FAST], help="Minutes of a scan every 10 s.")
    ] = None,
) -> None:
    """Ask a logger for scans at once, or for fast scans; it allows an hour of both together a day."""
    from gateway.clock import clock_of_environment
    from gateway.loggers.operator_socket import say
    from seepline.gateway_socket import LineError

    if (repeat is None) == (fast_minutes is None):
        raise refused("Give --repeat SCANS or --fast-minutes MINUTES, one of them.")
    wish = {
        "id": f"person-{time.time_ns():x}-{secrets.token_hex(4)}",
        "logger": logger,
        "kind": FAST if repeat is None else REPEAT,
        "amount": fast_minutes if repeat is None else repeat,
        "expires_at_ms": clock_of_environment().now_ms() + _GOOD_FOR_MS,
    }
    try:
        said = say(data, {"wish": wish})
    except (OSError, LineError) as error:
        text = f"No gateway that this user may speak with runs in {data} ({error}): give its --data directory."
        raise refused(text, NOT_POSSIBLE) from error
    if "error" in said:
        raise refused(f"The gateway says: {said['error']}", NOT_POSSIBLE)
    typer.echo(f"{logger} will be asked at the next free moment; `seepline gateway status` shows its records.")
