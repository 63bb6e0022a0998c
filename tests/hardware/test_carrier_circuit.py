"""The carrier's circuit: what the rules and SKiDL refuse, and that schematic, netlist and bill say the same."""

import csv
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hardware import pinmap
from hardware.carrier import bill, broken, catalog, circuit, clamps, rules, schematic
from seepline.reckoning import rs485

ROOT = Path(__file__).parents[2]
KINDS = catalog.read()
PINS = pinmap.read()
PARTS = circuit.all_parts(PINS)


def test_the_circuit_breaks_no_rule():
    assert rules.faults(PARTS, KINDS, PINS) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("flash pin", "U31: flash pin 17 is on SWEEP"),
        ("strapping pin", "U31: strapping GPIO 12 is on SWEEP"),
        ("no wake", "on GPIO [16]; expected an RTC pin among them"),
        ("input only", "U31: SWEEP, an output, is on GPIO 34, which only listens"),
        ("one end", "net NOWHERE: only R16 pin 1 is on it"),
        ("terminal", "J12: way 1 (C+) is on VW2_C-; expected VW2_C+"),
        ("same reference", "R13: 2 parts have this reference"),
        ("seventy degrees", "K1: G6K-2F-Y is for -40 to 70 degC"),
        ("no number", "C11: no maker's number in catalog.toml"),
        ("no clamp", "LINE_A: behind its resistors to U501 stand none, SM712; expected SMBJ12CA, SM712"),
        ("forgotten", "net RELAY_4: expected on the board, or in NOT_FITTED"),
    ],
)
def test_each_rule_bites(fault, words):
    parts, kinds = broken.FAULTS[fault](PARTS, dict(KINDS))
    assert any(words in said for said in rules.faults(parts, kinds, PINS)), rules.faults(parts, kinds, PINS)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("unpowered", "Unconnected pin: POWER-IN pin 8/VCC"),
        ("two outputs", "Pin conflict on net HIGH"),
    ],
)
def test_the_electrical_rule_check_bites(tmp_path, fault, words):
    """SKiDL calls a chip without supply a warning: here it stops the board."""
    done = subprocess.run(
        [sys.executable, "-m", "hardware.carrier.design", str(tmp_path), fault],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 1, done.stderr
    assert re.search(words, done.stdout), done.stdout


def drawn(text: str) -> set[tuple[str, ...]]:
    """Return the (reference, pin, net) that a schematic shows."""
    return set(re.findall(r'data-ref="([^"]+)" data-pin="([^"]+)" data-net="([^"]+)"', text))


def test_what_is_drawn_is_the_circuit():
    circuit_ = {(part.ref, pin, net) for part in PARTS for pin, net in part.pins.items()}
    text = "".join(schematic.pages().values())
    assert drawn(text) == circuit_
    pin = 'data-ref="U501" data-pin="8" data-net="+3V3"'
    assert circuit_ - drawn(text.replace(pin, "")) == {("U501", "8", "+3V3")}
    assert drawn(text.replace(pin, pin.replace("+3V3", "+5V"))) - circuit_ == {("U501", "8", "+5V")}


def wire_faults(page: str) -> list[str]:
    """Say each wire that ends nowhere, and each pin that a wire of another net touches."""
    number = r'"(-?[\d.]+)"'
    ends = re.findall(
        rf'data-ref="([^"]+)" data-pin="([^"]+)" data-net="([^"]*)"><line x1={number} y1={number}', page
    )
    faults = []
    for net, x0, y0, x1, _ in re.findall(
        rf'data-wire="([^"]+)" x1={number} y1={number} x2={number} y2={number}', page
    ):
        on = [(*pin, its) for *pin, its, x, y in ends if y == y0 and float(x0) <= float(x) <= float(x1)]
        faults += [f"{net}: on no pin"] if not on else []
        faults += [f"{net}: touches {ref} pin {pin} of {its}" for ref, pin, its in on if its != net]
    return faults


def test_every_wire_joins_pins_of_its_net():
    pages = schematic.pages()
    assert [fault for page in pages.values() for fault in wire_faults(page)] == []
    loops = pages["schematic-3.svg"]
    assert loops.count("data-wire=") > 10
    wrong = wire_faults(loops.replace('data-wire="LOOP1_R"', 'data-wire="LOOP1_V"'))
    assert "LOOP1_V: touches R71 pin 1 of LOOP1_R" in wrong


def test_every_page_says_that_nobody_built_it():
    for text in schematic.pages().values():
        assert "GENERATED, NEVER BUILT" in text
        assert "CERN-OHL-S-2.0" in text


def test_the_committed_schematic_is_fresh():
    for name, text in schematic.pages().items():
        path = ROOT / "hardware" / "pictures" / name
        assert path.read_text(encoding="utf-8") == text, "run `make -C hardware/carrier pictures`"


def test_the_bill_has_every_part_once_with_number_and_range(tmp_path):
    bill.write_bill(tmp_path / "bom.csv", PARTS, KINDS)
    with (tmp_path / "bom.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    refs = [ref for row in rows for ref in row["refs"].split()]
    assert sorted(refs) == sorted(part.ref for part in PARTS if KINDS[part.kind].maker != "none")
    for row in rows:
        assert row["mpn"]
        assert row["manufacturer"]
        assert int(row["qty"]) == len(row["refs"].split())
        assert int(row["temp_min_c"]) <= -40
        assert int(row["temp_max_c"]) >= 85


def test_a_kind_without_a_footprint_is_refused(tmp_path):
    from seepline.toml_file import Faulty

    path = tmp_path / "catalog.toml"
    path.write_text(
        '[r1k]\nmaker = "x"\nnumber = 5\nlowest_c = -40\nhighest_c = 85\nsource = "own"\n', encoding="utf-8"
    )
    with pytest.raises(Faulty) as refused:
        catalog.read(path)
    assert [problem.path for problem in refused.value.problems] == [
        "catalog.toml: [r1k].footprint",
        "catalog.toml: [r1k].number",
    ]


def test_a_loop_s_fault_current_stays_below_the_converter_s_reference():
    ohm = float(next(part.value for part in PARTS if part.ref == "R71").split("R")[0] + ".9")
    assert ohm * 22.5 < 2048 < 100 * 22.5


def test_the_converters_make_their_voltages():
    for n, upper_kohm, volt in ((4, 330, 3.3), (5, 560, 5.0)):
        assert next(part.value for part in PARTS if part.ref == f"R{n}1") == f"{upper_kohm}k"
        assert 0.765 * (1 + upper_kohm / 100) == pytest.approx(volt, rel=0.02)


def test_the_line_has_its_levels_through_its_resistors():
    """A driver of 1.5 V into 54 ohm, as TIA-485-A has it: 0.5 V (bench row L5) over the longest trunk, both ways.

    And where the calculator's last rule just lets a trunk pass (0.4 V at its end), more than the threshold.
    """
    values = {part.ref: clamps.ohm(part.value) for part in PARTS if part.ref.startswith("R5")}
    legs = sum(values[f"R50{n}"] for n in (1, 2, 7, 8))
    ended = values["R503"] + legs
    assert ended == pytest.approx(rs485.TERMINATOR_OHM, rel=0.01)
    assert values["R501"] == values["R502"]
    assert values["R507"] == values["R508"]
    assert 1 / (1 / values["R503"] + 1 / (legs + ended)) > 54, "the load of an ended logger's driver"

    def level(trunk_ohm: float) -> float:
        """Return the least that a logger at the near end brings to the far terminator, or hears when ended."""
        far, into = ended + trunk_ohm, 1 / (1 / ended + 1 / (ended + trunk_ohm))
        return rs485.DRIVER_V / far * min(ended * into / (into + legs), values["R503"])

    assert level(2 * rs485.LONGEST_M * 36 / 1000) > 0.5  # the copper of the calculators' worked numbers
    just = rs485.TERMINATOR_OHM * (rs485.DRIVER_V / (2 * rs485.THRESHOLD_V) - 1)
    assert level(just) > rs485.THRESHOLD_V


def test_the_line_s_clamps_leave_its_receiver_the_range_of_its_sheet():
    """-7 to 10 V between line and 0 V (Maxim 19-0497): no clamp conducts there."""
    stands_off_v = {"SMBJ12CA": (-12, 12), "SM712": (-7, 12)}
    for net in ("LINE_A", "LINE_B"):
        for stage in clamps.stages(PARTS, net, "U501"):
            low, high = stands_off_v[stage.clamp]
            assert low <= -7
            assert high >= 10


# Names of the front end's decks, and of the parts that are them on the board.
FRONT_END = {
    "R1": "R101", "R2": "R102", "R3": "R12", "R4": "R14", "R5": "R15", "R6": "R16", "C2": "C15", "C3": "C16",
    "R7": "R17", "R8": "R18", "C4": "C18", "R9": "R20", "R10": "R21", "C5": "C19", "C6": "C22", "R11": "R24",
}  # fmt: skip


def _plain(value: str) -> str:
    """4k7 0.1 % is 4.7k."""
    first = value.split()[0]
    return re.sub(r"^(\d+)([kRM])(\d+)$", r"\1.\3\2", first)


def test_the_front_end_is_the_one_that_was_simulated():
    simulated = tomllib.loads((ROOT / "hardware" / "front_end" / "parts.toml").read_text(encoding="utf-8"))
    on_the_board = {part.ref: _plain(part.value) for part in PARTS}
    for name, ref in FRONT_END.items():
        assert _plain(simulated[name]["value"]) == on_the_board[ref], f"{ref} is {name} of the decks"
    assert on_the_board["C11"] == on_the_board["C12"] == "22u"  # in series: the 10 uF of the decks
