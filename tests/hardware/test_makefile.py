"""The targets of hardware/Makefile that the pages name are there, and each calls what exists."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "hardware").rglob("README.md")), ROOT / "hardware" / "level1" / "assembly.md"]
NAMED = {
    name for page in PAGES for name in re.findall(r"make -C hardware (\w+)", page.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("target", sorted(NAMED | {"check", "fab", "pictures"}))
def test_a_target_that_a_page_names_runs_modules_that_exist(target):
    command = ["make", "-n", "-C", ROOT / "hardware", target, "PYTHON=/usr/bin/env"]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    modules = re.findall(r"-m (hardware[\w.]*)", said.stdout)
    for module in modules:
        path = ROOT / module.replace(".", "/")
        assert (path / "__main__.py").exists() or path.with_suffix(".py").exists(), module
    assert modules or "pytest" in said.stdout
