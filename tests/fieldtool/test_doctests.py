"""The worked examples in the room's docstrings."""

import doctest
import importlib
from pathlib import Path

import pytest

import fieldtool

MODULES = sorted(path.stem for path in Path(fieldtool.__file__).parent.glob("*.py") if ">>>" in path.read_text())


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name):
    found = doctest.testmod(importlib.import_module(f"fieldtool.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
