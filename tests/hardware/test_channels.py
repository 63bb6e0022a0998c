"""The channel table: what cannot be wired is refused with the row and the rule."""

import pytest

from hardware import channels
from seepline.toml_file import Faulty
from seepline.wire.drivers import faults, with_defaults


def test_the_example_is_wired():
    table = channels.read()
    assert len(table.channels) == 9
    assert sum(channel.cable_m for channel in table.channels if channel.input.startswith("VW")) == 587


def test_what_the_inputs_tell_the_drivers_is_what_drivers_take():
    """The options of the pin map with those that a site gives are accepted by the logger's own check."""
    from hardware import pinmap

    given = {
        "vibrating_wire": {"lowest_hz": 1400, "highest_hz": 3500, "nanovolt_per_count": 300},
        "current_loop": {"fault_low_ua": 3600, "fault_high_ua": 21000},
        "tipping_bucket": {"closest_tips_ms": 100},
    }
    for one in pinmap.read().inputs:
        if one.kind in given:
            options = {key: list(v) if isinstance(v, tuple) else v for key, v in one.option.items()}
            options |= given[one.kind]
            assert not faults(one.kind, options)
            assert with_defaults(one.kind, options)


# (what stands in the file, what is put in its place, the row, the rule's words)
BROKEN = [
    ('input = "VW2"', 'input = "VW1"', "channel[PZ-02].input", "another than that of channel[PZ-01]"),
    ('input = "VW2"', 'input = "VW9"', "channel[PZ-02].input", "did you mean VW"),
    ('input = "VW2"', 'input = "LOOP2"', "channel[PZ-02].input", "an input for vibrating_wire: VW2"),
    ("cable_m = 300\n", "cable_m = 1300\n", "channel[PZ-04].cable_m", "at most 1000 m"),
    ('coil_ohm = 160', "coil_ohm = 160\nlongest_m = 200", "channel[PZ-04].cable_m", "at most 200 m"),
    ("cable_m = 300\n", "cable_m = 0\n", "channel[PZ-04].cable_m", "more than 0"),
    ("supply_v = [8.0, 32.0]", "supply_v = [9.0, 32.0]", "channel[POND-1].sensor", "9 V or more"),
    ("supply_v = [8.0, 32.0]", "supply_v = [5.0, 12.0]", "channel[POND-1].sensor", "at most 12 V"),
    ("current_ma = 160\n", "current_ma = 700\n", "channel[INC-1].input", "at most 500 mA from S1"),
    ("cable_m = 90\n", "cable_m = 900\n", "channel[POND-1].sensor", "a shorter or thicker cable"),
    ('cable = "probe-vented"', 'cable = "power"', "channel[POND-1].cable", "a cable with a shield"),
    ('cable = "string-2pair"', 'cable = "probe-vented"', "channel[INC-1].cable", "4 wires or more"),
    ("unit_loads = [0.125, 1.0]", "unit_loads = [0.125, 40.0]", "bus[string].unit_loads", "at most 32 unit loads"),
    ("length_m = 850\n", "length_m = 1500\n", "bus[trunk].length_m", "at most 1200 m"),
    ("baud = 9600\nlength_m = 850", "baud = 115200\nlength_m = 850", "bus[trunk].baud", "one of 1200"),
    ("longest_stub_m = 1\nterminated = true", "longest_stub_m = 1\nterminated = false", "bus[trunk]", "120 ohm"),
    ('input = "BUS"\nbaud', 'input = "VW1"\nbaud', "bus[trunk].input", "an input for rs485_trunk"),
    ("battery_v = [11.0, 14.6]", "battery_v = [6.0, 14.6]", "logger", "within 9 to 30 V"),
    ("battery_v = [11.0, 14.6]", "battery_v = [14.6, 11.0]", "logger", "[lowest, highest]"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "instead", "row", "words"), BROKEN)
def test_a_broken_table_is_refused_with_row_and_rule(tmp_path, found, instead, row, words):
    text = channels.PATH.read_text(encoding="utf-8")
    assert found in text
    path = tmp_path / "channels.toml"
    path.write_text(text.replace(found, instead, 1), encoding="utf-8")
    with pytest.raises(Faulty) as refused:
        channels.read(path)
    said = [str(problem) for problem in refused.value.problems]
    assert any(line.startswith(f"channels.toml: {row}") and words in line for line in said), said


def test_two_sensors_share_a_supply_only_as_far_as_it_goes(tmp_path):
    text = channels.PATH.read_text(encoding="utf-8")
    more = text[text.index('[[channel]]\nid = "POND-1"') :]
    more = more[: more.index("[[channel]]", 1)].replace("POND-1", "POND-2").replace("LOOP1", "LOOP2")
    path = tmp_path / "channels.toml"
    path.write_text((text + more).replace("current_ma = 22.5", "current_ma = 60"), encoding="utf-8")
    with pytest.raises(Faulty) as refused:
        channels.read(path)
    said = str(refused.value)
    assert (
        "channel[POND-2].input: found S0 for pond-probe, with the others 120 mA; expected at most 100 mA" in said
    )


def test_no_file_is_told_in_a_sentence(tmp_path):
    with pytest.raises(Faulty, match="No such file"):
        channels.read(tmp_path / "channels.toml")
