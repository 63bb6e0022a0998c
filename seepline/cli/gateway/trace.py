"""`seepline gateway trace`: what passes on the wires of a running gateway, frame by frame."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.gateway import app
from seepline.cli.gateway.status import DATA, DataFolder
from seepline.cli.problems import NOT_POSSIBLE, refused

_LOOK_S = 0.2
_BEGINS_WITHIN_S = 5.0


@app.command()
def trace(
    data: DataFolder = DATA,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="How long to trace.")] = 10.0,
) -> None:
    """Show every frame on the gateway's buses for some seconds; the pieces stay in DATA/trace.log."""
    from gateway.bus.trace import ask, decoded

    if not (data / "status.json").exists():
        raise refused(f"--data {data}: no gateway has run there, expected the directory given to `gateway run`")
    (data / "trace.log").unlink(missing_ok=True)
    try:
        log = ask(data, seconds)
    except OSError as error:
        raise refused(f"--data {data} cannot be written ({error.strerror})", NOT_POSSIBLE) from error
    for line in decoded(_lines(log, time.monotonic() + seconds)):
        typer.echo(line)
    if not log.exists():
        raise refused(f"no gateway runs in {data}: nothing was traced", NOT_POSSIBLE)


def _lines(log: Path, until_s: float) -> Iterator[str]:
    """Yield the lines of a file that is being written, until a time has come."""
    begins_s = time.monotonic() + _BEGINS_WITHIN_S
    while not log.exists():
        if time.monotonic() > min(begins_s, until_s):
            return
        time.sleep(_LOOK_S)
    with log.open(encoding="ascii") as file:
        rest = ""
        while time.monotonic() < until_s or rest:
            rest += file.readline()
            if rest.endswith("\n"):
                yield rest
                rest = ""
            elif time.monotonic() >= until_s:
                return
            else:
                time.sleep(_LOOK_S)
