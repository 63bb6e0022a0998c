"""One table of pins: what is written from it is fresh, and each of its rules bites."""

import pytest

from hardware import channels, pages, pinmap
from seepline.toml_file import Faulty


def test_firmware_and_docs_are_written_from_the_table():
    for path, text in pages.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is old: run `python -m hardware.pages`"


def test_another_pin_in_the_table_is_another_firmware_and_another_page(tmp_path):
    text = pinmap.PATH.read_text(encoding="utf-8")
    assert text.count("gpio = 25\n") == 1
    (tmp_path / "pinmap.toml").write_text(
        text.replace("gpio = 25\n", "gpio = 32\n").replace(
            'gpio = 32\nnet = "AUDIO_WORD"', 'gpio = 25\nnet = "AUDIO_WORD"'
        ),
        encoding="utf-8",
    )
    pin_map = pinmap.read(tmp_path / "pinmap.toml")
    assert pages.firmware_pins(pin_map) != (pages.ROOT / "firmware" / "pins.py").read_text(encoding="utf-8")
    page = pages.pin_page(pin_map, channels.read())
    assert page != (pages.ROOT / "docs" / "pin-map.md").read_text(encoding="utf-8")


def test_the_firmware_s_constants_are_the_table_s():
    from firmware import pins

    pin_map = pinmap.read()
    for pin in pin_map.pins:
        value = getattr(pins, pin.constant)
        assert pin.gpio == value or pin.gpio in value
    for bits in pin_map.bits:
        assert not bits.mask or getattr(pins, bits.mask) == bits.word
        assert not bits.first or getattr(pins, bits.first) == bits.bit


# (what stands in the file, what is put in its place, the row, the rule's words)
BROKEN = [
    ("gpio = 13\n", "gpio = 7\n", "pin[SWEEP].gpio", "a flash pin (6-11)"),
    ("gpio = 13\n", "gpio = 12\n", "pin[SWEEP].gpio", "a strapping pin"),
    ("gpio = 13\n", "gpio = 1\n", "pin[SWEEP].gpio", "a pin of the console"),
    ("gpio = 13\n", "gpio = 24\n", "pin[SWEEP].gpio", "no pin of the module"),
    ("gpio = 13\n", "gpio = 34\n", "pin[SWEEP].direction", "GPIO 34-39 are inputs only"),
    ("gpio = 13\n", "gpio = 34\n", "pin[COUNTER_0].gpio", "another than that of pin[SWEEP]"),
    ("gpio = 14\n", "gpio = 5\n", "pin[WAKE].wake", "no RTC pin"),
    ("gpio = 39\n", "gpio = 13\n", "pin[SUPPLY_SENSE].adc1", "one of 32, 33, 34, 35, 36, 39"),
    ("bit = 12\n", "bit = 11\n", "bits[TO_AMPLIFIER].bit", "bits that no other row of this expander uses"),
    ("count = 3\n", "count = 4\n", "bits[THERMISTOR_ADDRESS].bit", "bits between 0 and 15"),
    ("power = 1\n", "power = 4\n", "supply[S1].power", "a switch from 0 to 3"),
    ('supply = "S1"', 'supply = "S9"', "input[STRING].supply", "one of S0, S1"),
    ("address = 0x21", "address = 0x20", "expander[SELECTS].address", "another than that of expander[SWITCHES]"),
    ('direction = "out"\ngroup = "to the bridge', 'direction = "up"\ngroup = "to the bridge', "pin[SWEEP]", "in"),
    ("gpio = 13\n", "gpio = 13\ncolour = 1\n", "pin[SWEEP].colour", "an unknown key"),
    ("[module]", "[modul]", "modul", "an unknown table"),
]


@pytest.mark.parametrize(("found", "instead", "row", "words"), BROKEN)
def test_a_broken_table_is_refused_with_row_and_rule(tmp_path, found, instead, row, words):
    text = pinmap.PATH.read_text(encoding="utf-8")
    assert found in text
    path = tmp_path / "pinmap.toml"
    path.write_text(text.replace(found, instead, 1), encoding="utf-8")
    with pytest.raises(Faulty) as refused:
        pinmap.read(path)
    said = [str(problem) for problem in refused.value.problems]
    assert any(line.startswith(f"pinmap.toml: {row}") and words in line for line in said), said


def test_every_fault_is_told_at_once(tmp_path):
    path = tmp_path / "pinmap.toml"
    text = pinmap.PATH.read_text(encoding="utf-8")
    path.write_text(
        text.replace("gpio = 13\n", "gpio = 7\n").replace("gpio = 14\n", "gpio = 5\n"), encoding="utf-8"
    )
    with pytest.raises(Faulty) as refused:
        pinmap.read(path)
    assert len(refused.value.problems) == 3  # a flash pin; a strapping pin, which is none of the RTC's
