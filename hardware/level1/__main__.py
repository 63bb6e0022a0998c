"""Draws level 1 again: `python -m hardware.level1` from the repository, or `make -C hardware level1`."""

import sys

from hardware.level1 import bom, documents
from hardware.level1.table import HERE, WiringError, read
from hardware.tool import ToolError, run


def main() -> int:
    """Write the committed documents, and the pictures that `dot` and `rsvg-convert` make of them."""
    try:
        build = read()
        bom.read(build)  # refuses what cannot be ordered or does not bear the air
        made = documents.committed(build)
        for name, text in made.items():
            (HERE / name).write_text(text, encoding="utf-8")
        for sheet in build.sheets:
            run("dot", "-Tsvg", HERE / f"{sheet.id}.gv", "-o", HERE / f"{sheet.id}.svg")
    except (WiringError, ToolError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"hardware/level1/{name}\n" for name in made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
