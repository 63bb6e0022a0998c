"""The circuit as a drawing: every part of parts.toml once, with its value. No netlist: the decks compute.

schemdraw draws; only hardware/front_end/drawing.py and hardware/fixtures/drawings.py import it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hardware.front_end.decks import PARTS

Parts = Mapping[str, Mapping[str, str]]
HEIGHT = 5.0


def label(name: str, parts: Parts = PARTS) -> str:
    """Return what stands beside a part."""
    return f"{name}\n{parts[name]['value']}"


def draw(path: Path, parts: Parts = PARTS) -> None:
    """Write the drawing as SVG."""
    import schemdraw

    schemdraw.use("svg")
    schemdraw.config(fontsize=10, font="DejaVu Sans", color="#222222", lw=1.3)
    drawing = schemdraw.Drawing(show=False)
    drawing.config(unit=2.3)
    ends = _protection(drawing, parts)
    out = _receiver(drawing, parts, ends)
    _stage(drawing, parts, out)
    _bridge(drawing, parts, ends)
    _notes(drawing)
    drawing.save(str(path))


def _protection(d: Any, parts: Parts) -> tuple[Any, Any]:
    """Draw terminals to K2; return the poles of K2 that lead to the amplifier."""
    import schemdraw.elements as e

    tops = []
    for y, terminal, resistor, clamp, side in ((HEIGHT, "C+", "R1", "D1", 1), (0.0, "C−", "R2", "D2", -1)):
        d += e.Dot(open=True).at((0, y)).label(terminal, "left")
        d += e.Line().right().length(1.2)
        d += (node := e.Dot())
        d += e.Resistor().right().label(label(resistor, parts), "top" if side > 0 else "bottom")
        d += (knot := e.Dot())
        d += (
            e.Zener()
            .at(knot.center)
            .to((knot.center[0], HEIGHT / 2))
            .reverse()
            .label(label(clamp, parts), "bottom")
        )
        d += e.Line().at(knot.center).right().length(1.2)
        tops.append((node, d.here))
    middle = HEIGHT / 2
    d += e.SparkGap().at(tops[0][0].center).to((tops[0][0].center[0], middle))
    d += e.SparkGap().at(tops[1][0].center).to((tops[1][0].center[0], middle))
    d += e.Line().at((tops[0][0].center[0], middle)).left().length(0.9)
    d += e.Ground().label("earth bar", "bottom", fontsize=8)
    d += e.Label().at((tops[0][0].center[0] - 0.65, middle + 0.9)).label(label("GDT1", parts))
    d += e.GroundSignal().at((tops[0][1][0] - 1.2, middle)).theta(0)
    ends = []
    for _, here in tops:
        d += e.Switch().at(here).right()
        d += e.Line().right().length(0.4)
        ends.append(d.here)
    d += e.Label().at((ends[0][0] - 1.5, middle)).label(label("K1", parts), fontsize=9)
    out = []
    for here in ends:
        d += e.Switch().at(here).right()
        d += e.Dot()
        out.append(d.here)
    d += e.Label().at((out[0][0] - 1.2, middle)).label(label("K2", parts), fontsize=9)
    return (ends, out)


def _receiver(d: Any, parts: Parts, ends: Any) -> Any:
    """Draw R4 to U2; return its output."""
    import schemdraw.elements as e

    (top, bottom) = ends[1]
    knots = []
    for start, resistor, capacitor, bias, side in ((top, "R4", "C2", "R7", 1), (bottom, "R5", "C3", "R8", -1)):
        where = "top" if side > 0 else "bottom"
        d += e.Resistor().at(start).right().label(label(resistor, parts), where)
        d += (first := e.Dot())
        d += e.Line().right().length(1.5)
        d += (second := e.Dot())
        d += e.Capacitor().right().label(label(capacitor, parts), where)
        d += (third := e.Dot())
        d += e.Resistor().at(third.center).to((third.center[0], HEIGHT / 2)).label(label(bias, parts), "bottom")
        knots.append((first.center, second.center, third.center))
    d += e.Diode().at(knots[0][0]).to(knots[1][0]).label(label("D3", parts), "bottom")
    d += e.Resistor().at(knots[0][1]).to(knots[1][1]).label(label("R6", parts), "bottom")
    d += e.Dot().at((knots[0][2][0], HEIGHT / 2))
    d += e.Label().at((knots[0][2][0] - 0.75, HEIGHT / 2)).label("mid-rail", fontsize=8)
    x = knots[0][2][0] + 2.7
    d += (
        amp := e.Opamp()
        .flip()
        .at((x, HEIGHT / 2))
        .anchor("center")
        .right()
        .label(label("U2", parts), "center", fontsize=9)
    )
    d += e.Line().at(knots[0][2]).to((amp.in2[0], HEIGHT))
    d += e.Line().to(amp.in2)
    d += e.Line().at(knots[1][2]).to((amp.in1[0], 0))
    d += e.Line().to(amp.in1)
    return amp.out


def _stage(d: Any, parts: Parts, out: Any) -> None:
    """Draw C4 to U4."""
    import schemdraw.elements as e

    d += e.Capacitor().at(out).right().label(label("C4", parts))
    d += e.Resistor().right().label(label("R9", parts))
    d += (knot := e.Dot())
    d += (amp := e.Opamp().at(knot.center).anchor("in1").right().label(label("U3", parts), "center", fontsize=9))
    d += e.Line().at(amp.in2).down().length(0.6)
    d += e.Label().label("mid-rail", "bottom", fontsize=8)
    for up, name, kind in ((1.4, "R10", e.Resistor), (2.9, "C5", e.Capacitor)):
        level = knot.center[1] + up
        d += e.Line().at(knot.center).to((knot.center[0], level))
        d += kind().at((knot.center[0], level)).to((amp.out[0], level)).label(label(name, parts), "top")
        d += e.Line().at((amp.out[0], level)).to(amp.out)
    d += e.Dot().at(amp.out)
    d += e.Capacitor().at(amp.out).right().label(label("C6", parts))
    d += (pin := e.Dot())
    d += e.Resistor().at(pin.center).down().label(label("R11", parts), "top")
    d += e.Label().label("converter's mid-rail", "bottom", fontsize=8)
    d += e.Line().at(pin.center).right().length(0.7)
    _box(d, d.here, label("U4", parts))
    d += e.Label().at((d.here[0] + 1.2, d.here[1] + 1.35)).label("I2S, 16 kHz", fontsize=8)


def _bridge(d: Any, parts: Parts, ends: Any) -> None:
    """Draw U1, R3, C1 below, to the other contacts of K2."""
    import schemdraw.elements as e

    low = -4.6
    bottom = ends[0][1]
    _box(d, (0.6, low), label("U1", parts))
    d += e.Line().at((0.6, low)).left().length(0.8)
    d += e.Dot(open=True).label("SWEEP", "left")
    upper, lower = (3.0, low + 0.7), (3.0, low - 0.7)
    d += e.Resistor().at(upper).right().label(label("R3", parts))
    d += e.Capacitor().right().label(label("C1", parts))
    x = bottom[0] + 0.5
    d += e.Line().to((x, low + 0.7))
    d += e.Dot(open=True).label("K2, C+, at rest", "right", fontsize=9)
    d += e.Line().at(lower).to((x, low - 0.7))
    d += e.Dot(open=True).label("K2, C−, at rest", "right", fontsize=9)


def _box(d: Any, left: Any, text: str) -> None:
    """Draw a box whose left side's middle is at a place."""
    import schemdraw.elements as e

    here = d.here
    d += e.Rect(corner1=(0, -1.1), corner2=(2.4, 1.1)).at(left).theta(0)
    d += e.Label().at((left[0] + 1.2, left[1] - 0.25)).label(text)
    d.here = here


def _notes(d: Any) -> None:
    import schemdraw.elements as e

    d += e.Label().at((12.5, -4.0)).label(
        "Seepline, vibrating-wire front end, revision A.\nGenerated and simulated, never built.\n"
        "Values: hardware/front_end/parts.toml. CERN-OHL-S-2.0", halign="left", fontsize=9,
    )  # fmt: skip
