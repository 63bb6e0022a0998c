"""What the logger may weigh: its compiled modules in flash, its running program in memory."""

import logging
import random
import time
from collections.abc import Callable
from pathlib import Path

from seepline.wire import registers, rtu

MODULES_BYTES = 120_000
HEAP_IN_USE = 0.8
FIGURES = logging.getLogger(__name__)  # shown by `pytest --log-level=INFO -rP`


def test_all_modules_compiled_for_the_esp32_are_at_most_120_kb(
    compiled: Callable[..., int], tmp_path: Path
) -> None:
    size = compiled(tmp_path, "-march=xtensawin", "-O2")
    modules = list(tmp_path.rglob("*.mpy"))
    FIGURES.info("%d bytes in %d modules", size, len(modules))
    assert len(modules) > 15
    assert all(path.read_bytes()[:2] == b"M\x06" for path in modules)
    assert size <= MODULES_BYTES


def _busy(node, chance: random.Random, requests: int) -> None:
    """Read everything that can be read, in any order, with noise between."""
    newest = node.identification("newest_sequence")
    for _ in range(requests):
        place = [(*registers.history_address(newest - chance.randrange(60)), 60) for _ in range(2)]
        assert len(rtu.file_groups(node.ask(rtu.file_request(place)))) == 2
        assert node.ask(rtu.read_request(3, registers.live_address(chance.randrange(2)), 62))[1] == 124
        assert node.ask(bytes([rtu.ENCAPSULATED, rtu.READ_DEVICE_ID, 1, 0]))[0] == rtu.ENCAPSULATED
        assert node.ask(rtu.read_request(3, 300, 1))[0] == 0x83
        node.line.sendall(chance.randbytes(200))
        time.sleep(0.03)


def test_the_running_logger_leaves_a_fifth_of_56_k_free(node56) -> None:
    node56.start(rate=900, module="meter")  # a scan every second
    node56.wait_ready()
    figures = node56.directory / "config.heap"
    seen = []
    for round_ in range(4):
        _busy(node56, random.Random(round_), 12)
        figures.unlink(missing_ok=True)
        while not (figures.exists() and figures.read_text().endswith("\n")):
            assert node56.process.poll() is None, "the logger program has ended"
            time.sleep(0.02)
        seen.append(tuple(map(int, figures.read_text().split())))
    used, whole = max(seen)
    FIGURES.info("%d of %d bytes in use", used, whole)
    assert 50_000 < whole < 57_344
    assert used <= HEAP_IN_USE * whole
