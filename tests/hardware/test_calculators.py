"""The calculators' worked numbers hold, and a calculator with another figure or formula fails them."""

import doctest
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
# (module, what stands in it, what is put in its place)
BROKEN = [
    ("reckoning/rs485", "UNIT_OHM = 12000.0", "UNIT_OHM = 1200.0"),
    ("reckoning/rs485", "TERMINATOR_OHM = 120.0", "TERMINATOR_OHM = 100.0"),
    ("reckoning/rs485", "2 * line.bias_ohm * load", "line.bias_ohm * load"),
    ("reckoning/rs485", "2 * line.trunk_m * line.ohm_per_km", "line.trunk_m * line.ohm_per_km"),
    ("reckoning/rs485", "MOST_UNIT_LOADS = 32.0", "MOST_UNIT_LOADS = 64.0"),
    ("reckoning/wiring", "LONGEST_WIRE_M = 1000.0", "LONGEST_WIRE_M = 2000.0"),
    ("reckoning/wiring", "2 * cable_m * ohm_per_km", "cable_m * ohm_per_km"),
    ("reckoning/accuracy", "HZ_SCATTER = 0.02, 0.10", "HZ_SCATTER = 0.02, 0.01"),
    ("reckoning/accuracy", "2 * cable_m * ohm_per_km", "cable_m * ohm_per_km"),
    ("reckoning/accuracy", "LOOP_SHARE, LOOP_SCATTER_MA = 0.0005", "LOOP_SHARE, LOOP_SCATTER_MA = 0.005"),
    ("reckoning/solar", "23.45", "32.45"),
    ("reckoning/solar", "/ SYSTEM_SHARE * RESERVE", "/ SYSTEM_SHARE"),
    ("power_budget", "converter: float = 0.88", "converter: float = 0.5"),
]


def failed(name: str, old: str = "", new: str = "") -> int:
    """Return how many worked numbers fail in a copy of a calculator in which `old` became `new`."""
    text = (ROOT / "seepline" / f"{name}.py").read_text(encoding="utf-8")
    assert old in text
    copy = ModuleType("copy_of_" + name.rpartition("/")[2])
    sys.modules[copy.__name__] = copy  # NamedTuple asks for it
    try:
        exec(compile(text.replace(old, new), name, "exec"), copy.__dict__)
        return doctest.testmod(copy, report=False, optionflags=doctest.REPORT_ONLY_FIRST_FAILURE).failed
    finally:
        del sys.modules[copy.__name__]


@pytest.mark.parametrize("name", sorted({name for name, *_ in BROKEN}))
def test_the_worked_numbers_hold(name):
    assert failed(name) == 0


@pytest.mark.parametrize(("name", "old", "new"), BROKEN)
def test_a_broken_calculator_fails_its_worked_numbers(name, old, new):
    assert failed(name, old, new) > 0
