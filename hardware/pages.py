"""Written from the tables by `python -m hardware.pages`: firmware/pins.py and docs/pin-map.md."""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from hardware import channels, pinmap
from hardware.pinmap import Bits, Pin, PinMap
from seepline.toml_file import Faulty

ROOT = Path(__file__).parents[1]

_HEAD = '''"""Which pin of the ESP32-WROOM and which output of the board's two expanders goes where.

Written by `python -m hardware.pages` from hardware/pinmap.toml, which is the only such table: change it there. Its
rules stand in hardware/pin_rules.py. No board has been built to this table.
"""
'''


def _constant(name: str, pins: list[Pin]) -> tuple[str, str]:
    numbers = ", ".join(str(pin.gpio) for pin in pins)
    return name, f"({numbers})" if "[" in pins[0].firmware else numbers


def _assignments(pins: tuple[Pin, ...]) -> Iterator[str]:
    for group, of_group in groupby(pins, key=lambda pin: pin.group):
        by_name = {name: list(same) for name, same in groupby(of_group, key=lambda pin: pin.constant)}
        constants = [_constant(name, same) for name, same in by_name.items()]
        names, numbers = (", ".join(part) for part in zip(*constants, strict=True))
        yield f"{names} = {numbers}  # {group}"


def _mask(bits: Bits) -> Iterator[str]:
    if bits.first:
        yield f"{bits.first} = {bits.bit}"
    if bits.mask:
        yield f"{bits.mask} = 0x{bits.word:04X}"


def firmware_pins(pin_map: PinMap) -> str:
    """Return the text of firmware/pins.py."""
    lines = [_HEAD, *_assignments(pin_map.pins), ""]
    for name, direction in (("OUTPUTS", "out"), ("INPUTS", "in")):
        numbers = ", ".join(str(pin.gpio) for pin in pin_map.pins if pin.direction == direction)
        lines.append(f"{name} = ({numbers})")
    for expander in pin_map.expanders:
        lines += ["", f"{expander.firmware} = 0x{expander.address:02X}  # address of the expander on I2C"]
        for bits in pin_map.bits_of(expander.firmware):
            made = list(_mask(bits))
            lines += [f"{made[0]}  # {bits.use}", *made[1:]]
    return "\n".join(lines) + "\n"


def _table(head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in lines)


def pin_page(pin_map: PinMap, table: channels.Channels) -> str:
    """Return the text of docs/pin-map.md."""
    pins = ((p.gpio, p.net, p.direction, _needs(p), p.group) for p in pin_map.pins)
    bits = ((b.expander, _span(b), b.net, b.direction, b.use) for b in pin_map.bits)
    inputs = (
        (
            i.id,
            i.terminal,
            " ".join(i.ways),
            i.kind,
            ", ".join(f"{key} {value}" for key, value in i.option.items()),
        )
        for i in pin_map.inputs
    )
    wired = ((c.id, c.input, c.sensor, c.cable, f"{c.cable_m:g}", c.place) for c in table.channels)
    return (
        "\n\n".join(
            (
                "# Pin map",
                "Written by `python -m hardware.pages` from `hardware/pinmap.toml` and `hardware/channels.toml`.\n"
                "A test holds `firmware/pins.py`, the carrier's netlist and this page to them. No board has been\n"
                "built to it.",
                f"## GPIOs of the {pin_map.module.part}",
                _table(("GPIO", "net", "direction", "must", "what"), pins),
                "## Bits of the expanders",
                _table(("expander", "bits", "net", "direction", "what"), bits),
                "## Inputs of carrier rev A",
                _table(("input", "terminal", "ways", "kind", "the driver's option"), inputs),
                f"## What is wired to the example's logger {table.logger.id}",
                _table(("channel", "input", "sensor", "cable", "m", "place"), wired),
            )
        )
        + "\n"
    )


def _needs(pin: Pin) -> str:
    return ", ".join(word for word, needed in (("wake", pin.wake), ("ADC1", pin.adc1)) if needed)


def _span(bits: Bits) -> str:
    return str(bits.bit) if bits.count == 1 else f"{bits.bit}-{bits.bit + bits.count - 1}"


def pages() -> dict[Path, str]:
    """Return the text of each written file; raises seepline.toml_file.Faulty."""
    pin_map, table = pinmap.read(), channels.read()
    return {
        ROOT / "firmware" / "pins.py": firmware_pins(pin_map),
        ROOT / "docs" / "pin-map.md": pin_page(pin_map, table),
    }


def main() -> int:
    """Write the files, or say everything that is wrong with the tables."""
    try:
        made = pages()
    except Faulty as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
