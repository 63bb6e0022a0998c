"""`seepline gateway forget`: a destination that is no more holds back nothing."""

from pathlib import Path
from typing import Annotated

import typer

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, refused

DATA = Path("/var/lib/seepline")


@app.command()
def forget(
    destination: Annotated[str, typer.Argument(help="Name of the destination, as in gateway.toml.")],
    data: Annotated[Path, typer.Option(help="Data folder of the gateway, which must be stopped.")] = DATA,
) -> None:
    """Keep no more rows for a destination that was taken out of gateway.toml."""
    from gateway.clock import clock_of_environment
    from gateway.outbox.file import OutboxError, OutboxFile

    if not (data / "outbox" / "state.db").exists():
        raise refused(f"{data} holds no outbox: expected the --data of a gateway that has run")
    now_ms = clock_of_environment().now_ms()
    try:
        file = OutboxFile(data, now_ms)
        try:
            file.forget(destination, now_ms)
            typer.echo(file.events()[-1][4])
        finally:
            file.close()
    except OutboxError as error:
        raise refused(str(error), NOT_POSSIBLE) from error
