"""Draws the field's cables again: `python -m hardware.harness` from the repository, or `make -C hardware harness`.

With `--channels FILE --out DIR`: those of another channel table.
"""

import argparse
import sys
from pathlib import Path

from hardware import channels, pinmap
from hardware.harness import render
from hardware.harness.plan import HERE
from hardware.tool import ToolError, run
from seepline.toml_file import Faulty


def main() -> int:
    """Write Graphviz text, bills of cable and SVG."""
    parser = argparse.ArgumentParser(description="Draw the field's cables of a channel table.")
    parser.add_argument("--channels", type=Path, default=channels.PATH, metavar="FILE")
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR")
    asked = parser.parse_args()
    try:
        files = render.committed(channels.read(asked.channels), pinmap.read())
        asked.out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = asked.out / name
            path.write_text(text, encoding="utf-8")
            if path.suffix == ".gv":
                run("dot", "-Tsvg", path, "-o", path.with_suffix(".svg"))
    except (Faulty, ToolError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{asked.out / name}\n" for name in files))
    return 0


if __name__ == "__main__":
    sys.exit(main())
