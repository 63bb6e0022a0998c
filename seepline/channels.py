"""From a logger's record to values in a channel's unit: one row per channel kind.

A channel is one place in a record: (block, slot) and a kind. The wire carries scaled integers; everything above
the gateway carries the value in the unit given here.
"""

from dataclasses import dataclass

from seepline.wire import record as wire
from seepline.wire import status as bits


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """How one kind of channel stands on the wire: value = integer / scale, in `unit`."""

    name: str
    payload_type: int
    field: str
    scale: int
    unit: str
    status_mask: int
    missing: int


_THERMISTOR = bits.THERMISTOR_BITS
_SHARED = bits.MISSING | bits.NOT_FITTED | bits.TOO_OLD | bits.INSTRUMENT_FAULT | bits.NOT_DUE
_WIRE = 0xFFFF & ~_THERMISTOR


def _vw(name: str, field: str, scale: int, unit: str, missing: int, mask: int = _WIRE) -> ChannelKind:
    return ChannelKind(name, wire.PAYLOAD_VW, field, scale, unit, mask, missing)


def _scalar(name: str, scale: int, unit: str) -> ChannelKind:
    return ChannelKind(name, wire.PAYLOAD_SCALAR, "value", scale, unit, 0xFFFF, wire.MISSING_I32)


_ROWS = (
    _vw("vw_frequency", "frequency_mhz", 1000, "Hz", wire.MISSING_U32),
    _vw("vw_thermistor", "thermistor_mohm", 1000, "ohm", wire.MISSING_U32, _SHARED | _THERMISTOR),
    _vw("vw_amplitude", "amplitude_uv", 1000, "mV", wire.MISSING_U16),
    _vw("vw_snr", "snr_tenth", 10, "1", wire.MISSING_U16),
    _vw("vw_decay", "decay_e4", 10000, "1", wire.MISSING_U16),
    _vw("vw_noise_frequency", "noise_tenth_hz", 10, "Hz", wire.MISSING_U16),
    _vw("vw_agreement", "agreement_mhz", 1000, "Hz", wire.MISSING_U16),
    _scalar("current", 100_000, "mA"),
    _scalar("voltage", 1_000, "mV"),
    _scalar("resistance", 1_000, "ohm"),
    _scalar("pulses", 1, "count"),
    _scalar("tilt", 100_000, "deg"),
    _scalar("temperature", 1_000, "degC"),
    _scalar("pressure", 10_000, "kPa"),
    _scalar("humidity", 1_000, "%"),
)

CHANNEL_KINDS = {row.name: row for row in _ROWS}


def read_channel(kind: ChannelKind, record: wire.Record, slot: int) -> tuple[float | None, int]:
    """Return (value in the channel's unit or None, status bits of this kind) of one slot of a record.

    A slot that the record does not hold is (None, MISSING). An out-of-range integer is None and never a value.
    """
    if record.payload_type != kind.payload_type or slot >= record.channels:
        return None, bits.MISSING
    channel = wire.PAYLOADS[record.payload_type].decode(record.payload, record.channels)[slot]
    status, number = channel.status & kind.status_mask, getattr(channel, kind.field)
    if number == kind.missing:
        return None, status or bits.MISSING
    return number / kind.scale, status
