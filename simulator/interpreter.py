"""Which interpreter runs the logger program: MicroPython wherever there is one.

In this order: the variable MICROPYTHON, the wheel beside this Python (x86-64), `micropython` on the path (packaged
by Debian 13 and Raspberry Pi OS), else CPython, which the table then says.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HEAP = (
    "1m"  # sources are compiled on the way, words are twice as long; the firmware's tests hold it to its real heap
)
_PROBE = "import sys; print(sys.implementation.name); print(*sys.implementation.version)"
_HOW = "install the package micropython, unset MICROPYTHON, or point it at the unix port's program"


class InterpreterError(RuntimeError):
    """No interpreter of the kind asked for: says what to do."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A program that can run the logger, with its options, and the name that people read."""

    command: tuple[str, ...]
    label: str
    is_micropython: bool


def _release(words: str) -> str:
    """Return '1.29.0-preview' of '1 29 0 preview'."""
    major, minor, micro, *stage = words.split()
    return "-".join([f"{major}.{minor}.{micro}", *stage])


def _probe(program: str) -> Interpreter | None:
    """Return the interpreter when the program is MicroPython, else None."""
    command = [program, "-c", _PROBE]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    name, _, version = answer.stdout.partition("\n")
    if answer.returncode or name != "micropython":
        return None
    return Interpreter((program, "-X", f"heapsize={HEAP}"), f"MicroPython {_release(version)}", True)


def _named(program: str) -> Interpreter:
    path = shutil.which(program)
    if path is None:
        raise InterpreterError(f"MICROPYTHON is '{program}', which is no program here: {_HOW}")
    found = _probe(path)
    if found is None:
        raise InterpreterError(f"MICROPYTHON is '{program}', which does not answer as MicroPython: {_HOW}")
    return found


def find(
    environment: Mapping[str, str] = os.environ, python: str = sys.executable, require_micropython: bool = False
) -> Interpreter:
    """Return the interpreter to run loggers with.

    Raises
    ------
    InterpreterError
        When MICROPYTHON names something else, or MicroPython is required and there is none.
    """
    if named := environment.get("MICROPYTHON"):
        return _named(named)
    beside = Path(python).parent / "micropython"  # where pip puts the wheel's program; not resolved: a venv's own
    for candidate in (str(beside), shutil.which("micropython", path=environment.get("PATH"))):
        if candidate and (found := _probe(candidate)):
            return found
    if require_micropython:
        raise InterpreterError(f"no MicroPython on this machine: {_HOW}")
    version = ".".join(map(str, sys.version_info[:3]))
    return Interpreter((python,), f"CPython {version}, no MicroPython found", False)
