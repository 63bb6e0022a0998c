"""The table that a simulated logger measures from: one row per scan, one cell per block and slot, wire integers.

    utc_s,0:0,0:1,1:0
    1450425600,2923000/5781000/////,2835000/5694000/////,2056000

A vibrating-wire cell is frequency_mhz/thermistor_mohm/amplitude_uv/snr_tenth/decay_e4/noise_tenth_hz/
agreement_mhz, a scalar cell one integer; both may end in /status. An empty cell or number is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seepline.channels import CHANNEL_KINDS, ChannelKind
from seepline.site_wiring import Channel
from seepline.wire import record as wire

_VW_FIELDS = wire.VwChannel._fields[1:8]
_LOWEST = {wire.PAYLOAD_VW: 0, wire.PAYLOAD_SCALAR: wire.MISSING_I32 + 1}
_HIGHEST = {
    wire.MISSING_U16: wire.MISSING_U16 - 1,
    wire.MISSING_U32: wire.MISSING_U32 - 1,
    wire.MISSING_I32: 0x7FFFFFFF,
}


class InputError(ValueError):
    """The inputs cannot be used. `faults` holds every one: file, line or TOML path, what was expected."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a logger's channels show at one time: values in the channel's unit and status bits, by channel id.

    `wire` holds integers that no channel of the site asks for, such as the amplitude of a wire's response.
    """

    utc_s: int
    values: Mapping[str, float]
    status: Mapping[str, int] = field(default_factory=dict)
    wire: Mapping[tuple[int, int], Mapping[str, int]] = field(default_factory=dict)  # by block and slot


def wire_integer(kind: ChannelKind, value: float) -> int:
    """Return a value in the channel's unit as the wire's integer.

    Raises
    ------
    ValueError
        When the wire cannot carry it (NaN too): says which values it can.
    """
    lowest, highest = _LOWEST[kind.payload_type], _HIGHEST[kind.missing]
    if not lowest <= value * kind.scale <= highest:
        raise ValueError(f"expected {lowest / kind.scale:g} to {highest / kind.scale:g} {kind.unit}")
    return round(value * kind.scale)


def places(channels: Iterable[Channel]) -> list[tuple[int, int]]:
    """Return the (block, slot) pairs of channels, in order: the columns of the table."""
    return sorted({(channel.block, channel.slot) for channel in channels})


def write(path: Path, channels: Sequence[Channel], scans: Iterable[Scan]) -> int:
    """Write the table of one logger; return the number of scans."""
    columns = [[c for c in channels if (c.block, c.slot) == place] for place in places(channels)]
    count = 0
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(["utc_s", *(f"{block}:{slot}" for block, slot in places(channels))]) + "\n")
        for count, scan in enumerate(scans, start=1):  # noqa: B007 - the count is the answer
            file.write(",".join([str(scan.utc_s), *(cell(column, scan) for column in columns)]) + "\n")
    return count


def cell(channels: Sequence[Channel], scan: Scan) -> str:
    """Return one cell: all channels of one block and slot."""
    place = (channels[0].block, channels[0].slot)
    numbers, status = {name: str(number) for name, number in scan.wire.get(place, {}).items()}, 0
    for channel in channels:
        kind = CHANNEL_KINDS[channel.kind]
        status |= scan.status.get(channel.id, 0)
        if channel.id in scan.values:
            numbers[kind.field] = str(wire_integer(kind, scan.values[channel.id]))
    if not numbers and not status:
        return ""
    vibrating_wire = CHANNEL_KINDS[channels[0].kind].payload_type == wire.PAYLOAD_VW
    texts = [numbers.get(name, "") for name in (_VW_FIELDS if vibrating_wire else ("value",))]
    return "/".join(texts + [str(status)] * (status > 0))
