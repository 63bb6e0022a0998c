"""Runs a program of Debian's that hardware/ draws with; a missing one is a sentence."""

import subprocess
from pathlib import Path

PACKAGES = {"dot": "graphviz", "openscad": "openscad", "rsvg-convert": "librsvg2-bin"}


class ToolError(Exception):
    """A program is missing or has refused: one sentence that says which and what to do."""


def run(program: str, *arguments: str | Path) -> None:
    """Run a program of PACKAGES, or the Python of CAD, to its end.

    Raises
    ------
    ToolError
        When it is not installed, or ends with a fault.
    """
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as error:
        what = f"sudo apt-get install {PACKAGES[program]}" if program in PACKAGES else "make -C hardware cad"
        raise ToolError(f"{program} is not installed: {what}") from error
    if done.returncode:
        raise ToolError(f"{program} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
