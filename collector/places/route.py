"""The cable route of a point: from the gauge through the logger to the gateway, as the site file says. Pure."""

from dataclasses import dataclass

from seepline.convert import assignment_at
from seepline.site import Site
from seepline.site_wiring import Channel, Logger, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One channel on its way: its place in the logger, the cable of the gauge, and the bus behind it."""

    use: str
    channel: str
    unit: str
    place: str
    cable_m: float
    cable_ohm_per_km: float
    logger: str
    address: int | None
    bus: str
    trunk_m: float | None
    gateway: str


def cable_route(site: Site, point: str, at_ms: int) -> tuple[Hop, ...]:
    """Return how each input of a point's gauge comes in at a time; empty without a gauge."""
    assignment = assignment_at(site, point, at_ms)
    if assignment is None:
        return ()
    return tuple(_hop(site, use, site.channel_by_name[name]) for use, name in assignment.inputs.items())


def _hop(site: Site, use: str, channel: Channel) -> Hop:
    source = site.source_by_id[channel.logger]
    wired = source if isinstance(source, Logger | Station) else None
    bus = wired.bus if wired else ""
    gateway = next((one.gateway for one in site.buses if one.id == bus), getattr(source, "gateway", ""))
    return Hop(
        use=use,
        channel=channel.name,
        unit=channel.unit,
        place=f"block {channel.block}, slot {channel.slot}" if channel.block >= 0 else channel.field,
        cable_m=channel.cable_m,
        cable_ohm_per_km=channel.cable_ohm_per_km,
        logger=channel.logger,
        address=wired.address if wired else None,
        bus=bus,
        trunk_m=wired.trunk_m if wired else None,
        gateway=gateway,
    )
