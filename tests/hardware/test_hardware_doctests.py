"""The worked examples in the docstrings of hardware/."""

import doctest
import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # hardware/ is not installed

FOLDERS = ("enclosure", "harness", "level1", "sheets")
FILES = [path for folder in FOLDERS for path in sorted((ROOT / "hardware" / folder).glob("*.py"))]
NAMES = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES if ">>>" in path.read_text()]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_hold(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
