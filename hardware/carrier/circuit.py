"""The whole circuit of the carrier: the parts of its six sheets, the nets between them, and the sheets' names."""

from collections.abc import Iterable, Mapping

from hardware.carrier.part import Part
from hardware.carrier.sheets import coils, converters, front_end, line, logic, power
from hardware.pinmap import PinMap

REVISION = "A"
SOURCE = "the repository that holds this file, hardware/carrier"
SIZE_MM = (165.0, 127.0)
LOWER_MM = 7.0  # the corridor under the relays, for what all coils share: the other sheets stand so much lower


def sheets(pin_map: PinMap) -> dict[str, list[Part]]:
    """Return the parts of each sheet of the schematic."""
    return {
        "Coils": coils.parts(),
        "Front end": _lower(front_end.parts()),
        "Converter, loops, rain": _lower(converters.parts()),
        "Logic": _lower(logic.parts(pin_map)),
        "Line": line.parts(),
        "Power": _lower(power.parts()),
    }


def _lower(parts: list[Part]) -> list[Part]:
    return [part._replace(y_mm=part.y_mm + LOWER_MM) for part in parts]


def all_parts(pin_map: PinMap) -> list[Part]:
    """Return every part."""
    return [part for parts in sheets(pin_map).values() for part in parts]


def nets(parts: Iterable[Part]) -> Mapping[str, list[tuple[str, str]]]:
    """Return the (reference, pin) of each net, in the order of the parts."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part in parts:
        for pin, net in part.pins.items():
            found.setdefault(net, []).append((part.ref, pin))
    return found
