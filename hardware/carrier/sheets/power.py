"""Sheet 6: 12 V in, 3.3 V always, 5 V while measuring, and two switched supplies for sensors.

Output of a converter: 0.765 V (1 + upper / lower). U51 is off while POWER_3 is low. A supply's P-channel
transistor is held off by its own resistor, and its gate never sees more than 12 V.
"""

from hardware.carrier.part import Part, row, two


def _input() -> list[Part]:
    return [
        Part("J41", "terminal2", "BATTERY", 12, 114.5, 0, two("VIN", "GND")),
        Part("F41", "ptc1a1", "1.1 A", 13, 105, 90, two("VIN", "VIN_FUSED")),
        Part("D42", "tvs33", "SMBJ33A", 13, 96.5, 270, two("VIN_FUSED", "GND")),
        Part("D41", "ss16", "SS16", 20.5, 102, 180, two("+12V", "VIN_FUSED")),
        Part("R44", "r1m", "1M", 19, 97.5, 0, two("+12V", "SUPPLY_SENSE")),
        Part("R45", "r180k", "180k", 19, 95, 180, two("SUPPLY_SENSE", "GND")),
        Part("C46", "c100n", "100n", 19, 92.5, 180, two("SUPPLY_SENSE", "GND")),
    ]


def _converter(n: int, x: float, out: str, enable: tuple[Part, ...], upper: str) -> list[Part]:
    switched = f"SWITCH{n}"
    return [
        Part(f"C{n}1", "c4u7_100v", "4u7 100 V", x, 103, 90, two("GND", "+12V")),
        Part(f"C{n}2", "c4u7_100v", "4u7 100 V", x, 97, 90, two("GND", "+12V")),
        Part(
            f"U{n}1",
            "lmr16006",
            "LMR16006X",
            x + 7,
            101,
            0,
            row(f"BOOST{n}", "GND", f"FEEDBACK{n}", f"ENABLE{n}", "+12V", switched),
        ),
        Part(f"C{n}3", "c100n", "100n", x + 7, 97.5, 0, two(f"BOOST{n}", switched)),
        Part(f"L{n}1", "l22u", "22u", x + 15, 101, 0, two(switched, out)),
        Part(f"D{n}3", "ss16", "SS16", x + 15, 95, 0, two(switched, "GND")),
        Part(
            f"R{n}1", upper, {"r330k": "330k", "r560k": "560k"}[upper], x + 7, 104.5, 180, two(out, f"FEEDBACK{n}")
        ),
        Part(f"R{n}2", "r100k", "100k", x + 7, 107, 0, two("GND", f"FEEDBACK{n}")),
        *enable,
        Part(f"C{n}4", "c22u_10v", "22u", x + 21, 102, 90, two("GND", out)),
        Part(f"C{n}5", "c22u_10v", "22u", x + 21, 96.5, 90, two("GND", out)),
    ]


def _switched(n: int, x: float, y: float, power: str, fuse: tuple[str, str]) -> list[Part]:
    gate, pulled, fused = f"GATE_S{n}", f"PULL_S{n}", f"FUSED_S{n}"
    first = 171 + 10 * n
    return [
        Part(f"Q{first}", "pmos60", "SI2309CDS", x, y, 0, row(gate, "+12V", fused)),
        Part(f"D{first}", "zener12", "BZT52C12", x, y - 4, 0, two("+12V", gate)),
        Part(f"R{first}", "r100k", "100k", x - 6, y - 4, 180, two(gate, "+12V")),
        Part(f"R{first + 1}", "r10k", "10k", x - 6, y - 1.5, 0, two(pulled, gate)),
        Part(f"Q{first + 1}", "nmos", "2N7002", x - 6, y + 2, 180, row(power, "GND", pulled)),
        Part(f"R{first + 2}", "r100k", "100k", x - 6, y + 5, 0, two("GND", power)),
        Part(f"F{first}", fuse[0], fuse[1], x + 6, y, 90, two(fused, f"+12S{n}")),
    ]


def _test_points() -> list[Part]:
    nets = ("+12V", "+5V", "+3V3", "+3V3A", "GND", "VREF", "HIGH", "SWEEP")
    places = ((24, 91), (84, 91), (52, 91), (50, 68), (30, 91), (66, 67), (70, 80.5), (30, 52.5))
    return [
        Part(f"TP{n}", "testpoint", net, *at, 0, {"1": net})
        for n, (net, at) in enumerate(zip(nets, places, strict=True), start=1)
    ]


def parts() -> list[Part]:
    """Return the parts of the sheet."""
    always = (Part("R43", "r100k", "100k", 31.5, 93.5, 0, two("+12V", "ENABLE4")),)
    measuring = (
        Part("R53", "r10k", "10k", 64, 92.5, 0, two("POWER_3", "ENABLE5")),
        Part("R54", "r100k", "100k", 64, 90, 0, two("GND", "ENABLE5")),
    )
    return [
        *_input(),
        *_converter(4, 27, "+3V3", always, "r330k"),
        *_converter(5, 57, "+5V", measuring, "r560k"),
        *_switched(0, 116, 85, "POWER_0", ("ptc100m", "0.1 A")),
        *_switched(1, 98, 85, "POWER_1", ("ptc500m", "0.5 A")),
        *_test_points(),
    ]
