"""What an electrical rule check cannot know: our pins, our terminals, our climate. A sentence for each fault."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from hardware.carrier.catalog import Kind
from hardware.carrier.circuit import nets
from hardware.carrier.clamps import stages
from hardware.carrier.part import Part
from hardware.carrier.sheets.logic import MODULE_PIN, NOT_FITTED
from hardware.pin_rules import FLASH, INPUT_ONLY, RTC, STRAPPING
from hardware.pinmap import PinMap

COLDEST_C, HOTTEST_C = -40, 85  # -40 to 60 in the air, and 25 more inside a box in the sun
BOOT_GPIO = 0
FLASH_PINS = frozenset(str(pin) for pin in range(17, 23))  # of the module, inside wired to GPIO 6-11
JOINED = {"WAKE": "BUS_RX"}  # the bus receiver's output wakes the chip: two pins on one net

# What each terminal's ways must be joined to, by the way's label; {} is the input's id.
WAYS = {
    "C+": "{}_C+", "C-": "{}_C-", "T+": "{}_T+", "T-": "GND", "SHD": "EARTH", "EARTH": "EARTH", "I+": "{}_I+",
    "P": "{}_P", "COM": "GND", "+12": "VIN", "0V": "GND", "A": "LINE_A", "B": "LINE_B",
    "+12S0": "+12S0", "+12S1": "+12S1",
}  # fmt: skip
# Clamps that a surge must meet, each behind a resistor, between a field net and what is to live.
CLAMPED = {
    **{f"LINE_{leg}": ("U501", ("SMBJ12CA", "SM712")) for leg in "AB"},
    **{f"VW{n}_C{leg}": (f"K{n}", ("SMAJ6.0CA",)) for n in range(1, 5) for leg in "+-"},
}
WAYS_OF = {("BUS", "COM"): "LINE_COM", ("LOOP1", "SHD"): "EARTH_2", ("LOOP2", "SHD"): "EARTH_2"}

Check = Callable[[Sequence[Part], Mapping[str, Kind], PinMap], Iterator[str]]


def references_are_unique(parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap) -> Iterator[str]:
    """Say each reference that two parts have."""
    for ref, times in Counter(part.ref for part in parts).items():
        if times > 1:
            yield f"{ref}: {times} parts have this reference; expected one"


def parts_can_be_ordered(parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap) -> Iterator[str]:
    """Say each part without maker's number, or that the cold or the sun ends."""
    for part in parts:
        kind = kinds[part.kind]
        if not kind.number or not kind.maker:
            yield f"{part.ref}: no maker's number in catalog.toml [{part.kind}]"
        if kind.lowest_c > COLDEST_C or kind.highest_c < HOTTEST_C:
            range_c = f"{kind.lowest_c} to {kind.highest_c} degC"
            yield f"{part.ref}: {kind.number} is for {range_c}; expected {COLDEST_C} to {HOTTEST_C} or wider"


def nets_have_two_ends(parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap) -> Iterator[str]:
    """Say each net with one pin."""
    for net, pins in nets(parts).items():
        if len(pins) < 2:
            yield f"net {net}: only {pins[0][0]} pin {pins[0][1]} is on it; expected two pins or more"


def _module_pins(parts: Sequence[Part]) -> Mapping[str, str]:
    return next((part.pins for part in parts if part.kind == "esp32"), {})


def the_module_is_wired_as_the_pin_map(
    parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap
) -> Iterator[str]:
    """Say each GPIO whose net is not that of the pin map."""
    pins = _module_pins(parts)
    for gpio, net in pin_map.net_of_gpio().items():
        found, expected = pins.get(MODULE_PIN[gpio], "nothing"), JOINED.get(net, net)
        if found != expected:
            yield f"U31: GPIO {gpio} (pin {MODULE_PIN[gpio]}) is on {found}; the pin map says {expected}"


