"""Surge: the generators' waves are the standards', the ports bear what the page says, a missing part is told."""

from functools import cache
from pathlib import Path

import pytest

from hardware.carrier import clamps
from hardware.carrier.sheets import coils, line
from hardware.front_end import gate
from hardware.front_end.decks import PARTS
from hardware.surge import cases, decks, pictures
from hardware.surge.cases import Strike
from hardware.surge.decks import COMBINATION, TELECOM, Port, Stage

FOLDER = Path(decks.__file__).parent
LIMITS = gate.expected(FOLDER / "expected.json")


@cache
def good() -> dict[str, float]:
    """Return every figure: some seconds, once."""
    return cases.all_figures()


def test_every_figure_is_within_its_limit() -> None:
    assert gate.faults(good(), LIMITS) == []


def test_no_limit_is_of_a_figure_that_nobody_computes() -> None:
    used = {name if name in LIMITS else f"*.{name.split('.')[1]}" for name in good()}
    assert used == set(LIMITS)


def bitten(strike: Strike) -> set[str]:
    """Return which figures of a strike are refused."""
    return {said.split()[0].split(".")[1] for said in gate.faults(cases.felt(strike), LIMITS)}


def other(port: Port, **changes) -> Port:
    return port._replace(**changes)


def without(ref: str) -> Port:
    """Return the bus of a circuit that lacks a part."""
    return decks.bus(parts=[part for part in line.parts() if part.ref != ref])


@pytest.mark.parametrize(
    ("strike", "bites"),
    [
        (Strike(decks.bus_without_first_clamp(), COMBINATION, 4000), {"clamp_share", "pin_v", "pin_mj"}),
        (Strike(decks.bus_without_first_clamp(), TELECOM, 1500), {"clamp_share", "pin_v", "pin_mj"}),
        (Strike(without("D501"), TELECOM, 2900), {"pin_mj"}),
        (Strike(other(decks.bus(), has_arrester=False), TELECOM, 4000), {"clamp_share"}),
        (Strike(other(decks.coil(), stages=(Stage(10.0, ""),)), COMBINATION, 4000), {"pin_v"}),
        (Strike(other(decks.coil(), has_arrester=False), TELECOM, 4000), {"resistor_j", "arrester_a"}),
    ],
    ids=[
        "bus without its SMBJ12CA, 1.2/50 us",
        "bus without its SMBJ12CA, 10/700 us",
        "bus without its SM712",
        "bus without arrester",
        "coil without its clamps",
        "coil without arrester",
    ],
)
def test_a_port_that_lacks_a_part_is_refused(strike: Strike, bites: set[str]) -> None:
    assert bites <= bitten(strike)


def test_a_generator_with_another_wave_is_refused(monkeypatch) -> None:
    weak = tuple(part.replace("6.038u", "3.0u") for part in COMBINATION.parts)
    slow = decks.Wave(name="combination", parts=weak, leg_ohm=80, rise_us=1.2, step_s=2e-8, end_s=1.2e-4)
    said = gate.faults(cases.waveform(slow), LIMITS)
    assert any(sentence.startswith("combination_open.half_us") for sentence in said), said


def test_the_ports_are_those_of_board_and_front_end() -> None:
    assert decks.bus("A").stages == decks.bus("B").stages == (Stage(10.0, "smbj12"), Stage(4.7, "sm712"))
    changed = [part._replace(value="33") if part.ref == "R501" else part for part in line.parts()]
    assert decks.bus("A", changed).stages[0].leg_ohm == 33
    values = {part.ref: part.value for part in [*coils.parts(), *line.parts()]}
    (only,) = clamps.stages(coils.parts(), "VW1_C+", "K1")
    assert decks.coil().stages == (Stage(only.leg_ohm, decks.MODELS[only.clamp]),)
    assert float(values["R101"]) == float(PARTS["R1"]["value"])
    assert PARTS["D1"]["part"] == values["D101"]
    assert values["GD1"] == values["GD5"] == PARTS["GDT1"]["value"] == "90 V"
    assert {stage.clamp for port in (decks.bus(), decks.coil()) for stage in port.stages} == set(cases.RATED)


def test_the_picture_is_of_these_figures() -> None:
    """Two of its points, in the figures of the gate."""
    kept = (FOLDER / pictures.SHARES).read_text(encoding="utf-8")
    assert all(name in kept for name in ("bus", "bus without SMBJ12CA", "coil"))
    bare = Strike(decks.bus_without_first_clamp(), TELECOM, 1500)
    held = good()["bus_telecom_2900v.clamp_share"], good()["coil_telecom_3000v.clamp_share"]
    assert cases.felt(bare)[f"{bare.name}.clamp_share"] > 1 > max(held)
