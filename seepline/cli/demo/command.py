"""`seepline demo`: the whole chain on one desk, with two weeks of real readings and a pond that rises."""

import json
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from seepline.cli import app
from seepline.cli.demo import checks, children, people, report, told
from seepline.cli.demo import influx as copy
from seepline.cli.demo.children import Child, ChildError
from seepline.cli.problems import NOT_POSSIBLE, refused

if TYPE_CHECKING:
    from seepline.signing_key import SigningKey

ROOT = Path(__file__).parents[3]
FOLDER = Path("var") / "demo"
SITE = ROOT / "simulator" / "demo" / "site.toml"
INPUTS = ROOT / "simulator" / "demo" / "inputs.toml"
EXPECTED = ROOT / "tests" / "data" / "usgs-mukilteo" / "expected-mvd116.csv"

RECORDS_END = "2016-01-01T07:45:00Z"
RATE = 900  # one scan of 15 minutes a real second
_LEAD_S = 8.0  # until the site clock shows the records' end: the loggers fill their memories in this time
_LIMIT_S = 600.0  # a minute and a half on a quiet PC; a small or busy machine needs longer
_LOOK_S = 0.4


class DemoError(Exception):
    """The demo cannot go on: says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Running:
    """The demo's programs: where the collector answers, and which files they share."""

    collector: str
    folder: Path
    programs: tuple[Child, ...]
    person: "SigningKey"

    def check(self) -> None:
        """Raise ChildError when one of the programs has ended."""
        for program in self.programs:
            program.check()

    def gateway(self) -> dict[str, Any]:
        """Return the gateway's status, {} before its first."""
        path = self.folder / "gateway" / "status.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def state(self) -> dict[str, Any]:
        """Return the collector's present state."""
        state: dict[str, Any] = checks.ask(f"{self.collector}/api/v1/state")
        return state

    def ready(self) -> dict[str, Any]:
        """Return where the simulator's ports and flash images are."""
        found: dict[str, Any] = json.loads((self.folder / "ready.json").read_text(encoding="utf-8"))
        return found


