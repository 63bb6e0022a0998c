"""Everything that the after-storm page shows: each wire and each bus, what stands out first."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collector.store import LoggerSeen
from collector.storm.bus_table import BusTable
from collector.storm.raw import RawStretches
from seepline.site import Site, valid_at
from seepline.site_wiring import Channel, Logger, Station
from seepline.storm.cut import Heard, Trunk, trunk
from seepline.storm.signs import Share, compared
from seepline.storm.wire import WireCheck, check


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """From when the baseline runs, when the storm was, and up to when is looked (UTC ms)."""

    from_ms: int
    storm_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WireFound:
    """One wire: its logger and slot, the points that are measured by it now, and what was seen."""

    logger: str
    name: str
    points: tuple[str, ...]
    cable_m: float
    seen: WireCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFound:
    """One device of a bus: requests without a right answer before and since, and whether it is silent."""

    device: str
    trunk_m: float | None
    silent: bool
    asked: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class BusFound:
    """One bus: what its silence says, and its devices by distance."""

    bus: str
    trunk: Trunk
    devices: tuple[DeviceFound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StormCheck:
    """The whole check."""

    times: Times
    buses: tuple[BusFound, ...]
    wires: tuple[WireFound, ...]


def storm_check(
    site: Site, seen: Sequence[LoggerSeen], raw: RawStretches, counts: BusTable, times: Times
) -> StormCheck:
    """Return what changed since a storm; what points at a fault stands first."""
    silent = frozenset(one.logger for one in seen if one.silent_since_ms is not None)
    wires = [_wire(site, channels, raw, times) for channels in _by_wire(site)]
    wires.sort(key=lambda one: (not one.seen.causes, one.logger, one.name))
    buses = tuple(_bus(site, bus.id, silent, counts, times) for bus in site.buses)
    return StormCheck(times=times, buses=buses, wires=tuple(wires))


def _by_wire(site: Site) -> Iterator[Sequence[Channel]]:
    """Yield the channels of each wire: those of one place of a logger; any other channel is a wire of its own."""
    found: defaultdict[object, list[Channel]] = defaultdict(list)
    for one in site.channels:
        found[one.place if one.block >= 0 else one.name].append(one)
    return iter(found.values())


def _wire(site: Site, channels: Sequence[Channel], raw: RawStretches, times: Times) -> WireFound:
    around = {
        one.kind or one.field or one.id: raw.around(one.name, times.from_ms, times.storm_ms, times.to_ms)
        for one in channels
    }
    return WireFound(
        logger=channels[0].logger,
        name=", ".join(one.id for one in channels),
        points=tuple(sorted(_points(site, {one.name for one in channels}, times.to_ms))),
        cable_m=max(one.cable_m for one in channels),
        seen=check(around, site.info.mains_hz),
    )


def _points(site: Site, names: set[str], at_ms: int) -> Iterator[str]:
    for one in site.assignments:
        if valid_at(one.valid_from_ms, one.valid_to_ms, at_ms) and names & set(one.inputs.values()):
            yield one.point


def _bus(site: Site, bus: str, silent: frozenset[str], counts: BusTable, times: Times) -> BusFound:
    wired: list[Logger | Station] = [*site.loggers, *site.stations]
    devices = [_device(one, silent, counts, times) for one in wired if one.bus == bus]
    devices.sort(key=lambda one: (one.trunk_m is None, one.trunk_m or 0.0, one.device))
    heard = [Heard(logger=one.device, trunk_m=one.trunk_m, silent=one.silent) for one in devices]
    return BusFound(bus=bus, trunk=trunk(heard), devices=tuple(devices))


def _device(one: Logger | Station, silent: frozenset[str], counts: BusTable, times: Times) -> DeviceFound:
    before = counts.asked(one.id, times.from_ms, times.storm_ms)
    since = counts.asked(one.id, times.storm_ms, times.to_ms)
    return DeviceFound(device=one.id, trunk_m=one.trunk_m, silent=one.id in silent, asked=compared(before, since))
