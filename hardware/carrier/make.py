"""Make the carrier: circuit, placement, tracks, planes, rule check, and on request what a factory needs.

    python -m hardware.carrier.make [--route] [--fab] [--pictures]

writes into hardware/build/carrier, which is never committed. The tracks are part of the source: layout.json,
with the digest of the geometry that they belong to. Another geometry needs --route, which lays all of them anew
(half a minute); the same geometry gives the same file.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from hardware.carrier import design, route, schematic
from hardware.tool import ToolError, run

HERE = Path(__file__).parent
FOLDER = HERE.parent / "build" / "carrier"
LAYOUT = HERE / "layout.json"
PICTURES = HERE.parent / "pictures"
KICAD_PYTHON = "/usr/bin/python3"  # Debian's, which has pcbnew
IBOM = "InteractiveHtmlBom==2.12.0"
FIELDS = "Value,MPN,Footprint"
BOARD_PIXELS, COLOURS = 1400, 24


class Unclean(Exception):  # noqa: N818 - says what the board is
    """A gate did not let the board pass; the sentence says which and why."""


def kicad(program: str, *arguments: str) -> str:
    """Run one of the programs for KiCad's Python; raises Unclean with what it said."""
    command = [KICAD_PYTHON, str(HERE / "kicad" / program), *arguments]
    quiet = {**os.environ, "PYTHONPATH": "", "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=quiet)
    if done.returncode:
        raise Unclean(f"{program}: {done.stdout.strip() or done.stderr.strip()[-2000:]}")
    return done.stdout


def digest(folder: Path) -> str:
    """Return the digest of the geometry that tracks belong to."""
    return hashlib.sha256((folder / "geometry.json").read_bytes()).hexdigest()


def placed(folder: Path) -> None:
    """Check the circuit and place its parts; raises Unclean."""
    folder.mkdir(parents=True, exist_ok=True)
    if design.main([str(folder)]):
        raise Unclean("design: the circuit has faults")
    kicad("place.py", str(folder))


def routed(folder: Path) -> None:
    """Lay all tracks anew and keep them; raises Unclean."""
    if route.main([str(folder)]):
        raise Unclean("route: a net is not joined")
    keep(folder)


def keep(folder: Path) -> None:
    """Keep the folder's tracks as the layout, with the digest of their geometry."""
    tracks = json.loads((folder / "tracks.json").read_text(encoding="utf-8"))
    rows = {key: "[\n" + ",\n".join(json.dumps(row) for row in tracks[key]) + "\n]" for key in ("tracks", "vias")}
    head = f'"geometry": "{digest(folder)}",\n"moved": {json.dumps(tracks["moved"])}'
    text = f'{{{head},\n"tracks": {rows["tracks"]},\n"vias": {rows["vias"]}}}\n'
    LAYOUT.write_text(text, encoding="utf-8")


def laid(folder: Path) -> None:
    """Take the committed tracks; raises Unclean when they belong to another geometry."""
    layout = json.loads(LAYOUT.read_text(encoding="utf-8"))
    if layout["geometry"] != digest(folder):
        raise Unclean("layout.json belongs to another geometry: run `python -m hardware.carrier.make --route`")
    (folder / "tracks.json").write_text(json.dumps(layout), encoding="utf-8")


def finished(folder: Path) -> str:
    """Pour the planes and check the board by KiCad's rules; return what it only tells; raises Unclean."""
    return kicad("finish.py", str(folder))


def pictures(folder: Path) -> None:
    """Draw the schematic and both sides of the board, small enough to be committed."""
    PICTURES.mkdir(exist_ok=True)
    kicad("fab.py", str(folder))
    for name, text in schematic.pages().items():
        (PICTURES / name).write_text(text, encoding="utf-8")
    for side in ("board-top", "board-bottom"):
        target = PICTURES / f"{side}.png"
        run("rsvg-convert", "-w", str(BOARD_PIXELS), folder / f"{side}.svg", "-o", target)
        Image.open(target).convert("RGB").quantize(COLOURS).save(target, optimize=True)


def fab(folder: Path) -> None:
    """Write Gerber, drill, positions, bill, schematic as PDF, the assembler's page, and one archive."""
    shutil.rmtree(folder / "fab", ignore_errors=True)
    kicad("fab.py", str(folder))
    shutil.copy(folder / "bom.csv", folder / "fab" / "bom.csv")
    pages = []
    for name, text in schematic.pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        pages.append(str(folder / name))
    run("rsvg-convert", "-f", "pdf", "-o", folder / "fab" / "schematic.pdf", *pages)
    assembler_s_page(folder)
    shutil.make_archive(str(folder / "carrier-rev-a"), "zip", folder / "fab")


def assembler_s_page(folder: Path) -> None:
    """Write fab/ibom.html, a page that shows where each row of the bill goes; it works without a network.

    Its program is fetched alone: what it names as needed is a desktop's library that it does not use here.
    """
    tool = folder / "ibom-program"
    if not (tool / "InteractiveHtmlBom").exists():
        fetch = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tool), IBOM]
        if subprocess.run(fetch, check=False).returncode:
            raise Unclean(f"{IBOM} could not be fetched: all else of fab/ is made, the assembler's page is not")
    command = [KICAD_PYTHON, "-m", "InteractiveHtmlBom.generate_interactive_bom", "--no-browser"]
    board = str((folder / "carrier.kicad_pcb").resolve())
    command += ["--extra-data-file", board, "--show-fields", FIELDS, "--group-fields", FIELDS]
    command += ["--dest-dir", str((folder / "fab").resolve()), board]
    alone = {**os.environ, "PYTHONPATH": str(tool.resolve()), "INTERACTIVE_HTML_BOM_NO_DISPLAY": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=alone)
    if not (folder / "fab" / "ibom.html").exists():
        raise Unclean(f"InteractiveHtmlBom: {done.stderr.strip()[-2000:]}")


def main(arguments: Sequence[str]) -> int:
    """Make what is asked for; say in one line what stopped it."""
    try:
        placed(FOLDER)
        if "--route" in arguments:
            routed(FOLDER)
        laid(FOLDER)
        sys.stdout.write(finished(FOLDER))
        if "--pictures" in arguments:
            pictures(FOLDER)
        if "--fab" in arguments:
            fab(FOLDER)
    except (Unclean, ToolError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
