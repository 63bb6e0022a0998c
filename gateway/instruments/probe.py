"""Trying a profile on a device: every field once, its registers beside its value."""

from dataclasses import asdict, dataclass

from gateway.bus.exchange import Pace
from gateway.instruments.asking import Heard, Port, ask
from gateway.instruments.decode import Decoded, readings
from gateway.instruments.profile import Field, Profile
from gateway.instruments.requests import reads_for
from gateway.instruments.station import Instrument
from seepline.site_wiring import Station
from seepline.wire import status as bits


@dataclass(frozen=True, slots=True)
class Row:
    """One field as it was read. `raw` are its registers in hexadecimal; `value` None with a `remark` why."""

    field: str
    function: int
    register: int
    raw: str
    value: float | None
    unit: str
    remark: str

    def as_dict(self) -> dict[str, object]:
        """Return the row for JSON."""
        return asdict(self)


async def probe(port: Port, profile: Profile, address: int, pace: Pace | None) -> tuple[list[Row], list[str]]:
    """Return a row per field of the profile, and what the device refused.

    Raises
    ------
    gateway.bus.master.BusError
        When nothing was answered at all.
    """
    station = Station(id="probe", profile=profile.name, address=address, scan_s=1, silence_s=2)
    reads = reads_for(profile.fields, profile.device, pace)
    one = Instrument(station=station, profile=profile, fields=profile.fields, channels={}, reads=reads)
    asked = await ask(port, one, Heard())
    found = readings(profile.fields, profile.device, asked.words)
    rows = [_row(name, field, asked.words.get(name), found[name]) for name, field in profile.fields.items()]
    return rows, asked.errors


def _row(name: str, one: Field, words: list[int] | None, found: Decoded) -> Row:
    raw = " ".join(f"{word:04x}" for word in words or ())
    remarks = [bits.describe(found.status), one.remark]
    remark = "; ".join(filter(None, remarks))
    return Row(name, one.function, one.first, raw, found.value, one.unit, remark)
