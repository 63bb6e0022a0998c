"""Raw readings (direct mode's long form, decision 0022, with the wire), counts of the buses, the wiring.

    raw,site=,logger=,block=,channel=,wire=logger:channel value=,status=i,delay_s=,ring=i,seq=i,tq=i <scan ms>
    bus,site=,gateway=,bus=,device= ok=i,failed=i <when it was reported, ms>
    wiring,site=,section=,point=,input=,wire= instrument="" <valid from, ms>

Only what is current: a second value for a channel and time, and what is dated ahead, stays in the journal.
`delay_s` is from the scan to the collector's disk: bus, link, and back-fill after an outage. A gateway counts
ok and failed requests since its program began.
"""

from collections.abc import Iterable, Iterator

from collector.export.lines import line_of, numbers, quoted
from collector.journal_entries import Entry, KeptValue, Kind
from collector.storm.bus_table import Counted
from seepline.site import Site
from seepline.wire.event import EVENT_BLOCK
from seepline.wire.status import TIME_MASK


def wire_of(channel: str) -> str:
    """Return how 'logger/channel' stands in a tag: a slash would end a pattern of InfluxQL.

    >>> wire_of("pond/toe_frequency")
    'pond:toe_frequency'
    """
    return channel.replace("/", ":")


def raw_lines(site: Site, entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a point for every current raw value; what loggers say of themselves are events."""
    for entry in entries:
        if entry.kind == Kind.READINGS and entry.block != EVENT_BLOCK:
            for one in entry.values:
                if one.rank == 0:
                    yield _raw_line(site, entry, one)


def _raw_line(site: Site, entry: Entry, one: KeptValue) -> bytes:
    channel = one.reading.channel
    tags = {
        "site": site.info.id,
        "logger": entry.logger,
        "block": "" if entry.block is None else str(entry.block),
        "channel": channel.partition("/")[2],
        "wire": wire_of(channel),
    }
    fields = numbers({"value": one.reading.value, "delay_s": (entry.arrival_ms - entry.time_ms) / 1000})
    fields["status"] = f"{one.reading.status}i"
    if entry.identity:
        _, ring, sequence = entry.identity.split(":")
        fields |= {"ring": f"{ring}i", "seq": f"{sequence}i"}
    if entry.tq is not None:
        fields["tq"] = f"{entry.tq & TIME_MASK}i"
    return line_of("raw", tags, fields, entry.time_ms)


def bus_lines(site: Site, counted: Iterable[Counted]) -> Iterator[bytes]:
    """Yield what gateways counted of the devices on their buses."""
    for at_ms, gateway, one in counted:
        tags = {"site": site.info.id, "gateway": gateway, "bus": one.bus, "device": one.device}
        yield line_of("bus", tags, {"ok": f"{one.ok}i", "failed": f"{one.failed}i"}, at_ms)


def wiring_lines(site: Site) -> Iterator[bytes]:
    """Yield which wire is which input of a point, at the date from which it is."""
    for one in site.assignments:
        place = {"site": site.info.id, "section": site.point_by_id[one.point].section, "point": one.point}
        for name, channel in one.inputs.items():
            tags = {**place, "input": name, "wire": wire_of(channel)}
            yield line_of("wiring", tags, {"instrument": quoted(one.instrument)}, one.valid_from_ms)
