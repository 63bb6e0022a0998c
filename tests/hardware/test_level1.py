"""Level 1: its tables agree with the firmware, its drawings are fresh, and every gate bites a broken copy."""

import csv
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # neither hardware/ nor the logger's program is installed

from firmware import config, pins  # noqa: E402
from hardware.level1 import bom, documents, expected, table  # noqa: E402
from seepline.logger_configuration import configuration  # noqa: E402
from seepline.site_file import SiteError, read_site  # noqa: E402
from seepline.wire import drivers  # noqa: E402

BENCH = ROOT / "hardware" / "level1" / "bench.toml"
NOT_WIRED = {"COUNTERS[1]"}  # the ESP32 board of the bill of materials measures its battery there
NETS = {"SUPPLY": "SUPPLY_SENSE", "WAKE": "BUS_RX", "COUNTERS[0]": "COUNTER_0"}
BITS = {
    "RELAY": (pins.FIRST_RELAY, 4),
    "POWER": (pins.FIRST_SUPPLY, (0, 1, 3)),  # two supplies of sensors, the front end's own
    "THERMISTOR_ADDRESS": (pins.FIRST_THERMISTOR, 3),
}


@pytest.fixture(scope="module")
def build() -> table.Build:
    return table.read()


@pytest.fixture(scope="module")
def pinmap() -> dict:
    return tomllib.loads((ROOT / "hardware" / "pinmap.toml").read_text(encoding="utf-8"))


def gpios() -> dict[str, int]:
    """Return the firmware's pins by name."""
    every = {*pins.OUTPUTS, *pins.INPUTS}
    plain = {name: value for name, value in vars(pins).items() if name.isupper() and isinstance(value, int)}
    named = {
        name: value
        for name, value in plain.items()
        if value in every and not name.startswith(("FIRST", "SWITCHES", "SELECTS"))
    }
    return {**named, **{f"COUNTERS[{number}]": pin for number, pin in enumerate(pins.COUNTERS)}}


def test_every_pin_of_the_firmware_is_wired_to_its_own_net(build):
    wired = {name: pin for name, pin in gpios().items() if name not in NOT_WIRED and name not in ("RELAYS",)}
    assert set(wired.values()) == {*pins.OUTPUTS, *pins.INPUTS} - {pins.COUNTERS[1]}
    for name, pin in wired.items():
        assert build.net_of("U1", f"IO{pin}") == NETS.get(name, name)
    assert {pin for pin in build.modules["U1"].pins if pin.startswith("IO")} == {
        f"IO{pin}" for pin in wired.values()
    }


def test_every_output_of_the_expanders_is_wired_as_the_firmware_drives_it(build):
    for net, (first, count) in BITS.items():
        for number in range(count) if isinstance(count, int) else count:
            assert build.net_of("U5", port(first + number)) == f"{net}_{number}"
    assert build.net_of("U5", port(pins.TO_AMPLIFIER.bit_length() - 1)) == "TO_AMPLIFIER"
    assert build.net_of("U6", port(pins.FIRST_SELECT + 1)) == "SELECT_1"
    assert build.net_of("U6", port(pins.FIRST_READY + 1)) == "READY_1"


def port(bit: int) -> str:
    return f"P{bit // 8}{bit % 8}"


def test_the_expanders_addresses_are_strapped_as_the_firmware_asks(build):
    for ref, address in (("U5", pins.SWITCHES), ("U6", pins.SELECTS)):
        high = [build.net_of(ref, f"A{bit}") == "3V3" for bit in range(3)]
        assert 0x20 + sum(1 << bit for bit in range(3) if high[bit]) == address


def test_its_terminals_are_the_inputs_of_the_pin_map(build, pinmap):
    for one in pinmap["input"]:
        assert list(build.modules[one["id"]].pins) == one["ways"], one["id"]


def test_the_bench_s_site_uses_every_terminal_with_the_pin_map_s_options(pinmap):
    site = read_site(BENCH)
    made = configuration(site, site.loggers[0])["instruments"]
    for one in pinmap["input"]:
        if option := one.get("option"):
            assert any(option.items() <= entry.items() for entry in made if entry["driver"] == one["kind"]), one[
                "id"
            ]
    powered = {entry.get("power") for entry in made}
    assert {one["power"] for one in pinmap["supply"]} <= powered


def test_the_firmware_takes_the_bench_s_configuration():
    site = read_site(BENCH)
    taken = config.settings(configuration(site, site.loggers[0]))
    assert len(taken.instruments) == len(site.devices) == 9


def test_an_ads1115_in_u7_s_place_is_one_number_in_the_site_file(tmp_path):
    text = BENCH.read_text(encoding="utf-8").replace("converter = 1", "converter = 2")
    text = text.replace("{ coil = ", "{ converter = 2, coil = ")
    assert text.count("converter = 2") == 2 + 4  # two loops, four coils: as the guide says
    (tmp_path / "bench.toml").write_text(text, encoding="utf-8")
    site = read_site(tmp_path / "bench.toml")
    taken = config.settings(configuration(site, site.loggers[0]))
    assert {one.options["converter"] for one in taken.instruments if "converter" in one.options} == {2}
    (tmp_path / "bench.toml").write_text(text.replace("inputs = [1]", "inputs = [3]"), encoding="utf-8")
    with pytest.raises(SiteError, match="0 to 2: input 3 of an ADS1115"):
        read_site(tmp_path / "bench.toml")


