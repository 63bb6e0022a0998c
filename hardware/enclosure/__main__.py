"""Makes what a workshop and a printer need of box.toml: `make -C hardware enclosure`.

STL and DXF by OpenSCAD, STEP by cadquery where a Python that has it is named; plate.pdf, wall.pdf (A3, 1:1),
label.pdf by librsvg.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hardware import pinmap
from hardware.enclosure import solids, template
from hardware.enclosure.box import BoxError, read
from hardware.tool import ToolError, run


def main() -> int:
    """Write everything into the folder."""
    parser = argparse.ArgumentParser(description="Make STL, DXF, drill templates and label of the box.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--cad", metavar="PYTHON", help="a Python that has cadquery, for STEP files")
    given = parser.parse_args()
    out: Path = given.out
    try:
        box = read([one.id for one in pinmap.read().inputs])
        out.mkdir(parents=True, exist_ok=True)
        parts = solids.flats(box)
        made = [*solids.write_meshes(parts, out), *_papers(box, out)]
        made += solids.write_steps(parts, out, given.cad) if given.cad else []
    except (BoxError, ToolError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{path}\n" for path in made))
    return 0


def _papers(box: Mapping[str, Any], out: Path) -> list[Path]:
    texts = {"plate": template.plate(box), "wall": template.wall(box), "label": template.label(box)}
    for name, text in texts.items():
        svg, pdf = out / f"{name}.svg", out / f"{name}.pdf"
        svg.write_text(text, encoding="utf-8")
        run("rsvg-convert", "-f", "pdf", "-o", pdf, svg)
    return [out / f"{name}.{kind}" for name in texts for kind in ("svg", "pdf")]


if __name__ == "__main__":
    sys.exit(main())
