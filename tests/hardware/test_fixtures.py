"""The bench's fixtures: drawings with their tables' values, and a ring-down that the logger reads as asked for."""

import re
import subprocess
import sys
from array import array
from pathlib import Path

import numpy
import pytest

from hardware.budget import pictures
from hardware.fixtures import drawings
from hardware.front_end import converter, listening

ROOT = Path(__file__).resolve().parents[2]
ON_SIMULATOR = ROOT / "hardware/fixtures/on-simulator"
sys.path.append(str(ON_SIMULATOR))

import ring_down  # noqa: E402

PLAY = """
import sys
from ring_down import ring_down
with open(sys.argv[1], "wb") as file:
    file.write(bytes(ring_down(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
"""


def played(tmp_path: Path, millihertz: int, microvolt: int, decay_ms: int) -> numpy.ndarray:
    """Return what MicroPython makes for the DAC, left channel."""
    (tmp_path / "play.py").write_text(PLAY)
    command = [listening.MICROPYTHON, "-X", "heapsize=1m", tmp_path / "play.py", tmp_path / "frames"]
    subprocess.run(
        [*command, str(millihertz), str(microvolt), str(decay_ms)],
        env={"MICROPYPATH": f"{ON_SIMULATOR}:.frozen"},
        check=True,
        timeout=60,
    )
    frames = array("h")
    frames.frombytes((tmp_path / "frames").read_bytes())
    return numpy.array(frames[::2], dtype=float)


@pytest.mark.parametrize(("millihertz", "microvolt", "decay_ms"), [(2800370, 2000, 250), (450120, 500, 500)])
def test_the_logger_reads_what_the_simulator_was_told(tmp_path, millihertz, microvolt, decay_ms) -> None:
    frames = played(tmp_path, millihertz, microvolt, decay_ms)
    peak_uv = frames.max() / ring_down.FULL * ring_down.VOLT / ring_down.DIVIDER * 1e6
    assert peak_uv == pytest.approx(microvolt, rel=0.02)
    # a converter of 32,000 a second: every second frame is a sample; gain such that a count is 100 nV at the coil
    counts = frames / ring_down.FULL * ring_down.VOLT / ring_down.DIVIDER * 1e7
    capture = converter.counts(counts[320 : 320 + 2 * converter.CAPTURE : 2], 3.0, 1).tobytes()
    said = listening.heard([capture, capture], 100, millihertz / 1000)
    assert said.hz == pytest.approx(millihertz / 1000, abs=0.002)
    assert said.decay == pytest.approx(numpy.exp(-256 / decay_ms), abs=0.01)


def test_the_frequency_that_is_played_is_the_one_that_is_said() -> None:
    for millihertz in (400000, 2800370, 5999999):
        assert ring_down.true_millihertz(millihertz) == pytest.approx(millihertz, abs=0.005)


@pytest.mark.parametrize("microvolt", [0, 30000])
def test_what_the_dac_cannot_play_is_refused(microvolt: int) -> None:
    with pytest.raises(ValueError, match=f"{microvolt} uV is out of reach: 1 to 19668"):
        ring_down.ring_down(2800370, microvolt, 250)


@pytest.mark.parametrize("name", drawings.FIXTURES)
def test_a_drawing_shows_every_part_of_its_table_with_its_value(name: str, tmp_path: Path) -> None:
    drawings.draw(name, tmp_path / "new.svg")
    made, kept = ((folder / file).read_text(encoding="utf-8") for folder, file in (
        (tmp_path, "new.svg"), (drawings.HERE, f"{name}.svg"),
    ))  # fmt: skip
    shown = " ".join(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", made))
    assert shown == " ".join(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", kept)), f"draw {name} again"
    for part, row in drawings.parts_of(name).items():
        assert len(re.findall(rf"\b{part}\b {re.escape(row['value'])}(?= |$)", shown)) == 1, part


@pytest.mark.parametrize("name", pictures.CHARTS)
def test_the_committed_curves_are_the_calculators(name: str) -> None:
    assert pictures.CHARTS[name]() == (ROOT / "hardware/budget" / name).read_text(encoding="utf-8")


def test_the_front_end_s_figure_in_the_budget_is_its_gate() -> None:
    from hardware.front_end import gate
    from seepline.reckoning import accuracy

    [said] = [part.source for part in accuracy.vibrating_wire(1.0) if part.name == "frequency, mean"]
    limit = gate.expected()["*.error_mhz"]["at_most"]
    assert f"simulated {float(limit) / 1000:g} Hz" in said
