"""`python -m hardware.surge`: strike the ports, hold to expected.json; with `pictures` draw again."""

import sys
from pathlib import Path

from hardware.front_end import gate
from hardware.front_end.spice import SpiceError
from hardware.surge import cases, pictures

EXPECTED = Path(__file__).with_name("expected.json")


def main(arguments: list[str]) -> int:
    """Return 0 when every figure holds."""
    try:
        if arguments == ["pictures"]:
            pictures.draw(Path(__file__).with_name(pictures.SHARES))
            return 0
        figures = cases.all_figures()
    except SpiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, value in figures.items():
        sys.stdout.write(f"{name:44} {value:10.3g}\n")
    found = gate.faults(figures, gate.expected(EXPECTED))
    sys.stderr.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


sys.exit(main(sys.argv[1:]))
