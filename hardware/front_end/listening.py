"""Asks the logger's own program, under its own MicroPython, what it makes of a simulated capture.

Rooms do not import one another: the program runs as it runs on the logger, in a process of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LISTEN = Path(__file__).parent / "on-logger" / "listen.py"
MICROPYTHON = Path(sys.executable).with_name("micropython")  # where pip puts the wheel's program
MISSING = 0xFFFF, 0xFFFFFFFF


class Heard(NamedTuple):
    """One reading; hz is None when the logger says that there is no wire."""

    status: int
    hz: float | None
    microvolt: int
    ratio: float
    decay: float
    agreement_mhz: int


class ListeningError(Exception):
    """The logger's program did not answer: one sentence that says why."""


def half_periods(hz: float) -> list[int]:
    """Return the half-periods in us that the logger drives a wire of that frequency with."""
    return [int(word) for word in _said("half_periods", repr(hz))]


def heard(captures: Sequence[bytes], nanovolt_per_count: float, hz: float) -> Heard:
    """Return what the logger's driver says of two captures; `hz` is where its channel looks, 15 % each way."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.counts") for number in range(len(captures))]
        for file, capture in zip(files, captures, strict=True):
            file.write_bytes(capture)
        words = [int(word) for word in _said("read", str(round(nanovolt_per_count)), repr(hz), *map(str, files))]
    status, mhz, _, microvolt, ratio, decay, _, agreement_mhz, _ = words
    return Heard(
        status, None if mhz == MISSING[1] else mhz / 1000, microvolt, ratio / 10, decay / 10000, agreement_mhz
    )


def _said(*arguments: str) -> list[str]:
    try:
        done = subprocess.run(
            [MICROPYTHON, "-X", "heapsize=1m", LISTEN, *arguments],
            env={**os.environ, "MICROPYPATH": f"{ROOT}:.frozen"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except FileNotFoundError as error:
        raise ListeningError("MicroPython is missing: pip install -e '.[simulator]'.") from error
    if done.returncode:
        raise ListeningError(f"{LISTEN.name} ended with {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout.split()
