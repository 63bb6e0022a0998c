"""The pictures of this folder: the drawing, and what ngspice says, as small SVG charts."""

from pathlib import Path

from hardware.front_end import cases, drawing, runs
from hardware.front_end.decks import PARTS, Cable, Sensor, Trouble
from hardware.front_end.listening import half_periods
from hardware.front_end.spice import Numbers
from hardware.plot import Axis, Curve, chart, write

_HZ = Axis("frequency, Hz", 40, 10000, (50, 100, 200, 400, 1000, 2000, 4000, 10000), is_log=True)
_STRENGTHS_V = (30e-6, 60e-6, 200e-6, 1e-3, 5e-3, 12e-3, 24e-3, 40e-3)
CIRCUIT = "circuit.svg"


def draw_all(folder: Path) -> None:
    """Write every picture; about a minute."""
    folder.mkdir(exist_ok=True)
    drawing.draw(folder / CIRCUIT)
    for name, make in CHARTS.items():
        write(folder / name, make())


def response() -> str:
    """Return gain over frequency for three cables."""
    curves = [Curve(f"{m} m", _rows(runs.response(Cable(m=m)))) for m in cases.CABLES_M]
    return chart("Gain from coil to converter", _HZ, Axis("gain", 0, 100, range(0, 101, 20)), curves)


def damping() -> str:
    """Return the same on 300 m with other dampings."""
    curves = []
    for ohm in ("1k", "4.7k", "100k"):
        parts = {**PARTS, "R6": {**PARTS["R6"], "value": ohm}}
        curves.append(Curve(f"R6 = {ohm}", _rows(runs.response(Cable(m=300), parts=parts))))
    title = "Coil and 300 m of cable, damped by R6"
    return chart(title, _HZ, Axis("gain", 0, 350, range(0, 351, 50)), curves)


def drive() -> str:
    """Return the coil's current when a sweep begins, and at its end."""
    half_us = half_periods(2800.37)
    curves = []
    for m in (10, 1000):
        rows = runs.drive(Cable(m=m), half_us)
        shown = rows[(rows[:, 0] > 6e-3) & (rows[:, 0] < 14e-3)]
        curves.append(Curve(f"{m} m", [(1000 * t, 1000 * i) for t, i in shown[::2]]))
    x, y = Axis("time, ms (the sweep begins at 7)", 6, 14, range(6, 15)), Axis("mA", -30, 30, range(-30, 31, 10))
    return chart("Current through the coil", x, y, curves)


def ring_down() -> str:
    """Return what the converter gets: K2 turns at 1 ms, hum of 5 mV between the legs."""
    rows = runs.waveform(Cable(m=300), Sensor(hz=2800.37), Trouble(between_v=5e-3, kick_v=5.0), end_s=0.045)
    curves = [Curve("at the converter", [(1000 * t, 1000 * v) for t, v, _ in rows[::4]])]
    x, y = (
        Axis("time, ms (the capture begins at 37)", 0, 45, range(0, 46, 5)),
        Axis("mV", -400, 400, range(-400, 401, 200)),
    )
    inside = [Curve(one.name, [(a, max(-400.0, min(400.0, b))) for a, b in one.points]) for one in curves]
    return chart("After the sweep: the bridge's voltage dies in 2 ms, the wire rings", x, y, inside)


def error() -> str:
    """Return the error of the logger's reading over the strength of the signal."""
    curves = []
    for m in cases.CABLES_M:
        points = []
        for volt in _STRENGTHS_V:
            case = cases.Case("", Cable(m=m), cases.wire(emf_v=volt))
            found, microvolt = cases.listened(case)
            worst = max(abs(one.hz - case.sensor.hz) for one in found if one.hz is not None)
            points.append((microvolt, max(1000 * worst, 0.1)))
        curves.append(Curve(f"{m} m", points))
    x = Axis(
        "signal at the coil, uV rms over the capture (converter's end at 7,000)",
        5,
        30000,
        (10, 100, 1000, 10000),
        is_log=True,
    )
    y = Axis("error, mHz (0.1: none seen)", 0.1, 100, (0.1, 1, 10, 100), is_log=True)
    return chart("What the logger says of a wire of 2800.37 Hz", x, y, curves)


def _rows(rows: Numbers) -> list[tuple[float, float]]:
    return [(hz, gain) for hz, gain in rows if _HZ.low <= hz <= _HZ.high]


CHARTS = {
    "response.svg": response,
    "damping.svg": damping,
    "drive.svg": drive,
    "ring_down.svg": ring_down,
    "error.svg": error,
}