def the_module_can_start(parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap) -> Iterator[str]:
    """Say each flash or strapping pin that something is wired to; GPIO 0 is the boot pin of the header."""
    pins = _module_pins(parts)
    for pin in sorted(FLASH_PINS & set(pins)):
        yield f"U31: flash pin {pin} is on {pins[pin]}; expected open"
    for gpio in sorted(STRAPPING - {BOOT_GPIO}):
        if MODULE_PIN[gpio] in pins:
            yield f"U31: strapping GPIO {gpio} is on {pins[MODULE_PIN[gpio]]}; expected open"
    assert not FLASH & set(MODULE_PIN)  # noqa: S101 - the table has no such row


def what_wakes_can_wake(parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap) -> Iterator[str]:
    """Say when the bus receiver's output is on no RTC pin, or a driven net on a pin that only listens."""
    pins = _module_pins(parts)
    gpio_of = {pin: gpio for gpio, pin in MODULE_PIN.items()}
    receiver = next((part.pins["1"] for part in parts if part.kind == "max3471"), "")
    on = [gpio_of[pin] for pin, net in pins.items() if net == receiver and pin in gpio_of]
    if not RTC & set(on):
        yield f"U31: the bus receiver's {receiver} is on GPIO {on}; expected an RTC pin among them"
    driven = {JOINED.get(pin.net, pin.net) for pin in pin_map.pins if pin.direction == "out"}
    for gpio in sorted(INPUT_ONLY):
        if pins.get(MODULE_PIN[gpio]) in driven:
            yield f"U31: {pins[MODULE_PIN[gpio]]}, an output, is on GPIO {gpio}, which only listens"


def terminals_are_wired_as_they_are_labelled(
    parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap
) -> Iterator[str]:
    """Say each way of a terminal that is joined to another net than its label says."""
    by_ref = {part.ref: part for part in parts}
    for one in pin_map.inputs:
        part = by_ref.get(one.terminal)
        if part is None:
            yield f"{one.terminal}: not on the board; the pin map has it for input {one.id}"
        elif not one.module:
            for number, way in enumerate(one.ways, start=1):
                expected = WAYS_OF.get((one.id, way), WAYS[way]).format(one.id)
                found = part.pins.get(str(number), "nothing")
                if found != expected:
                    yield f"{one.terminal}: way {number} ({way}) is on {found}; expected {expected}"


def what_comes_in_meets_its_clamps(
    parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap
) -> Iterator[str]:
    """Say each leg whose resistors and clamps are not those that were simulated (hardware/surge)."""
    for net, (chip, expected) in CLAMPED.items():
        found = tuple(stage.clamp or "none" for stage in stages(parts, net, chip))
        if found != expected:
            clamps = ", ".join(found) or "no way"
            yield f"{net}: behind its resistors to {chip} stand {clamps}; expected {', '.join(expected)}"


def nothing_of_the_pin_map_is_forgotten(
    parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap
) -> Iterator[str]:
    """Say each net of an expander that is neither on the board nor named as left out."""
    on_the_board = set(nets(parts))
    for bits in pin_map.bits:
        for _, net in bits.nets():
            if (net in on_the_board) == (net in NOT_FITTED):
                yield f"net {net}: expected on the board, or in NOT_FITTED, and not both"


CHECKS: tuple[Check, ...] = (
    references_are_unique,
    parts_can_be_ordered,
    nets_have_two_ends,
    the_module_is_wired_as_the_pin_map,
    the_module_can_start,
    what_wakes_can_wake,
    terminals_are_wired_as_they_are_labelled,
    what_comes_in_meets_its_clamps,
    nothing_of_the_pin_map_is_forgotten,
)


def faults(parts: Sequence[Part], kinds: Mapping[str, Kind], pin_map: PinMap) -> list[str]:
    """Return everything that the rules refuse."""
    return [fault for check in CHECKS for fault in check(parts, kinds, pin_map)]
