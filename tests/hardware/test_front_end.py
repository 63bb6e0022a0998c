"""The vibrating-wire front end: ngspice within expected.json, gates bitten by broken copies, the drawing's values.

What ngspice makes is heard by the logger's own driver under its own MicroPython (hardware/front_end/listen.py).
"""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from hardware.front_end import cases, decks, drawing, gate, listening, pictures, runs, spice
from hardware.front_end.decks import PARTS, Cable, Sensor

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "hardware/front_end"
LIMITS = gate.expected()


def broken(**values: str) -> dict[str, dict[str, str]]:
    """Return the parts with other values."""
    return {name: {**part, "value": values.get(name, part["value"])} for name, part in PARTS.items()}


@cache
def good() -> dict[str, float]:
    """Return every figure of the circuit as it is: a quarter of a minute, once."""
    return cases.all_figures()


def test_every_figure_is_within_its_limit() -> None:
    assert gate.faults(good(), LIMITS) == []


def test_no_limit_is_of_a_figure_that_nobody_computes() -> None:
    used = {name if name in LIMITS else f"*.{name.split('.')[1]}" for name in good()}
    assert used == set(LIMITS)


def _ring(name: str):
    [case] = [one for one in cases.short() if one.name == name]
    return lambda parts: cases.ring_downs(parts, [case])


@pytest.mark.parametrize(
    ("values", "asked", "bites"),
    [
        ({"R10": "2.2k"}, cases.responses, "gain"),
        ({"R6": "100k"}, cases.responses, "resonance_db"),
        ({"C2": "1n", "C3": "1n"}, cases.responses, "at_400hz_db"),
        ({"C5": "10n"}, cases.responses, "at_6000hz_db"),
        ({"C2": "1u", "C3": "1u", "C4": "1u"}, cases.responses, "at_50hz_db"),
        ({"R6": "100"}, cases.responses, "noise_uv"),
        ({"U1": "12 V"}, cases.drives, "peak_ma"),
        ({"C1": "100n"}, cases.drives, "mean_ma"),
        ({"C1": "100n"}, cases.drives, "answer"),
        ({"C1": "100u"}, cases.drives, "rest_ma"),
        ({"R7": "470k", "R8": "470k"}, cases.recovery, "ms"),
        ({"U4": "3.0"}, cases.recovery, "reach"),
        ({"C2": "10u", "C3": "10u", "C4": "10u", "R10": "470k"}, _ring("hum_between"), "error_mhz"),
        ({"R10": "22"}, _ring("faint"), "error_mhz"),
        ({"U4": "0.3"}, _ring("twice_too_strong"), "amplitude_percent"),
        ({"R4": "10k"}, _ring("leak"), "amplitude_percent"),
    ],
)
def test_a_broken_copy_is_refused(values, asked, bites) -> None:
    said = gate.faults(_figures(json.dumps(values), asked), LIMITS)
    assert any(sentence.split()[0].endswith(f".{bites}") for sentence in said), said


@cache
def _figures(values: str, asked) -> dict[str, float]:
    return asked(broken(**json.loads(values)))


def test_the_logger_s_timing_is_the_decks() -> None:
    from firmware import front_end
    from firmware.vibrating_wire import kernels, plan

    before_ms = plan.DEAD_MS + 1000 * front_end.SETTLE_SAMPLES // front_end.SAMPLE_HZ
    assert pytest.approx(before_ms / 1000) == runs.BEFORE_CAPTURE_S
    assert pytest.approx(kernels.CAPTURE / kernels.SAMPLE_HZ) == runs.CAPTURE_S
    assert listening.half_periods(2800.37) == list(plan.half_periods(plan.sweep(2800370, 400, 6000)))


def test_no_wire_is_heard_out_of_the_circuit_s_noise() -> None:
    case = cases.Case("silence", Cable(), Sensor(emf_v=0.0))
    found, _ = cases.listened(case)
    assert [one.hz for one in found] == [None]


def test_a_part_that_is_not_there_is_no_number() -> None:
    with pytest.raises(spice.SpiceError, match="a coil at the amplifier"):
        spice.run(decks.receiving(Sensor(), Cable(), parts=broken(R6="-")) + "Rx x\n", "op", ["v(nowhere)"])


def test_without_ngspice_one_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(spice, "PROGRAM", "no-such-ngspice")
    with pytest.raises(spice.SpiceError, match="apt-get install ngspice"):
        runs.response(Cable())


def _texts(svg: str) -> str:
    return " ".join(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg))


def test_the_drawing_shows_every_part_once_with_the_value_that_the_decks_compute_with(tmp_path) -> None:
    shown = _texts((FOLDER / "pictures" / pictures.CIRCUIT).read_text(encoding="utf-8"))
    for name, part in PARTS.items():
        assert len(re.findall(rf"\b{name}\b {re.escape(part['value'])}(?= |$)", shown)) == 1, name
    drawn = set(re.findall(r"\b(?:GDT|[RCDKU])\d+\b", shown))
    assert drawn == set(PARTS)
    deck = decks.receiving(Sensor(), Cable()) + decks.driving(Sensor(), Cable(), [200, 200])
    for name in (one for one in PARTS if one[0] in "RC" and one != "C3"):
        assert re.search(rf"^{name} \S+ \S+ {re.escape(PARTS[name]['value'])}$", deck, re.MULTILINE), name
    drawing.draw(tmp_path / "new.svg", broken(R6="2.2k"))
    assert "R6 2.2k" in _texts((tmp_path / "new.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["response.svg", "damping.svg"])
def test_the_committed_charts_are_of_these_decks(name: str) -> None:
    made, kept = (_points(text) for text in (pictures.CHARTS[name](), (FOLDER / "pictures" / name).read_text()))
    assert [len(curve) for curve in made] == [len(curve) for curve in kept]
    for curve, other in zip(made, kept, strict=True):
        assert all(abs(a - b) < 1.0 for a, b in zip(curve, other, strict=True))  # a pixel


def _points(svg: str) -> list[list[float]]:
    return [[float(n) for n in re.split("[ ,]", one)] for one in re.findall(r'points="([^"]+)"', svg)]


@pytest.mark.soak
def test_every_cable_wire_and_strength_is_read_rightly() -> None:
    for case in cases.grid():
        found, microvolt = cases.listened(case)
        for one in found:
            assert one.hz is not None, case.name
            limit_hz = 0.005 + 0.4 / microvolt
            assert abs(one.hz - case.sensor.hz) < limit_hz, (case.name, one)
