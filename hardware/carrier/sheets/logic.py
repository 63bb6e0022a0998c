"""Sheet 4: the ESP32, two expanders, headers for modules: clock and barometer, SPI sensors, second line."""

from hardware.carrier.part import Part, row, two
from hardware.pinmap import PinMap

# The module's pin of each GPIO, from Espressif's data sheet (ESP32-WROOM-32E, table 3).
MODULE_PIN = {
    0: "25", 1: "35", 2: "24", 3: "34", 4: "26", 5: "29", 12: "14", 13: "16", 14: "13", 15: "23", 16: "27",
    17: "28", 18: "30", 19: "31", 21: "33", 22: "36", 23: "37", 25: "10", 26: "11", 27: "12", 32: "8", 33: "9",
    34: "6", 35: "7", 36: "4", 39: "5",
}  # fmt: skip
_EXPANDER_PIN = ["4", "5", "6", "7", "8", "9", "10", "11", "13", "14", "15", "16", "17", "18", "19", "20"]

# Nets of the pin map that this revision leaves open: more relays, a third supply, a second converter.
NOT_FITTED = frozenset(
    {"RELAY_4", "RELAY_5", "RELAY_6", "RELAY_7", "POWER_2", "THERMISTOR_ADDRESS_2", "SELECT_0", "READY_0"}
)


def _esp32(pin_map: PinMap) -> Part:
    pins = {MODULE_PIN[gpio]: net for gpio, net in pin_map.net_of_gpio().items()}
    pins |= {"1": "GND", "15": "GND", "38": "GND", "39": "GND", "2": "+3V3", "3": "EN"}
    pins |= {MODULE_PIN[0]: "BOOT", MODULE_PIN[1]: "CONSOLE_TX", MODULE_PIN[3]: "CONSOLE_RX"}
    pins[MODULE_PIN[16]] = pins[MODULE_PIN[14]] = (
        "BUS_RX"  # the receiver wakes the chip too: WAKE is the same line
    )
    return Part("U31", "esp32", pin_map.module.part, 149, 72, 270, {pin: net for pin, net in pins.items() if net})


def _expander(pin_map: PinMap, number: int, ref: str, at: tuple[float, float]) -> Part:
    expander = pin_map.expanders[number]
    nets = {_EXPANDER_PIN[bit]: net for bits in pin_map.bits_of(expander.firmware) for bit, net in bits.nets()}
    low = expander.address - 0x20
    address = {pin: "+3V3" if low >> bit & 1 else "GND" for bit, pin in enumerate(("21", "2", "3"))}
    power = {"12": "GND", "24": "+3V3", "22": "I2C_CLOCK", "23": "I2C_DATA"}
    pins = {pin: net for pin, net in nets.items() if net not in NOT_FITTED} | address | power
    return Part(ref, "tca9535", "TCA9535PW", *at, 0, pins)


def _around_the_esp32() -> list[Part]:
    return [
        Part("R34", "r10k", "10k", 133.5, 59.5, 0, two("+3V3", "EN")),
        Part("C35", "c1u", "1u", 133.5, 57, 0, two("GND", "EN")),
        Part("C36", "c10u", "10u", 139, 58, 90, two("GND", "+3V3")),
        Part("C37", "c100n", "100n", 142, 58, 90, two("GND", "+3V3")),
        Part("R35", "r10k", "10k", 139.5, 86, 0, two("BOOT", "+3V3")),
        Part(
            "J71",
            "header6",
            "program",
            141,
            101.5,
            90,
            row("+3V3", "GND", "CONSOLE_TX", "CONSOLE_RX", "EN", "BOOT"),
        ),
    ]


def _around_the_expanders() -> list[Part]:
    return [
        Part("C38", "c100n", "100n", 124, 50.5, 0, two("+3V3", "GND")),
        Part("C39", "c100n", "100n", 124, 70.5, 0, two("+3V3", "GND")),
        Part("R36", "r4k7", "4k7", 115, 65, 90, two("I2C_DATA", "+3V3")),
        Part("R37", "r4k7", "4k7", 112.5, 65, 90, two("I2C_CLOCK", "+3V3")),
        Part("R38", "r10k", "10k", 114, 72, 0, two("SELECT_2", "+3V3")),
        Part("R39", "r10k", "10k", 114, 75, 0, two("SELECT_3", "+3V3")),
        Part("R95", "r100k", "100k", 130.5, 64, 90, two("GND", "TO_AMPLIFIER")),
    ]


def _headers() -> list[Part]:
    return [
        Part("J62", "header4", "I2C: DS3231, barometer", 141, 92, 90, row("+3V3", "GND", "I2C_DATA", "I2C_CLOCK")),
        Part(
            "J63",
            "header7",
            "SPI sensors",
            141,
            97,
            90,
            row("+3V3", "GND", "SPI_CLOCK", "SPI_IN", "SPI_OUT", "SELECT_2", "SELECT_3"),
        ),
        Part(
            "J51",
            "header6",
            "second line",
            141,
            106,
            90,
            row("+3V3", "GND", "SECOND_TX", "SECOND_RX", "SECOND_DRIVE", "+12S1"),
        ),
    ]


def parts(pin_map: PinMap) -> list[Part]:
    """Return the parts of the sheet."""
    expanders = [_expander(pin_map, 0, "U32", (124, 56)), _expander(pin_map, 1, "U33", (124, 76))]
    return [_esp32(pin_map), *expanders, *_around_the_esp32(), *_around_the_expanders(), *_headers()]
