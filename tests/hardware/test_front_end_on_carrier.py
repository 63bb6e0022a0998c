"""The carrier's second sheet is the simulated circuit: same values, and the same parts joined to one another."""

import re

import pytest

from hardware.carrier.sheets import front_end
from hardware.front_end.decks import PARTS, number

# Ours: theirs. C1 is two of theirs in series.
SAME = {
    "R3": "R12", "R4": "R14", "R5": "R15", "R6": "R16", "C2": "C15", "C3": "C16", "R7": "R17", "R8": "R18",
    "C4": "C18", "R9": "R20", "R10": "R21", "C5": "C19", "C6": "C22", "R11": "R24",
}  # fmt: skip
# Two of ours that share a node in the decks, so two of theirs must share a net.
JOINED = (
    ("R4", "R6"), ("R5", "R6"), ("R4", "C2"), ("R5", "C3"), ("C2", "R7"), ("C3", "R8"), ("R7", "R8"), ("C4", "R9"),
    ("R9", "R10"), ("R10", "C5"), ("R10", "C6"), ("C6", "R11"),
)  # fmt: skip


@pytest.fixture(scope="module")
def theirs():
    return {part.ref: part for part in front_end.parts()}


def value_of(text: str) -> float:
    """Return a value as the carrier writes it: 4k7 0.1 %, 100n C0G."""
    word = text.split()[0]
    word = re.sub(r"^(\d+)([kunp])(\d+)$", r"\1.\3\2", word)
    scale = {"p": 1e-12, "n": 1e-9, "u": 1e-6, "k": 1e3}
    return float(word[:-1]) * scale[word[-1]] if word[-1] in scale else float(word)


@pytest.mark.parametrize("name", SAME)
def test_a_value_is_the_simulated_one(name: str, theirs) -> None:
    assert value_of(theirs[SAME[name]].value) == pytest.approx(number(name)), PARTS[name]["does"]


def test_the_bridge_s_capacitor_is_within_a_fifth_of_the_simulated_one(theirs) -> None:
    pair = [value_of(theirs[ref].value) for ref in ("C11", "C12")]
    assert 1 / sum(1 / one for one in pair) == pytest.approx(number("C1"), rel=0.2)


@pytest.mark.parametrize(("one", "other"), JOINED)
def test_parts_that_share_a_node_share_a_net(one: str, other: str, theirs) -> None:
    nets = [set(theirs[SAME[name]].pins.values()) for name in (one, other)]
    assert nets[0] & nets[1]
