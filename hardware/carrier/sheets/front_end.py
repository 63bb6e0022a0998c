"""Sheet 2: what drives a coil and what hears it. Values are those of hardware/front_end/parts.toml.

The +5V and the +3V3A behind it are on only while something is measured. U14 makes the amplifier's supply, far from
the switching converters' ripple. The audio converter is a module on J61: no data sheet with its pins was at hand.
"""

from hardware.carrier.part import Part, row, two


def _bridge() -> list[Part]:
    return [
        Part(
            "K5",
            "relay",
            "IM03GR 5 V",
            12,
            61,
            0,
            {
                "1": "+5V",
                "8": "K5_COIL",
                "3": "COIL_P",
                "2": "DRIVE_P",
                "4": "HEAR_P",
                "6": "COIL_N",
                "7": "DRIVE_N",
                "5": "HEAR_N",
            },
        ),
        Part(
            "U11",
            "tc4428",
            "TC4428A",
            36,
            58,
            0,
            row("", "SWEEP", "GND", "SWEEP", "BRIDGE_P", "+5V", "DRIVE_N", ""),
        ),
        Part("R13", "r100k", "100k", 27.5, 55.5, 180, two("SWEEP", "GND")),
        Part("R12", "r2512_100", "100", 27.5, 68, 0, two("DRIVE_P_AC", "BRIDGE_P")),
        Part("C11", "c22u", "22u", 21, 60, 90, two("DRIVE_P_AC", "DRIVE_P_MID")),
        Part("C12", "c22u", "22u", 25.5, 60, 90, two("DRIVE_P", "DRIVE_P_MID")),
        Part("R10", "r1m", "1M", 21, 64.5, 0, two("DRIVE_P_MID", "GND")),
        Part("C13", "c10u", "10u", 36, 63, 0, two("+5V", "GND")),
        Part("C14", "c100n", "100n", 36, 66, 0, two("+5V", "GND")),
    ]


def _amplifier() -> list[Part]:
    return [
        Part("R14", "r100", "100", 12, 70, 0, two("HEAR_P", "A_P")),
        Part("R15", "r100", "100", 12, 77, 0, two("HEAR_N", "A_N")),
        Part("D11", "bav199", "BAV199", 18, 73.5, 0, row("A_N", "A_N", "A_P")),
        Part("R16", "r1k", "1k", 22.5, 73.5, 90, two("A_N", "A_P")),
        Part("C15", "c100n_c0g", "100n C0G", 28, 72, 0, two("A_P", "B_P")),
        Part("C16", "c100n_c0g", "100n C0G", 28, 77, 0, two("A_N", "B_N")),
        Part("R17", "r4k7", "4k7 0.1 %", 34, 72, 0, two("B_P", "VREF")),
        Part("R18", "r4k7", "4k7 0.1 %", 34, 77, 0, two("B_N", "VREF")),
        Part(
            "U12",
            "ina826",
            "INA826AID",
            43,
            75,
            0,
            row("B_N", "RG_1", "RG_2", "B_P", "GND", "VREF", "LOW", "+3V3A"),
        ),
        Part("R19", "r1k_01", "1k 0.1 %", 43, 70.5, 0, two("RG_1", "RG_2")),
        Part("C17", "c100n", "100n", 43, 80, 0, two("+3V3A", "GND")),
        Part("C18", "c47n_c0g", "47n C0G", 51, 73, 0, two("LOW", "STAGE_2")),
        Part("R20", "r10k", "10k", 51, 76.5, 180, two("STAGE_2", "STAGE_2N")),
        Part(
            "U13",
            "tlv9062",
            "TLV9062IDR",
            60,
            75,
            0,
            row("HIGH", "STAGE_2N", "VREF", "GND", "VREF_DIVIDED", "VREF", "VREF", "+3V3A"),
        ),
        Part("R21", "r22k", "22k", 58, 70, 0, two("STAGE_2N", "HIGH")),
        Part("C19", "c470p", "470p C0G", 58, 67.5, 0, two("STAGE_2N", "HIGH")),
        Part("C20", "c100n", "100n", 60, 80, 0, two("+3V3A", "GND")),
        Part("R22", "r100k", "100k", 68, 71, 0, two("+3V3A", "VREF_DIVIDED")),
        Part("R23", "r100k", "100k", 68, 73.5, 180, two("VREF_DIVIDED", "GND")),
        Part("C21", "c1u", "1u", 68, 76, 180, two("VREF_DIVIDED", "GND")),
        Part("C22", "c100n_c0g", "100n C0G", 74, 69, 0, two("HIGH", "AUDIO_IN")),
        Part("R24", "r4k7", "4k7", 74, 80.5, 0, two("AUDIO_MID", "AUDIO_IN")),
        Part(
            "J61",
            "header8",
            "audio converter",
            81,
            60,
            0,
            row("+3V3A", "GND", "AUDIO_IN", "AUDIO_MID", "AUDIO_CLOCK", "AUDIO_WORD", "AUDIO_DATA", "GND"),
        ),
    ]


def _supply() -> list[Part]:
    return [
        Part("U14", "mcp1700", "MCP1700-3302E", 47, 60, 0, row("GND", "+3V3A", "+5V")),
        Part("C23", "c1u", "1u", 47, 56.5, 180, two("+5V", "GND")),
        Part("C24", "c10u", "10u", 47, 64, 0, two("+3V3A", "GND")),
        Part(
            "U15",
            "uln2003",
            "ULN2003A",
            66,
            58,
            90,
            {
                **row("TO_AMPLIFIER", "RELAY_0", "RELAY_1", "RELAY_2", "RELAY_3"),
                **{"6": "GND", "7": "GND", "8": "GND", "9": "+5V"},
                **{"16": "K5_COIL", "15": "K1_COIL", "14": "K2_COIL", "13": "K3_COIL", "12": "K4_COIL"},
            },
        ),
    ]


def parts() -> list[Part]:
    """Return the parts of the sheet."""
    return [*_bridge(), *_amplifier(), *_supply()]
