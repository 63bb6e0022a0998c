"""What the ESP32-WROOM-32E and its two expanders allow; each rule names the row and what would be right.

Sources: Espressif, data sheets of the ESP32-WROOM-32E (pins, strapping) and of the ESP32 (RTC GPIOs: 0, 2, 4,
12-15, 25-27, 32-39; 34-39 have neither driver nor pull-up). GPIO 16 and 17 are free on modules without PSRAM only.
"""

from collections.abc import Iterator

from hardware.table import Rows, Rule, no_twins
from seepline.site_rules.draft import Problem, one_of

FLASH = frozenset(range(6, 12))
STRAPPING = frozenset({0, 2, 5, 12, 15})
CONSOLE = frozenset({1, 3})
INPUT_ONLY = frozenset({34, 35, 36, 39})
ON_THE_MODULE = frozenset({*range(20), 21, 22, 23, 25, 26, 27, 32, 33}) | INPUT_ONLY
RTC = frozenset({0, 2, 4, 12, 13, 14, 15, 25, 26, 27, *range(32, 40)})
ADC1 = frozenset(range(32, 40))
BITS = 16

# (GPIOs, what is wrong with one of them)
_IMPOSSIBLE = (
    (FLASH, "a flash pin (6-11)", "a pin that the module's flash does not use"),
    (STRAPPING, "a strapping pin (0, 2, 5, 12, 15)", "a pin that does not decide how the chip starts"),
    (CONSOLE, "a pin of the console (1, 3)", "a pin that the programming header leaves free"),
)


def pins_are_free_to_use(rows: Rows) -> Iterator[Problem]:
    """Refuse flash, strapping and console pins, and those that the module lacks."""
    for path, pin in rows["pin"]:
        wrong = [(what, right) for group, what, right in _IMPOSSIBLE if pin.gpio in group]
        if pin.gpio not in ON_THE_MODULE:
            wrong = [("no pin of the module", "a GPIO that the ESP32-WROOM-32E brings out")]
        for what, right in wrong:
            yield Problem(f"{path}.gpio", f"{pin.gpio}, {what}", right)


def directions_are_possible(rows: Rows) -> Iterator[Problem]:
    """Refuse a driver on 34-39."""
    for path, pin in rows["pin"]:
        if pin.direction == "out" and pin.gpio in INPUT_ONLY:
            yield Problem(f"{path}.direction", f"'out' on GPIO {pin.gpio}", "'in': GPIO 34-39 are inputs only")


def pins_can_do_what_is_needed(rows: Rows) -> Iterator[Problem]:
    """Refuse a waking pin outside the RTC, and a measuring one outside the first converter."""
    for path, pin in rows["pin"]:
        if pin.wake and pin.gpio not in RTC:
            yield Problem(f"{path}.wake", f"GPIO {pin.gpio}, no RTC pin", f"one of {_listed(RTC & ON_THE_MODULE)}")
        if pin.wake and pin.direction == "out":
            yield Problem(f"{path}.direction", "'out'", "'in': a pin that wakes the chip listens")
        if pin.adc1 and pin.gpio not in ADC1:
            yield Problem(f"{path}.adc1", f"GPIO {pin.gpio}", f"one of {_listed(ADC1 & ON_THE_MODULE)}")


def _listed(numbers: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def names_stand_once(rows: Rows) -> Iterator[Problem]:
    """Refuse a GPIO, net, name or terminal that stands for two things."""
    for table, key in (
        ("pin", "gpio"),
        ("pin", "net"),
        ("pin", "firmware"),
        ("expander", "firmware"),
        ("expander", "address"),
        ("input", "id"),
        ("input", "terminal"),
        ("supply", "id"),
        ("supply", "power"),
    ):
        yield from no_twins(rows, table, key)


def there_is_one_board(rows: Rows) -> Iterator[Problem]:
    """Refuse a file of none or several."""
    for table in ("module", "carrier"):
        if len(rows[table]) != 1:
            yield Problem(table, f"{len(rows[table])} of them", f"one table [{table}]")
    for path, carrier in rows["carrier"]:
        if len(carrier.supply_v) != 2:
            yield Problem(f"{path}.supply_v", f"{len(carrier.supply_v)} numbers", "[lowest, highest]")


def bits_do_not_overlap(rows: Rows) -> Iterator[Problem]:
    """Refuse a bit that is used twice or that the chip lacks."""
    used: dict[str, int] = {expander.firmware: 0 for _, expander in rows["expander"]}
    for path, bits in rows["bits"]:
        if bits.expander not in used:
            yield Problem(f"{path}.expander", repr(bits.expander), one_of(sorted(used), bits.expander))
        elif not 0 <= bits.bit < bits.bit + bits.count <= BITS:
            yield Problem(
                f"{path}.bit", f"bits {bits.bit} to {bits.bit + bits.count - 1}", "bits between 0 and 15"
            )
        elif used[bits.expander] & bits.word:
            yield Problem(f"{path}.bit", f"bits 0x{bits.word:04x}", "bits that no other row of this expander uses")
        else:
            used[bits.expander] |= bits.word


def supplies_can_be_switched(rows: Rows) -> Iterator[Problem]:
    """Refuse a supply without a switch, or one that gives more than it gets."""
    switches = sum(bits.count for _, bits in rows["bits"] if bits.net == "POWER")
    for path, supply in rows["supply"]:
        if not 0 <= supply.power < switches:
            yield Problem(f"{path}.power", str(supply.power), f"a switch from 0 to {switches - 1}")
        if supply.drop_v < 0:
            yield Problem(f"{path}.drop_v", f"{supply.drop_v:g}", "0 or more")


def inputs_have_their_supply(rows: Rows) -> Iterator[Problem]:
    """Refuse a supply that does not exist."""
    known = [supply.id for _, supply in rows["supply"]]
    for path, one in rows["input"]:
        if one.supply and one.supply not in known:
            yield Problem(f"{path}.supply", repr(one.supply), one_of(known, one.supply))


RULES: tuple[Rule, ...] = (
    there_is_one_board,
    pins_are_free_to_use,
    directions_are_possible,
    pins_can_do_what_is_needed,
    names_stand_once,
    bits_do_not_overlap,
    supplies_can_be_switched,
    inputs_have_their_supply,
)
