"""A whole site on a desk: its buses and logger programs in one run directory, started and ended together."""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from seepline.logger_configuration import configuration
from seepline.site import Site
from seepline.site_wiring import Bus as SiteBus
from seepline.site_wiring import Logger
from simulator import clock, input_table, loggers, stations
from simulator.bus import Bus
from simulator.faults import NO_FAULTS, LineFaults
from simulator.input_table import Scan
from simulator.inputs import NO_INPUTS, Inputs
from simulator.interpreter import Interpreter
from simulator.loggers import Files, Node

USB_BAUD = 115200  # of firmware.usb


class FolderError(RuntimeError):
    """The run directory cannot be used: says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run. `site_clock` has its third part; `keep_memory` starts loggers with the flash of the last run."""

    interpreter: Interpreter
    site_clock: str | None
    faults: LineFaults = NO_FAULTS
    keep_memory: bool = False
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Simulation:
    """A running site. `past_records` says how many records each logger makes before it is ready."""

    site: Site
    folder: Path
    buses: dict[str, Bus]
    usb: dict[str, Bus]  # per logger: its USB port, a line with one node
    nodes: dict[str, Node]
    past_records: dict[str, int]
    options: Options
    notes: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Tell whether every logger has filled its memory."""
        return all(node.ready for node in self.nodes.values())

    def check(self) -> None:
        """Look after buses and loggers.

        Raises
        ------
        LoggerError
            When a logger program has ended and is not to be started again.
        """
        for bus in (*self.buses.values(), *self.usb.values()):
            if not bus.running:
                raise loggers.LoggerError(f"bus {bus.tty.stem} has stopped, see the error above")
        for node in self.nodes.values():
            try:
                node.check()
            except loggers.LoggerError:
                if not self.options.restart:
                    raise
                node.restart()

    def write_ready(self) -> None:
        """Write ready.json: where everything is."""
        label = self.options.interpreter.label
        parity = {bus.id: bus.parity for bus in self.site.buses}
        baud = {bus.id: bus.baud for bus in self.site.buses}
        document = {
            "buses": {
                name: {"tty": str(bus.tty), "baud": baud[name], "parity": parity[name], "parity_on_pty": "none"}
                for name, bus in self.buses.items()
            },
            "loggers": {
                name: {
                    "pid": node.pid,
                    "flash": str(node.files.flash),
                    "interpreter": label,
                    "usb": str(self.usb[name].tty),
                }
                for name, node in self.nodes.items()
            },
        }
        new = self.folder / "ready.json.new"
        new.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        new.replace(self.folder / "ready.json")


@contextmanager
def running(site: Site, folder: Path, options: Options, inputs: Inputs = NO_INPUTS) -> Iterator[Simulation]:
    """Run a site in a directory; at the end every logger and bus is ended.

    Raises
    ------
    FolderError, BusError, InputError, LoggerError, ClockError
        When something cannot be started: one sentence that says what to do.
    """
    start_s = clock.start_ms(options.site_clock, clock.real_ms()) // 1000
    tables = {logger.id: inputs.scans(logger.id, site, 1000 * start_s) for logger in site.loggers}
    past = {logger.id: _past(site, logger, tables[logger.id], start_s) for logger in site.loggers}
    with ExitStack() as stack:
        _claim(folder, stack)
        buses, usb, nodes = dict[str, Bus](), dict[str, Bus](), dict[str, Node]()
        for bus in site.buses:
            buses[bus.id] = _bus(site, bus, folder, options.faults)
            stack.callback(buses[bus.id].close)
            for station in stations.modelled(site, bus.id):
                now_ms = partial(clock.site_now_ms, options.site_clock)
                stack.callback(stations.start(station, buses[bus.id].port, now_ms).close)
        for logger in site.loggers:
            where = loggers.files(folder, logger.id)
            _prepare(site, logger, where, tables[logger.id])
            usb[logger.id] = _usb(logger, folder)
            stack.callback(usb[logger.id].close)
            config = loggers.configuration(
                configuration(site, logger), buses[logger.bus].port, where, past[logger.id].from_s
            )
            config["usb"] = ["127.0.0.1", usb[logger.id].port]
            loggers.write_configuration(where.config, config)
            if not options.keep_memory:
                _erase(where)
            program = loggers.program(options.interpreter, where.config)
            nodes[logger.id] = Node(logger.id, where, program, options.site_clock)
            stack.callback(nodes[logger.id].stop)
        counts = {name: part.records for name, part in past.items()}
        yield Simulation(
            site, folder, buses, usb, nodes, counts, options, (*_notes(tables, start_s), *stations.notes(site))
        )


@dataclass(frozen=True, slots=True)
class _Past:
    """Since when a logger has been scanning, None = only from now on, and how many records that makes."""

    from_s: int | None
    records: int


def _past(site: Site, logger: Logger, scans: Sequence[Scan], start_s: int) -> _Past:
    """Return a logger's past: from its first input on, but no longer than its memory reaches."""
    blocks = len({channel.block for channel in site.channels if channel.logger == logger.id})
    if not scans or scans[0].utc_s > start_s:
        return _Past(None, 0)
    reach_s = loggers.FLASH_RECORDS // blocks * logger.scan_s
    from_s = max(scans[0].utc_s, start_s - reach_s)
    return _Past(from_s, (start_s // logger.scan_s + -from_s // logger.scan_s + 1) * blocks)


def _notes(tables: Mapping[str, Sequence[Scan]], start_s: int) -> Iterator[str]:
    for name, scans in tables.items():
        if scans and scans[-1].utc_s < start_s - 86400:
            end = datetime.fromtimestamp(scans[-1].utc_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            yield f"The inputs of {name} end at {end}, before the start: set SEEPLINE_CLOCK={end}@1 to see them."


def _claim(folder: Path, stack: ExitStack) -> None:
    """Make the run directory ours until the end; what an earlier run promised there is void."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context((folder / "simulator.lock").open("w"))
    except OSError as error:
        raise FolderError(f"cannot write to {folder} ({error.strerror}), give another --dir") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise FolderError(f"another simulator runs in {folder}, end it or give another --dir") from error
    _withdraw(folder)
    stack.callback(_withdraw, folder)
    for link in folder.glob("*.tty"):
        if link.is_symlink():
            link.unlink()


def _withdraw(folder: Path) -> None:
    (folder / "ready.json").unlink(missing_ok=True)


def _bus(site: Site, bus: SiteBus, folder: Path, faults: LineFaults) -> Bus:
    nodes = [str(logger.serial) for logger in site.loggers if logger.bus == bus.id]
    nodes += [station.id for station in stations.modelled(site, bus.id)]
    return Bus(bus, folder / f"{bus.id}.tty", nodes, faults)


def _usb(logger: Logger, folder: Path) -> Bus:
    name = f"usb-{logger.id}"
    line = SiteBus(id=name, gateway=name, baud=USB_BAUD, parity="none")
    return Bus(line, folder / f"{name}.tty", [str(logger.serial)])


def _prepare(site: Site, logger: Logger, where: Files, scans: Sequence[Scan]) -> None:
    """Write what a logger measures, and remove what the run before said about it."""
    channels = [channel for channel in site.channels if channel.logger == logger.id]
    input_table.write(where.table, channels, scans)
    where.ready.unlink(missing_ok=True)
    where.log.unlink(missing_ok=True)


def _erase(where: Files) -> None:
    """Make the logger's memory that of a new one."""
    where.flash.unlink(missing_ok=True)
    where.flash.with_name(where.flash.name + ".boot").unlink(missing_ok=True)
    shutil.rmtree(where.flash.with_name(where.flash.name + ".nvs"), ignore_errors=True)
