"""What the logger may weigh: its compiled modules in flash, its running program in memory."""

import logging
import random
import time
from pathlib import Path

import pytest

from fieldtool import bundle
from seepline.wire import registers, rtu

ROOT = Path(__file__).resolve().parents[2]
MODULES_BYTES = 120_000
HEAP_IN_USE = 0.8
SMALL_HEAP = 56 * 1024
FIGURES = logging.getLogger(__name__)  # shown by `pytest --log-level=INFO -rP`


@pytest.fixture(scope="module")
def release() -> bundle.Program:
    """The program as a release has it: squeezed, compiled for the ESP32."""
    return bundle.program(1)


def _groups(program: bundle.Program) -> dict[str, int]:
    """Return the bytes of each folder of a program."""
    found: dict[str, int] = {}
    for name, content in program.files:
        folder = str(Path(name).parent)
        found[folder] = found.get(folder, 0) + len(content)
    return found


def test_all_modules_compiled_for_the_esp32_are_at_most_120_kb(release: bundle.Program) -> None:
    for name, content in sorted(release.files, key=lambda file: -len(file[1])):
        FIGURES.info("%6d %s", len(content), name)
    FIGURES.info("%d bytes in %d modules: %s", release.compiled_bytes, len(release.files), _groups(release))
    assert len(release.files) > 15
    assert len(release.files) < len(release.names)  # some lie in another's file
    assert all(content[:2] == b"M\x06" for _, content in release.files)
    assert release.compiled_bytes <= MODULES_BYTES


def test_every_module_of_the_repository_that_an_esp32_needs_is_in_a_release(release: bundle.Program) -> None:
    shipped = set(release.names) | set(bundle.STARTER)
    paths = [*ROOT.glob("firmware/**/*.py"), *ROOT.glob("seepline/wire/*.py")]
    left = {path.relative_to(ROOT) for path in paths} - shipped
    assert left == {
        Path("firmware/boot.py"),
        Path("firmware/vibrating_wire/desk.py"),
        Path("seepline/wire/site_clock.py"),
    }


def _busy(node, chance: random.Random, requests: int) -> None:
    """Read everything that can be read, in any order, with noise between."""
    newest = node.identification("newest_sequence")
    for _ in range(requests):
        place = [(*registers.history_address(newest - chance.randrange(60)), 60) for _ in range(2)]
        assert len(rtu.file_groups(node.ask(rtu.file_request(place)))) == 2
        assert node.ask(rtu.read_request(3, registers.live_address(chance.randrange(2)), 62))[1] == 124
        assert node.ask(bytes([rtu.ENCAPSULATED, rtu.READ_DEVICE_ID, 1, 0]))[0] == rtu.ENCAPSULATED
        assert node.ask(rtu.read_request(3, 250, 1))[0] == 0x83
        node.line.sendall(chance.randbytes(200))
        time.sleep(0.03)


def test_the_running_logger_leaves_a_fifth_of_its_heap_free(small_node) -> None:
    small_node.start(rate=900, module="meter")  # a scan every second
    small_node.wait_ready()
    figures = small_node.directory / "config.heap"
    seen = []
    for round_ in range(4):
        _busy(small_node, random.Random(round_), 12)
        figures.unlink(missing_ok=True)
        while not (figures.exists() and figures.read_text().endswith("\n")):
            assert small_node.process.poll() is None, "the logger program has ended"
            time.sleep(0.02)
        seen.append(tuple(map(int, figures.read_text().split())))
    used, whole = max(seen)
    FIGURES.info("%d of %d bytes in use", used, whole)
    assert whole < SMALL_HEAP
    assert used <= HEAP_IN_USE * whole
