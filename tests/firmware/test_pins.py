"""The pin table keeps the rules that hardware/ will be checked against."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # the logger's program is no installed package

from firmware import pins
from firmware.instruments import SWITCHES

FLASH, STRAPPING, CONSOLE = {6, 7, 8, 9, 10, 11}, {0, 2, 5, 12, 15}, {1, 3}
INPUT_ONLY = {34, 35, 36, 39}
ON_THE_MODULE = {*range(20), 21, 22, 23, 25, 26, 27, 32, 33, *INPUT_ONLY}
RTC = {0, 2, 4, 12, 13, 14, 15, 25, 26, 27, *range(32, 40)}
MASKS = ("RELAYS", "SUPPLIES", "TO_AMPLIFIER", "THERMISTORS", "ALL_SELECTS")


def numbers() -> list[int]:
    """Return every GPIO of the table."""
    single = [value for name, value in vars(pins).items() if name.isupper() and isinstance(value, int)]
    named = {name for name in vars(pins) if name.startswith(("FIRST_", "SWITCHES", "SELECTS")) or name in MASKS}
    gpios = [
        value
        for name, value in vars(pins).items()
        if name.isupper() and isinstance(value, int) and name not in named
    ]
    assert len(single) > len(gpios)
    return [*gpios, *pins.COUNTERS]


def test_no_pin_is_used_twice_and_every_pin_has_a_direction() -> None:
    assert sorted(numbers()) == sorted([*pins.OUTPUTS, *pins.INPUTS])
    assert len(set(numbers())) == len(numbers())


def test_no_pin_of_flash_start_or_console_and_none_that_the_module_lacks() -> None:
    assert set(numbers()) <= ON_THE_MODULE - FLASH - STRAPPING - CONSOLE


def test_inputs_only_are_inputs_and_what_wakes_is_on_the_rtc() -> None:
    assert not INPUT_ONLY & set(pins.OUTPUTS)
    assert {pins.WAKE, *pins.COUNTERS} <= RTC
    assert pins.SUPPLY in range(32, 40)  # ADC1


def test_the_expanders_outputs_do_not_overlap() -> None:
    first = [pins.RELAYS, pins.SUPPLIES, pins.TO_AMPLIFIER, pins.THERMISTORS]
    assert sum(first) == 0xFFFF
    assert pins.SUPPLIES.bit_count() == SWITCHES
    assert pins.ALL_SELECTS & (3 << pins.FIRST_READY) == 0
