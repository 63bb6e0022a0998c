"""The worked examples in the docstrings of the way out."""

import doctest
import importlib
from pathlib import Path

import pytest

import gateway.uplink

FOLDER = Path(gateway.uplink.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if ">>>" in path.read_text())


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name):
    found = doctest.testmod(
        importlib.import_module(f"gateway.uplink.{name}"), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert found.attempted > 0
    assert found.failed == 0
