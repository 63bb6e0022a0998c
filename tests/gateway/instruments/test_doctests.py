"""The worked examples in the docstrings of this folder."""

import doctest
import importlib
from pathlib import Path

import pytest

import gateway.instruments

MODULES = sorted(
    path.stem for path in Path(gateway.instruments.__file__).parent.glob("*.py") if ">>>" in path.read_text()
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name):
    found = doctest.testmod(importlib.import_module(f"gateway.instruments.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
