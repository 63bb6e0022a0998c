"""`seepline gateway run`: read the loggers of one gateway's buses and send what they hold to the collector."""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seepline.cli.gateway import app
from seepline.cli.problems import NOT_POSSIBLE, refused
from seepline.toml_file import Faulty
from seepline.wire.site_clock import ClockError

if TYPE_CHECKING:
    from gateway.wiring import Wiring

GatewayFile = Annotated[Path, typer.Argument(metavar="GATEWAY.toml", help="How this gateway is wired.")]


@app.command()
def run(
    gateway_file: GatewayFile,
    log_format: Annotated[str | None, typer.Option(help="json, text or auto, instead of the file's.")] = None,
) -> None:
    """Poll the loggers, keep what they say, and send it until the collector has it."""
    from gateway import logs, service
    from gateway.bus.exact_loop import exact_loop
    from gateway.outbox.file import OutboxError
    from gateway.wiring import readable_by_all

    if log_format not in (None, *logs.FORMS):
        raise refused(f"--log-format {log_format}: expected one of {', '.join(logs.FORMS)}")
    wiring = wiring_or_exit(gateway_file)
    logs.begin(log_format or wiring.settings.log.format)
    for path in readable_by_all(wiring):
        logging.getLogger(__name__).warning("%s holds a secret and can be read by all: chmod 640 %s", path, path)
    try:
        with asyncio.Runner(loop_factory=exact_loop) as runner:
            runner.run(service.run(gateway_file, wiring))
    except ClockError as error:
        raise refused(str(error)) from error
    except OutboxError as error:
        raise refused(str(error), NOT_POSSIBLE) from error


def wiring_or_exit(path: Path) -> "Wiring":
    """Return what a gateway.toml describes, or print everything that is wrong with it and exit with code 2."""
    from gateway.wiring import read_wiring

    try:
        return read_wiring(path)
    except Faulty as error:
        raise refused("\n".join(map(str, error.problems))) from error
