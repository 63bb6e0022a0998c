"""The targets of hardware/Makefile that the pages name are there, and each calls what exists."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted((ROOT / "hardware").rglob("README.md")), ROOT / "hardware" / "level1" / "assembly.md"]
NEEDED = "ngspice graphviz openscad librsvg2-bin poppler-utils"
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
    assert modules or "pytest" in said.stdout or "-m pip install" in said.stdout


@pytest.fixture
def bare(tmp_path):
    """A PATH without any of the tools: a shell, make, and Debian's Python."""
    for program in ("sh", "make", "dirname"):
        (tmp_path / program).symlink_to(shutil.which(program))
    return {"PATH": str(tmp_path)}


@pytest.mark.parametrize("target", ["check", "fab", "pictures"])
def test_what_is_missing_is_said_in_one_sentence_before_anything_is_made(bare, target):
    command = ["make", "-C", ROOT / "hardware", target, f"PYTHON={sys.executable}"]
    said = subprocess.run(command, capture_output=True, text=True, env=bare)
    assert said.returncode == 2
    told = [line for line in said.stderr.splitlines() if not line.startswith("make")]
    assert told == [f"hardware/ needs these Debian packages: sudo apt-get install {NEEDED}"]
    assert "pytest" not in said.stdout


def test_another_python_is_told_where_ours_is_made(bare):
    command = ["make", "-C", ROOT / "hardware", "sheets", "PYTHON=/no/such/python"]
    said = subprocess.run(command, capture_output=True, text=True, env=bare)
    assert said.returncode == 2
    assert "make .venv/dev" in said.stderr


def test_ci_installs_from_the_same_list(bare):
    """As nobody in particular the script names what it would install; hardware's list stands within."""
    text = (ROOT / ".ci" / "system-packages").read_text(encoding="utf-8")
    assert "/../hardware/missing-packages" in text
    said = subprocess.run(["sh", ROOT / "hardware" / "missing-packages"], capture_output=True, text=True, env=bare)
    assert said.stdout.split() == NEEDED.split()
