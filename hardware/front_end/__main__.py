"""`python -m hardware.front_end`: simulate, hold to expected.json, and with `pictures` draw again."""

import sys
from pathlib import Path

from hardware.front_end import cases, gate, pictures
from hardware.front_end.listening import ListeningError
from hardware.front_end.spice import SpiceError


def main(arguments: list[str]) -> int:
    """Return 0 when every figure holds."""
    try:
        if arguments == ["pictures"]:
            pictures.draw_all(Path(__file__).parent / "pictures")
            return 0
        figures = cases.all_figures()
    except (SpiceError, ListeningError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, value in figures.items():
        sys.stdout.write(f"{name:40} {value:10.4g}\n")
    found = gate.faults(figures, gate.expected())
    sys.stderr.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


sys.exit(main(sys.argv[1:]))
