"""Runs Debian's ngspice on a deck, one process a run, and returns numbers."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy
from numpy.typing import NDArray

Numbers = NDArray[numpy.float64]
PROGRAM = "ngspice"


class SpiceError(Exception):
    """ngspice is missing or has refused a deck: one sentence that says why."""


def run(deck: str, analysis: str, vectors: Sequence[str], plot: str = "") -> Numbers:
    """Return columns: time or frequency first, then each vector.

    Raises
    ------
    SpiceError
        When ngspice is not installed, or ends without the vectors.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, path = Path(folder, "out.data"), Path(folder, "deck.cir")
        control = [analysis, *([f"setplot {plot}"] if plot else [])]
        if analysis.startswith("tran"):
            control.append(f"linearize {' '.join(vectors)}")
        control += ["set wr_vecnames", "set wr_singlescale", f"wrdata {out} {' '.join(vectors)}", "quit"]
        path.write_text("\n".join([deck.rstrip(), ".control", *control, ".endc", ".end", ""]))
        try:
            done = subprocess.run([PROGRAM, "-b", path], capture_output=True, text=True, timeout=300, check=False)
        except FileNotFoundError as error:
            raise SpiceError("ngspice is not installed: apt-get install ngspice.") from error
        if not out.exists():
            said = (done.stdout + done.stderr).strip().splitlines()
            raise SpiceError(f"ngspice refused a deck ({deck.splitlines()[0]}): {' / '.join(said[-4:])}")
        return numpy.loadtxt(out, skiprows=1, ndmin=2)
