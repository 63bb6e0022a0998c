"""STEP files of flat parts, by cadquery in a Python of its own: `python step.py FLATS.json DIR`.

It takes 1.8 GB, so it is no part of the repository's environment: `make -C hardware cad` makes one beside it.
FLATS.json is what hardware/enclosure/solids.py made of box.toml. With `--measure` it reads the STEP files again
and prints what they hold: bounding box, volume, round faces, is it a valid solid.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:
    import cadquery
except ImportError:
    sys.exit(f"{sys.executable} has no cadquery: 'make -C hardware cad' makes an environment that has it")


def solid(flat: Mapping[str, Any]) -> Any:
    """Return one part: a block less its holes and slots."""
    (x, y), (width, height), thick = flat["corner"], flat["size"], flat["thickness"]
    block = cadquery.Workplane().box(width, height, thick, centered=False).translate((x, y, 0))
    for across, places in _by_size(flat["holes"]):
        block = block.cut(cadquery.Workplane().pushPoints(places).circle(across / 2).extrude(thick))
    for slot_x, slot_y, across, half in flat["slots"]:
        drawn = cadquery.Workplane().center(slot_x, slot_y).slot2D(2 * half + across, across)
        block = block.cut(drawn.extrude(thick))
    return block


def _by_size(holes: list[list[float]]) -> list[tuple[float, list[tuple[float, float]]]]:
    sizes = sorted({across for *_, across in holes})
    return [(size, [(x, y) for x, y, across in holes if across == size]) for size in sizes]


def measured(path: Path) -> dict[str, Any]:
    """Return what a STEP file holds, in millimetres."""
    found = cadquery.importers.importStep(str(path)).val()
    box = found.BoundingBox()
    rounds = [face._geomAdaptor().Cylinder() for face in found.Faces() if face.geomType() == "CYLINDER"]
    return {
        "valid": found.isValid(),
        "solids": len(found.Solids()),
        "least": [box.xmin, box.ymin, box.zmin],
        "most": [box.xmax, box.ymax, box.zmax],
        "volume": found.Volume(),
        "rounds": [[one.Location().X(), one.Location().Y(), 2 * one.Radius()] for one in rounds],
    }


def main(arguments: list[str]) -> int:
    """Write a STEP file of each part, or measure them."""
    numbers, out = Path(arguments[0]), Path(arguments[1])
    flats = json.loads(numbers.read_text(encoding="utf-8"))
    if "--measure" in arguments:
        sys.stdout.write(json.dumps({name: measured(out / f"{name}.step") for name in flats}))
        return 0
    for name, flat in flats.items():
        cadquery.exporters.export(solid(flat), str(out / f"{name}.step"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