@app.command()
def demo(
    keep: Annotated[bool, typer.Option(help="Leave everything running until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(help="Port of the collector's page; 0 takes any free one.")] = 8000,
    influx: Annotated[str, typer.Option("--influx", metavar="URL", help="Copy everything to this InfluxDB.")] = "",
    influx_token_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Its token.")] = None,
    influx_org: Annotated[str, typer.Option(help="Its organisation.")] = "seepline",
    influx_bucket: Annotated[str, typer.Option(help="Its bucket, which must exist on 1.x and 2.x.")] = "dam",
) -> None:
    """Run the whole chain: real logger programs, a simulated bus, gateway, collector, alarms."""
    console = Console()
    began_s = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started us with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    try:
        settle = partial(
            copy.settle, url=influx, org=influx_org, bucket=influx_bucket, token_file=influx_token_file
        )
        copies = [settle] if influx else []
        with told.phones() as phones, _running(console, port, [*copies, phones.settle]) as running:
            _watch(console, running, began_s + _LIMIT_S)
            verdict = _judge(running, began_s + _LIMIT_S)
            verdict = replace(verdict, told=phones.told(running.collector, began_s + _LIMIT_S))
            report.show(console, verdict, running.collector, time.monotonic() - began_s, stays=keep)
            if influx:
                held = copy.wait_until_copied(running.folder / "collector", running.programs[1])
                console.print(
                    f"{held} readings are in InfluxDB at {influx}, bucket {influx_bucket}: docs/grafana.md"
                )
            if keep:
                gateway_pid = running.programs[-1].process.pid
                report.show_how_to_look(console, running.collector, running.ready(), running.folder, gateway_pid)
                _wait_for_interrupt(console, running)
    except (ChildError, DemoError, people.RefusedError, copy.InfluxError) as error:
        raise refused(str(error), NOT_POSSIBLE) from error
    except KeyboardInterrupt as interrupt:
        console.print("Ended before its end; all its programs are stopped.")
        raise typer.Exit(130) from interrupt
    if not verdict.passed:
        raise typer.Exit(1)


def _free_port(wanted: int) -> int:
    """Return the wanted port when it is free, else any free one."""
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoError("No port of 127.0.0.1 can be listened on.")


def _site_clock(start: datetime) -> str:
    return f"{RECORDS_END}@{RATE}@{start.isoformat(timespec='milliseconds')}"


@contextmanager
def _running(console: Console, wanted_port: int, settles: Sequence[Callable[[Path], None]]) -> Iterator[Running]:
    """Start simulator, collector and gateway in a fresh folder; end them all at the end."""
    ended = children.stop_earlier_run(FOLDER)
    if ended:
        console.print(f"Ended {ended} programs that an earlier demo had left running.")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    start = datetime.now(UTC) + timedelta(seconds=_LEAD_S)
    clock = {"SEEPLINE_CLOCK": _site_clock(start)}
    address, programs = f"127.0.0.1:{_free_port(wanted_port)}", list[Child]()
    data, token_file = FOLDER / "collector", FOLDER / "gateway.token"

    def launch(name: str, *arguments: str) -> None:
        programs.append(children.start(name, arguments, FOLDER, clock))

    try:
        launch("simulator", "simulate", str(SITE), "--inputs", str(INPUTS), "--dir", str(FOLDER))
        _make_token(data, token_file)
        person = people.appoint(data)
        for settle in settles:
            settle(data)
        launch("collector", "collector", "run", str(SITE), "--data", str(data), "--listen", address)
        _wait_until_ready(console, programs, start, f"http://{address}")
        wiring = FOLDER / "gateway.toml"
        wiring.write_text(gateway_toml(f"http://{address}", token_file.name), encoding="utf-8")
        launch("gateway", "gateway", "run", str(wiring))
        yield Running(f"http://{address}", FOLDER, tuple(programs), person)
    finally:
        for program in reversed(programs):
            children.stop(program)


def gateway_toml(collector: str, token_file: str) -> str:
    """Return the gateway.toml of the demo's one gateway; all that it names stands beside it."""
    return (
        f"[gateway]\nid = 'gw1'\nsite = '{SITE}'\ndata = 'gateway'\n\n"
        f"[[port]]\nbus = 'bus1'\npath = 'bus1.tty'\n\n"
        f"[[destination]]\nname = 'collector'\nkind = 'seepline'\nurl = '{collector}'\n"
        f"token_file = '{token_file}'\n"
    )


def _make_token(data: Path, token_file: Path) -> None:
    from collector import tokens

    data.mkdir(parents=True)
    token_file.touch(mode=0o600)
    token_file.write_text(tokens.add(data / tokens.FILE_NAME, "gw1") + "\n", encoding="utf-8")


def _wait_until_ready(console: Console, programs: list[Child], start: datetime, collector: str) -> None:
    """Wait for full memories, an answering collector and the moment at which the records end."""
    with console.status("Three loggers fill their memories with recorded scans, in virtual time ..."):
        waiting = True
        while waiting:
            for program in programs:
                program.check()
            time.sleep(_LOOK_S / 2)
            filled = (FOLDER / "ready.json").exists() and datetime.now(UTC) >= start
            waiting = not (filled and _answers(collector))


def _answers(collector: str) -> bool:
    try:
        checks.ask(f"{collector}/api/v1/state")
    except OSError:
        return False
    return True


def _watch(console: Console, running: Running, limit_s: float) -> None:
    """Show the back-fill and the rising pond until all history is stored and the toe piezometer is red."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bars = {name: progress.add_task(name, total=None) for name in ("read from loggers", "stored by collector")}
        live = progress.add_task("", total=None)
        while time.monotonic() < limit_s:
            running.check()
            gateway, state = running.gateway(), running.state()
            loggers = gateway.get("loggers", {}).values()
            total = sum(one["held_newest"] for one in loggers)
            read = sum(one["stored"] for one in loggers)
            stored = state["counts"]["raw_records"]
            progress.update(bars["read from loggers"], total=total, completed=read)
            progress.update(bars["stored by collector"], total=total, completed=stored)
            progress.update(live, description=report.live_line(state))
            if read and read >= total and stored >= read and report.is_red(state):
                return
            time.sleep(_LOOK_S)
    raise DemoError(
        f"After {_LIMIT_S:g} s not everything was read or the toe piezometer was not red; logs are in {FOLDER}."
    )


def _judge(running: Running, limit_s: float) -> report.Verdict:
    """Count the records that are in flash now, and wait until they are stored; then compare the pressures."""
    images = {name: Path(one["flash"]) for name, one in running.ready()["loggers"].items()}
    held = {name: checks.flash_identities(image) for name, image in images.items()}
    counts = checks.count(running.collector, held)
    while any(one.lost for one in counts) and time.monotonic() < limit_s:
        running.check()
        time.sleep(_LOOK_S)
        counts = checks.count(running.collector, held)
    comparison = checks.compare(running.collector, EXPECTED)
    interpreter = next(iter(running.ready()["loggers"].values()))["interpreter"]
    by_hand = people.walk(running.collector, running.person, running.state()["time_ms"], limit_s)
    found = report.verdict(counts, comparison, running.gateway(), running.state(), interpreter)
    return replace(found, by_hand=by_hand)


def _wait_for_interrupt(console: Console, running: Running) -> None:
    """Wait for Ctrl-C; a program that ends (somebody may want its port) is named, and the others go on."""
    named: set[str] = set()
    try:
        while True:
            for program in running.programs:
                if program.process.poll() is not None and program.name not in named:
                    console.print(f"The {program.name} has ended; the others go on. Its log: {program.log}")
                    named.add(program.name)
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("Everything is stopped.")
