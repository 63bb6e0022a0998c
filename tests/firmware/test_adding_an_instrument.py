"""Does what docs/adding-an-instrument.md says, in a copy of the tree, and runs what comes of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.interpreter import find

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-an-instrument.md"
TABLES = re.compile(r"^(DRIVERS|SENSORS) = \{\n", re.MULTILINE)  # a row of the page goes below this line


def blocks() -> list[tuple[str, str]]:
    """Return (the text before it, the code) of each code block of the page."""
    parts = re.split(r"```python\n(.*?)```\n", PAGE.read_text(), flags=re.DOTALL)
    return list(zip(parts[0::2], parts[1::2], strict=False))


def file_named(before: str) -> str:
    return re.findall(r"`([\w./]+\.py)`", before)[-1]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what a driver needs, with the page's files and rows in it."""
    root = tmp_path_factory.mktemp("tree")
    for place in ("firmware", "simulator/chips", "simulator/device", "seepline/wire", "tests/firmware/on_device"):
        shutil.copytree(ROOT / place, root / place, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("simulator/__init__.py", "seepline/__init__.py"):
        shutil.copy(ROOT / name, root / name)
    for before, code in blocks():
        path = root / file_named(before)
        if code.startswith(" "):
            text = path.read_text()
            (table,) = TABLES.finditer(text)
            path.write_text(text[: table.end()] + code + text[table.end() :])
        else:
            assert not path.exists()
            path.write_text(code)
    return root


@pytest.mark.parametrize("interpreter", ["micropython", "cpython"])
def test_the_instrument_of_the_page_works(tree: Path, interpreter: str) -> None:
    program = find(require_micropython=True).command[0] if interpreter == "micropython" else sys.executable
    environment = {**os.environ, "MICROPYPATH": f"{tree}:.frozen", "PYTHONPATH": str(tree)}
    path = tree / "tests/firmware/on_device/test_drivers_tmp117.py"
    done = subprocess.run(
        [program, str(path)], cwd=tree, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == f"{interpreter} 3 passed 0 failed", done.stdout + done.stderr


def test_the_code_of_the_page_keeps_the_rules_of_the_repository(tree: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tree)
    paths = [file_named(before) for before, _ in blocks()]
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", *paths]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
