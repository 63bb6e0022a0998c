"""Sheet 5: RS-485 to the gateway: arrester, resistors and clamps in two stages, a receiver that never sleeps.

D502 and D503 bear the surge until the arrester fires, or instead of it; D501 behind 4.7 ohm spares the receiver
what they let through (hardware/surge).

U501 takes 1.6 uA while it listens (Maxim 19-0497), so it needs no switch, and its output wakes the ESP32.
R503 with the four of the legs ends the line with 120 ohm when JP501 is closed. J52: an isolated module instead
of U501.
"""

from hardware.carrier.part import Part, row, two


def parts() -> list[Part]:
    """Return the parts of the sheet."""
    return [
        Part("J31", "terminal4", "BUS", 141, 5.5, 180, row("LINE_A", "LINE_B", "LINE_COM", "EARTH")),
        Part("GD5", "gdt", "90 V", 138.4, 17, 180, row("LINE_A", "EARTH", "LINE_B")),
        Part("R501", "r2512_10", "10", 141.5, 26, 270, two("LINE_A", "CLAMP_A")),
        Part("R502", "r2512_10", "10", 135.5, 26, 270, two("LINE_B", "CLAMP_B")),
        Part("R504", "r2512_100", "100", 129.5, 26, 270, two("LINE_COM", "GND")),
        Part("D502", "tvs12", "SMBJ12CA", 141.5, 34.5, 270, two("CLAMP_A", "GND")),
        Part("D503", "tvs12", "SMBJ12CA", 135.5, 34.5, 270, two("CLAMP_B", "GND")),
        Part("R507", "r2512_4r7", "4R7", 141.5, 43, 270, two("CLAMP_A", "BUS_A")),
        Part("R508", "r2512_4r7", "4R7", 135.5, 43, 270, two("CLAMP_B", "BUS_B")),
        Part("D501", "sm712", "SM712", 138.5, 50, 90, row("BUS_A", "BUS_B", "GND")),
        Part("R503", "r91", "91", 146, 52, 90, two("BUS_A", "TERMINATED")),
        Part("JP501", "header2", "120 ohm", 150, 49, 0, two("TERMINATED", "BUS_B")),
        Part(
            "U501",
            "max3471",
            "MAX3471EUA",
            138.5,
            57,
            90,
            row("BUS_RX", "BUS_DRIVE", "BUS_DRIVE", "BUS_TX", "GND", "BUS_A", "BUS_B", "+3V3"),
        ),
        Part("C501", "c100n", "100n", 146, 58, 90, two("GND", "+3V3")),
        Part("R505", "r100k", "100k", 131.5, 55.5, 90, two("BUS_RX", "+3V3")),
        Part("R506", "r100k", "100k", 131.5, 60, 90, two("GND", "BUS_DRIVE")),
        Part(
            "J52",
            "header6",
            "isolated line",
            156,
            37,
            0,
            row("+3V3", "GND", "BUS_TX", "BUS_RX", "BUS_DRIVE", "GND"),
        ),
        Part("J42", "terminal2", "EARTH", 155, 5.5, 180, two("EARTH", "EARTH")),
        Part("R510", "r2512_0", "0 (bond)", 152, 22, 270, two("EARTH", "GND")),
    ]
