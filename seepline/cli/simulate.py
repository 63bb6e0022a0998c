"""`seepline simulate`: a site on a desk, for masters, gateways and people."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from seepline.cli import app
from seepline.cli.problems import BAD_INPUT, NOT_POSSIBLE, SiteFile, read_site_or_exit, refused
from seepline.site import Site

if TYPE_CHECKING:
    from simulator.simulation import Simulation

_LOOK_S = 0.5


@app.command()
def simulate(
    site_file: SiteFile,
    inputs: Annotated[Path | None, typer.Option(metavar="INPUTS.toml", help="What the loggers measure.")] = None,
    directory: Annotated[Path, typer.Option("--dir", help="Where ports, flash images and logs go.")] = Path(
        "var/simulator"
    ),
    fault: Annotated[
        list[str] | None, typer.Option(help="A fault on every line, such as flip_rate=1e-4 (docs/faulty-line.md).")
    ] = None,
    keep_memory: Annotated[bool, typer.Option(help="Power loggers up with the flash of the last run.")] = False,
    restart: Annotated[bool, typer.Option(help="Power a logger up again when its program ends.")] = False,
    require_micropython: Annotated[bool, typer.Option(help="Refuse to run the loggers under CPython.")] = False,
) -> None:
    """Run a site's buses and loggers: one PTY per bus, the real logger program per logger."""
    from seepline.wire.site_clock import ClockError
    from simulator import clock, faults, interpreter, loggers, simulation
    from simulator import inputs as input_file
    from simulator.bus import BusError
    from simulator.input_table import InputError

    console = Console()
    known = (
        InputError, ClockError, faults.FaultError, interpreter.InterpreterError, simulation.FolderError,
        BusError, loggers.LoggerError,
    )  # fmt: skip
    bad_input = (InputError, ClockError, faults.FaultError)
    site = read_site_or_exit(site_file)
    try:
        what = input_file.read(inputs, site) if inputs else input_file.NO_INPUTS
        options = simulation.Options(
            interpreter=interpreter.find(require_micropython=require_micropython),
            site_clock=clock.anchored(os.environ, clock.real_ms()),
            faults=faults.parse(fault or []),
            keep_memory=keep_memory,
            restart=restart,
        )
        with _ended_by_signal(), simulation.running(site, directory, options, what) as running:
            _run(console, running)
    except known as error:
        raise refused(str(error), BAD_INPUT if isinstance(error, bad_input) else NOT_POSSIBLE) from error
    except KeyboardInterrupt:
        console.print("Simulator ended, loggers without power.")


def _run(console: Console, running: "Simulation") -> None:
    console.print(_table(running.site, running))
    for note in running.notes:
        console.print(note, style="yellow", highlight=False)
    _fill(console, running)
    running.write_ready()
    console.print(f"Ready: {running.folder / 'ready.json'}. Ctrl-C ends it.", soft_wrap=True)
    while True:
        running.check()
        time.sleep(_LOOK_S)


def _table(site: Site, running: "Simulation") -> Table:
    label = running.options.interpreter.label
    table = Table(title=f"Simulated buses of {site.info.name}", caption=f"Loggers run under {label}")
    for heading in ("bus", "port", "baud", "parity", "address, logger"):
        table.add_column(heading, overflow="fold")
    for bus in site.buses:
        own = [source for source in site.wired if source.bus == bus.id]
        loggers = "\n".join(f"{source.address} {source.id}" for source in own)
        parity = f"{bus.parity}; on a PTY none"
        table.add_row(bus.id, str(running.buses[bus.id].tty), str(bus.baud), parity, loggers)
    return table


def _fill(console: Console, running: "Simulation") -> None:
    from simulator import flash_image

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("records"))
    with Progress(*columns, console=console) as progress:
        bars = {name: progress.add_task(name, total=total) for name, total in running.past_records.items()}
        while not running.ready:
            running.check()
            for name, bar in bars.items():
                progress.update(bar, completed=flash_image.count(running.nodes[name].files.flash))
            time.sleep(_LOOK_S)
        for name, bar in bars.items():
            progress.update(bar, completed=flash_image.count(running.nodes[name].files.flash))


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let SIGTERM end the simulator as Ctrl-C does, so that its loggers end with it."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
