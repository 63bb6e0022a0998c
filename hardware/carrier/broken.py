"""Faults to make in a copy of the circuit, each to show that one gate bites; nothing here is ever on a board."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hardware.carrier.catalog import Kind
from hardware.carrier.part import Part

Circuit = tuple[list[Part], Mapping[str, Kind]]
Fault = Callable[[Sequence[Part], dict[str, Kind]], Circuit]


def _pins(ref: str, **changed: str) -> Fault:
    """Return the fault of other nets at a part's pins; an empty net opens the pin."""

    def make(parts: Sequence[Part], kinds: dict[str, Kind]) -> Circuit:
        return [_changed(part, changed) if part.ref == ref else part for part in parts], kinds

    return make


def _changed(part: Part, changed: Mapping[str, str]) -> Part:
    pins = dict(part.pins) | {pin.removeprefix("pin"): net for pin, net in changed.items()}
    return part._replace(pins={pin: net for pin, net in pins.items() if net})


def _renamed(parts: Sequence[Part], kinds: dict[str, Kind]) -> Circuit:
    return [part._replace(ref="R13") if part.ref == "R12" else part for part in parts], kinds


def _without(*refs: str) -> Fault:
    """Return the fault of parts that are not there."""

    def make(parts: Sequence[Part], kinds: dict[str, Kind]) -> Circuit:
        return [part for part in parts if part.ref not in refs], kinds

    return make


def _other(kind: str, **changed: object) -> Fault:
    """Return the fault of a kind of part that is not what the rules want."""

    def make(parts: Sequence[Part], kinds: dict[str, Kind]) -> Circuit:
        return list(parts), {**kinds, kind: replace(kinds[kind], **changed)}  # type: ignore[arg-type]

    return make


FAULTS: Mapping[str, Fault] = {
    "unpowered": _pins("U501", pin8=""),
    "two outputs": _pins("U13", pin7="HIGH"),
    "flash pin": _pins("U31", pin17="SWEEP"),
    "strapping pin": _pins("U31", pin14="SWEEP"),
    "no wake": _pins("U31", pin13=""),
    "input only": _pins("U31", pin6="SWEEP"),
    "one end": _pins("R16", pin1="NOWHERE"),
    "terminal": _pins("J12", pin1="VW2_C-", pin2="VW2_C+"),
    "same reference": _renamed,
    "seventy degrees": _other("relay", number="G6K-2F-Y", highest_c=70),
    "no number": _other("c22u", number=""),
    "no clamp": _without("D502", "D503"),
    "forgotten": _pins("U32", pin8="RELAY_4"),
}
