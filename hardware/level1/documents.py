"""Every document of level 1 that is made from its tables: name -> text. A test holds the committed ones to it."""

from string import Template

from hardware.level1 import draw, expected, rail
from hardware.level1.table import HERE, Build

_MADE = "<!-- made by `make -C hardware level1` from wiring.toml and assembly.in.md: do not edit -->\n\n"


def committed(build: Build) -> dict[str, str]:
    """Return the drawings as Graphviz and SVG, and the assembly guide."""
    drawings = {f"{sheet.id}.gv": draw.dot(build, sheet) for sheet in build.sheets}
    return {**drawings, "rails.svg": rail.svg(build), "assembly.md": assembly(build)}


def assembly(build: Build) -> str:
    """Return the guide: its text, with the plan, the wires and the values to expect put in."""
    text = (HERE / "assembly.in.md").read_text(encoding="utf-8")
    return _MADE + Template(text).substitute(_plans(build), **_numbers())


def _plans(build: Build) -> dict[str, str]:
    wires = {f"wires_{sheet.id}": draw.wire_list(build, sheet) for sheet in build.sheets}
    return {"terminal_plan": draw.terminal_plan(build), **wires}


def _numbers() -> dict[str, str]:
    loops = {f"loop_{ma}": f"{expected.loop_volts(ma):.3f}" for ma in (4, 12, 20)}
    taps = {
        f"tap_{name}": f"{expected.tap_volts(volts):.2f}"
        for name, volts in (("low", 11.0), ("rest", 12.8), ("high", 14.6))
    }
    ntc = {f"ntc_{ohm}": f"{expected.thermistor_volts(ohm):.3f}" for ohm in (1600, 3000, 10000)}
    degc = {f"degc_{ohm}": f"{expected.thermistor_degc(ohm):.1f}" for ohm in (1600, 3000, 10000)}
    coils = {f"coil_{m}": f"{expected.coil_ohm(m):.0f}" for m in (0, 300, 1000)}
    return {**loops, **taps, **ntc, **degc, **coils}
