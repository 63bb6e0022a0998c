"""Makes what a workshop and a printer need of box.toml: `make -C hardware enclosure`.

plate.stl, bracket.stl by OpenSCAD, bracket.dxf for a cutter; plate.pdf, wall.pdf (A3, 1:1), label.pdf by librsvg.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hardware import pinmap
from hardware.enclosure import template
from hardware.enclosure.box import HERE, BoxError, read
from hardware.tool import ToolError, run


def main() -> int:
    """Write everything into the folder."""
    parser = argparse.ArgumentParser(description="Make STL, DXF, drill templates and label of the box.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    out: Path = parser.parse_args().out
    try:
        box = read([one.id for one in pinmap.read().inputs])
        out.mkdir(parents=True, exist_ok=True)
        made = [*_solids(box, out), *_papers(box, out)]
    except (BoxError, ToolError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{path}\n" for path in made))
    return 0


def _solids(box: Mapping[str, Any], out: Path) -> list[Path]:
    jobs = [
        ("plate.scad", "plate.stl", box["plate"]),
        ("bracket.scad", "bracket.stl", box["bracket"]),
        ("bracket.scad", "bracket.dxf", {**box["bracket"], "flat": True}),
    ]
    for source, target, numbers in jobs:
        given = [part for name, value in numbers.items() for part in ("-D", f"{name}={json.dumps(value)}")]
        command = ["openscad", "--quiet", "-o", str(out / target), *given, str(HERE / source)]
        run(*command)
    return [out / target for _, target, _ in jobs]


def _papers(box: Mapping[str, Any], out: Path) -> list[Path]:
    texts = {"plate": template.plate(box), "wall": template.wall(box), "label": template.label(box)}
    for name, text in texts.items():
        svg, pdf = out / f"{name}.svg", out / f"{name}.pdf"
        svg.write_text(text, encoding="utf-8")
        run("rsvg-convert", "-f", "pdf", "-o", pdf, svg)
    return [out / f"{name}.{kind}" for name in texts for kind in ("svg", "pdf")]


if __name__ == "__main__":
    sys.exit(main())
