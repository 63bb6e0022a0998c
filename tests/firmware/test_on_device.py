"""Starts the firmware's own tests under MicroPython, one process per file."""

import os
import subprocess
from pathlib import Path

import pytest

from simulator.interpreter import find

ROOT = Path(__file__).resolve().parents[2]
HEAP = "2m"  # a flash in memory; the program's own heap is tested in test_program.py
FILES = sorted((Path(__file__).parent / "on_device").glob("test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_passes_under_micropython(path: Path, tmp_path: Path) -> None:
    interpreter = find(require_micropython=True)
    done = subprocess.run(
        [interpreter.command[0], "-X", f"heapsize={HEAP}", str(path)],
        cwd=tmp_path,
        env={**os.environ, "MICROPYPATH": f"{ROOT}:.frozen"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("micropython")
    assert " 0 failed" in done.stdout