def test_the_shunt_leaves_the_converter_its_range_and_the_divider_the_chip_s():
    options = next(d.options for d in read_site(BENCH).devices if d.driver == "current_loop")
    assert drivers.faults("current_loop", dict(options)) == []
    assert options["shunt_mohm"] == 1000 * expected.SHUNT_OHM
    worse = drivers.faults("current_loop", {**options, "shunt_mohm": 100_000})
    assert [name for name, _ in worse] == ["shunt_mohm"]
    assert 0.15 < expected.tap_volts(11.0) < expected.tap_volts(14.6) < 2.45


def test_the_committed_drawings_and_guide_are_fresh(build):
    for name, text in documents.committed(build).items():
        assert (table.HERE / name).read_text(encoding="utf-8") == text, (
            f"{name} is old: run `make -C hardware level1`"
        )


def test_another_wire_is_another_drawing_and_guide(build, tmp_path):
    text = (
        table.WIRING.read_text(encoding="utf-8").replace("P00", "P99").replace("P01", "P00").replace("P99", "P01")
    )
    (tmp_path / "wiring.toml").write_text(text, encoding="utf-8")
    made, was = (documents.committed(one) for one in (table.read(tmp_path / "wiring.toml"), build))
    assert [name for name in was if made[name] != was[name]] == ["chips.gv", "coils.gv", "assembly.md"]


def test_every_drawing_is_drawn_from_its_graphviz_file(build):
    for sheet in build.sheets:
        drawn = subprocess.run(
            ["dot", "-Tplain", table.HERE / f"{sheet.id}.gv"], capture_output=True, text=True, check=True
        )
        assert drawn.stderr == ""
        shown = (table.HERE / f"{sheet.id}.svg").read_text(encoding="utf-8")
        assert shown.count('<g id="edge') == drawn.stdout.count("\nedge ")


def test_the_bill_of_materials_bears_the_air_or_says_that_it_does_not(build):
    rows = bom.read(build)
    assert {row["refs"] for row in bom.exceptions(rows)} == {"B1", "U8", "BT1"}
    terminals = next(row for row in rows if row["refs"].startswith("BATTERY"))
    assert int(terminals["qty"]) == sum(len(one.pins) for one in build.modules.values() if one.is_terminal)


BREAKS = [
    ('SWEEP = ["U1.IO13", "U8.SWEEP"]', 'SWEEP = ["U1.IO13"]', "SWEEP has 1 end, expected two or more"),
    ('SWEEP = ["U1.IO13",', 'SWEEP = ["U1.IO6",', "SWEEP ends at U1.IO6, expected a pin of a module"),
    (
        'SWEEP = ["U1.IO13",',
        'SWEEP = ["U1.IO4",',
        "SWEEP ends at U1.IO4, expected a pin that [sheet.bus] BUS_DRIVE",
    ),
    ('"3V3" = [3.2, 3.4]', '"3V3" = [3.2, 5.0]', "gives 3.2 to 5 V to U3.VCC, expected 3 to 3.6"),
    ('["U8", 90.0]', '["U8", 190.0]', "[rail] upper takes"),
]


@pytest.mark.parametrize(("old", "new", "said"), BREAKS)
def test_a_broken_wiring_is_refused_with_row_and_rule(tmp_path, old, new, said):
    text = table.WIRING.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "wiring.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(table.WiringError, match=re.escape(said)):
        table.read(tmp_path / "wiring.toml")


def test_every_fault_of_a_wiring_is_told_at_once(tmp_path):
    text = table.WIRING.read_text(encoding="utf-8").replace('"5V" = [4.9, 5.1]', '"5V" = [4.9, 9]')
    (tmp_path / "wiring.toml").write_text(text.replace('"U2.DI"]', '"U2.XX"]', 1), encoding="utf-8")
    with pytest.raises(table.WiringError) as told:
        table.read(tmp_path / "wiring.toml")
    lines = str(told.value).splitlines()
    assert len(lines) == 3
    wanted = ("5V gives 4.9 to 9 V to U1.5V", "ends at U2.XX", "[module.U2] pin DI")
    assert all(said in line for said, line in zip(wanted, lines, strict=True))


BOM_BREAKS = [
    ("temp_max", "60", "expected -40 to 80, or a note with EXCEPTION"),
    ("mpn", "", "mpn is empty"),
    ("lifecycle", "eol", "lifecycle is 'eol'"),
    ("source", "", 'source is \'\', expected "read: WHAT, WHERE", "memory"'),
    ("source", "data sheet", "source is 'data sheet', expected"),
    ("refs", "U99", "has U99, expected a module"),
    ("temp_min", "cold", "expected whole degrees"),
]


@pytest.mark.parametrize(("column", "value", "said"), BOM_BREAKS)
def test_a_broken_bill_of_materials_is_refused(build, tmp_path, column, value, said):
    rows = bom.read(build)
    rows[1][column] = value
    with (tmp_path / "bom.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, bom.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(table.WiringError, match=re.escape(said)):
        bom.read(build, tmp_path / "bom.csv")
