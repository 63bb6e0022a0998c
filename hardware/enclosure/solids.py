"""The flat parts of the box as numbers, computed once: OpenSCAD's STL and DXF and the STEP file are made of these.

`Flat` in millimetres: `corner` is the lower left one; a hole is (x, y, across), a slot (x, y, across, how far the
centres of its ends lie to each side). flat.scad and step.py hold no number of their own.
"""

import json
from collections.abc import Mapping
from math import pi
from pathlib import Path
from typing import Any, NamedTuple

from hardware.enclosure.box import HERE, plate_holes
from hardware.tool import run

Hole = tuple[float, float, float]
Slot = tuple[float, float, float, float]


class Flat(NamedTuple):
    """A flat part."""

    corner: tuple[float, float]
    size: tuple[float, float]
    thickness: float
    holes: tuple[Hole, ...]
    slots: tuple[Slot, ...] = ()

    @property
    def volume(self) -> float:
        """Cubic millimetres, with round holes.

        >>> Flat((0, 0), (10, 10), 2, ((5, 5, 2),)).volume.__round__(3)
        193.717
        """
        area = self.size[0] * self.size[1]
        area -= sum(pi * across**2 / 4 for _, _, across in self.holes)
        area -= sum(pi * across**2 / 4 + 2 * half * across for *_, across, half in self.slots)
        return area * self.thickness


def flats(box: Mapping[str, Any]) -> dict[str, Flat]:
    """Return each flat part by its name."""
    return {"plate": _plate(box["plate"]), "bracket": _bracket(box["bracket"])}


def _plate(row: Mapping[str, Any]) -> Flat:
    holes = tuple((x, y, across) for _, x, y, across in plate_holes(row))
    return Flat((0.0, 0.0), (row["width"], row["height"]), row["thickness"], holes)


def _bracket(row: Mapping[str, Any]) -> Flat:
    across, half = (row["pole"] + row["bolt"]) / 2, row["box_pitch"] / 2
    return Flat(
        (-row["length"] / 2, -row["width"] / 2),
        (row["length"], row["width"]),
        row["thickness"],
        tuple((side * half, 0.0, row["box_hole"]) for side in (-1, 1)),
        tuple((side * across, 0.0, row["bolt"], row["bolt_slack"]) for side in (-1, 1)),
    )


def given(flat: Flat) -> list[str]:
    """Return a part's numbers as OpenSCAD takes them."""
    return [part for name, value in flat._asdict().items() for part in ("-D", f"{name}={json.dumps(value)}")]


def write_meshes(parts: Mapping[str, Flat], out: Path) -> list[Path]:
    """Write an STL of each part, and a DXF of the bracket for a cutter; raises ToolError."""
    made = []
    for name, flat in parts.items():
        for kind, more in (("stl", []), ("dxf", ["-D", "flat=true"])):
            made.append(out / f"{name}.{kind}")
            run("openscad", "--quiet", "-o", made[-1], *given(flat), *more, HERE / "flat.scad")
    return made


def write_steps(parts: Mapping[str, Flat], out: Path, python: str) -> list[Path]:
    """Write a STEP file of each part by the Python that has cadquery; raises ToolError."""
    numbers = out / "flats.json"
    numbers.write_text(json.dumps({name: flat._asdict() for name, flat in parts.items()}), encoding="utf-8")
    run(python, HERE / "step.py", numbers, out)
    return [out / f"{name}.step" for name in parts]
