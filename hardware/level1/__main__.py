"""Draws level 1 again: `python -m hardware.level1` from the repository, or `make -C hardware level1`."""

import subprocess
import sys

from hardware.level1 import documents
from hardware.level1.table import HERE, WiringError, read


def main() -> int:
    """Write the committed documents, and the pictures that `dot` and `rsvg-convert` make of them."""
    try:
        build = read()
    except WiringError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, text in documents.committed(build).items():
        (HERE / name).write_text(text, encoding="utf-8")
    for sheet in build.sheets:
        gv, svg = HERE / f"{sheet.id}.gv", HERE / f"{sheet.id}.svg"
        subprocess.run(["dot", "-Tsvg", gv, "-o", svg], check=True)  # noqa: S603, S607 - Debian's graphviz
    sys.stdout.write("".join(f"hardware/level1/{name}\n" for name in documents.committed(build)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
