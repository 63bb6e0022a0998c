"""Sheet 1: four coils with their thermistors: arrester, pulse-proof resistors, clamps, a relay open at rest.

The thermistor is read with four wires from its clamp on: force through one half of the multiplexer, sense through
the other, so that the multiplexer's and the 100 ohm are no part of what is measured.
"""

from hardware.carrier.part import Part, row, two

CHANNELS = 4
_PITCH_MM, _LEFT_MM = 29.0, 6.0


def _coil(n: int) -> list[Part]:
    x = _LEFT_MM + _PITCH_MM * (n - 1)
    plus, minus, warm = f"VW{n}_C+", f"VW{n}_C-", f"VW{n}_T+"
    clamped = f"COIL{n}_P", f"COIL{n}_N", f"THERM{n}"
    return [
        Part(f"J1{n}", "terminal5", f"VW{n}", x + 21.6, 5.5, 180, row(plus, minus, warm, "GND", "EARTH")),
        Part(f"GD{n}", "gdt", "90 V", x + 18.6, 17, 180, row(plus, "EARTH", minus)),
        Part(f"R{n}01", "r2512_10", "10", x + 20, 26, 270, two(plus, clamped[0])),
        Part(f"R{n}02", "r2512_10", "10", x + 15.4, 26, 270, two(minus, clamped[1])),
        Part(f"R{n}03", "r2512_10", "10", x + 10.8, 26, 270, two(warm, clamped[2])),
        Part(f"D{n}01", "tvs6", "SMAJ6.0CA", x + 20, 35.5, 270, two(clamped[0], "GND")),
        Part(f"D{n}02", "tvs6", "SMAJ6.0CA", x + 15.4, 35.5, 270, two(clamped[1], "GND")),
        Part(f"D{n}03", "tvs6", "SMAJ6.0CA", x + 10.8, 35.5, 270, two(clamped[2], "GND")),
        Part(
            f"K{n}",
            "relay",
            "IM03GR 5 V",
            x + 17.5,
            45.5,
            0,
            {"1": "+5V", "8": f"K{n}_COIL", "3": "COIL_P", "4": clamped[0], "6": "COIL_N", "5": clamped[1]},
        ),
        Part(f"R{n}04", "r100", "100", x + 5, 41, 0, two(clamped[2], f"FORCE{n}")),
        Part(f"R{n}05", "r1k", "1k", x + 5, 44, 0, two(clamped[2], f"SENSE{n}")),
    ]


def parts() -> list[Part]:
    """Return the parts of the sheet."""
    return [part for n in range(1, CHANNELS + 1) for part in _coil(n)]
