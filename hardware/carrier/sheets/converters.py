"""Sheet 3: the slow converter with the thermistors' multiplexer, two current loops and the rain gauge.

4-20 mA over 90.9 ohm: a fault current of 22.5 mA makes 2.045 V, below the reference of 2.048 V; 100 would clip.
The thermistors' fixed resistor is R31 with the 100 ohm in series to each coil: tell the driver 5090 ohm.
"""

from hardware.carrier.part import Part, row, two


def _slow_converter() -> list[Part]:
    return [
        Part(
            "U21",
            "adg709",
            "ADG709BRUZ",
            101,
            57,
            0,
            row(
                "THERMISTOR_ADDRESS_0", "POWER_3", "GND", "FORCE1", "FORCE2", "FORCE3", "FORCE4", "FORCE",
                "SENSE", "SENSE4", "SENSE3", "SENSE2", "SENSE1", "+3V3", "GND", "THERMISTOR_ADDRESS_1",
            ),
        ),
        Part("C31", "c100n", "100n", 101, 52.5, 0, two("+3V3", "GND")),
        Part("R31", "r4k99", "4k99 0.1 %", 92, 62, 0, two("+3V3C", "FORCE")),
        Part("C32", "c100n", "100n", 101, 62, 180, two("SENSE", "GND")),
        Part(
            "U22",
            "ads1220",
            "ADS1220IPW",
            102,
            72,
            0,
            {
                "1": "SPI_CLOCK", "2": "SELECT_1", "3": "GND", "4": "GND", "5": "GND", "6": "GND", "7": "LOOP2_V",
                "8": "GND", "9": "+3V3C", "10": "LOOP1_V", "11": "SENSE", "12": "+3V3C", "13": "+3V3C",
                "14": "READY_1", "15": "SPI_IN", "16": "SPI_OUT",
            },
        ),
        Part("R32", "r4r7", "4R7", 92, 68, 0, two("+3V3", "+3V3C")),
        Part("C33", "c10u", "10u", 92, 71, 0, two("+3V3C", "GND")),
        Part("C34", "c100n", "100n", 102, 77, 180, two("+3V3C", "GND")),
        Part("R33", "r10k", "10k", 92, 75, 180, two("SELECT_1", "+3V3")),
    ]  # fmt: skip


def _loop(n: int, x: float) -> list[Part]:
    plus, sensed = f"LOOP{n}_I+", f"LOOP{n}_R"
    return [
        Part(f"J2{n}", "terminal3", f"LOOP{n}", x, 114.5, 0, row("+12S0", plus, "EARTH_2")),
        Part(f"R6{n}", "r2512_10", "10", x + 5, 102.5, 90, two(plus, sensed)),
        Part(f"D6{n}", "tvs6", "SMAJ6.0CA", x + 1.2, 95, 90, two(sensed, "GND")),
        Part(f"R7{n}", "r90r9", "90R9 0.1 %", x + 6, 95, 90, two(sensed, "GND")),
        Part(f"R8{n}", "r1k", "1k", x + 9.5, 95, 270, two(sensed, f"LOOP{n}_V")),
        Part(f"C6{n}", "c100n", "100n", x + 9.5, 99.5, 270, two(f"LOOP{n}_V", "GND")),
    ]


def _rain() -> list[Part]:
    return [
        Part("J23", "terminal2", "RAIN1", 126, 114.5, 0, two("RAIN1_P", "GND")),
        Part("R91", "r2512_10", "10", 126, 104, 90, two("RAIN1_P", "RAIN1_C")),
        Part("D91", "tvs6", "SMAJ6.0CA", 126, 95.5, 90, two("RAIN1_C", "GND")),
        Part("R92", "r1k", "1k", 131, 97, 0, two("RAIN1_C", "RAIN1_S")),
        Part("R93", "r100k", "100k", 131, 99.5, 0, two("+3V3", "RAIN1_S")),
        Part("C91", "c10n", "10n", 131, 94.5, 180, two("RAIN1_S", "GND")),
        Part(
            "U91", "lvc1g17", "74LVC1G17", 131, 91, 0, {"2": "RAIN1_S", "3": "GND", "4": "COUNTER_0", "5": "+3V3"}
        ),
        Part("C92", "c100n", "100n", 136, 91, 90, two("+3V3", "GND")),
        Part("R94", "r100k", "100k", 131, 87.5, 0, two("COUNTER_1", "+3V3")),
        Part("J43", "terminal2", "EARTH", 140, 114.5, 0, two("EARTH_2", "EARTH_2")),
        Part("TP24", "testpoint", "COUNTER_1", 127, 87.5, 0, {"1": "COUNTER_1"}),
    ]


def parts() -> list[Part]:
    """Return the parts of the sheet."""
    return [*_slow_converter(), *_loop(1, 91.5), *_loop(2, 108.5), *_rain()]
