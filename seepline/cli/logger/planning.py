"""The other tables of `seepline logger budget`: panel, bus, accuracy; and what of a site's wiring is refused."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import typer

from seepline.cli.logger.options import print_table
from seepline.power_budget import Battery, Budget
from seepline.reckoning import rs485, solar, wiring
from seepline.reckoning.of_channels import Accuracy, Assumed, of_sheet
from seepline.site import Site
from seepline.site_rules.draft import Problem
from seepline.site_wiring import Bus, Logger, Wired

Said = Mapping[str, float | None]


class What(StrEnum):
    """What `--of` may name."""

    POWER = "power"
    PANEL = "panel"
    BUS = "bus"
    ACCURACY = "accuracy"


# None: nobody has said it. The rest are assumptions that a table names beside its figures.
ASSUMED: dict[str, float | None] = {
    "latitude": None,  # without it the site's own
    "tilt": 60.0,  # of the panel, degrees: snow slides off
    "clearness": 0.25,  # an overcast spell
    "dark_days": 7.0,  # on the battery alone
    "trunk_m": None,  # of a bus whose devices do not all have theirs in the site file
    "stub_m": 1.0,
    "unit_load": 0.125,  # of each node
    "terminators": 2.0,
    "bias_v": 5.0,
    "bias_ohm": 560.0,  # each way, at the gateway
    "bus_ohm_per_km": 36.0,  # of one conductor: 0.5 mm2
    "fail_safe": 1.0,  # 1: receivers with true fail-safe
    "loop_v": 12.0,
    "probe_least_v": None,
    "degc": 10.0,  # where accuracy is reckoned
    "ground_kelvin": 12.0,  # how far the cable may be from 20 degC
    "shunt_percent": 0.1,
    "barometer_kpa": None,
    "bead_degc": None,
    "gauge_percent": None,
    "probe_percent": None,
}


def problems(site: Site, loggers: Iterable[str], said: Said, wanted: Collection[What]) -> Iterator[Problem]:
    """Yield every row of the site that cannot work as it is wired."""
    chosen = set(loggers)
    for device in site.devices:
        for name in device.channels if device.logger in chosen else ():
            channel = site.channel_by_name.get(f"{device.logger}/{name}")
            if channel and device.driver == "vibrating_wire":
                yield from wiring.wire_problems(channel)
            if channel and device.driver == "current_loop" and (least_v := said["probe_least_v"]) is not None:
                shunt_ohm = device.options["shunt_mohm"] / 1000
                yield from wiring.loop_problems(channel, said["loop_v"] or 0.0, shunt_ohm, least_v)
    for bus in site.buses if What.BUS in wanted else ():
        trunk = trunk_of(site, bus, said)
        for broken in rs485.broken(_line(site, bus, trunk, said)):
            stated = trunk.row if broken.figure == "trunk_m" else ""
            yield Problem(stated or f"bus[{bus.id}].{broken.figure}", broken.found, broken.expected)
    if What.PANEL in wanted:
        yield from _latitude_problems(latitude_of(site, said))


def latitude_of(site: Site, said: Said) -> float | None:
    """Return the latitude that was said, else the site's."""
    return said["latitude"] if said["latitude"] is not None else site.info.latitude_deg


def _latitude_problems(latitude: float | None) -> Iterator[Problem]:
    south, north = solar.LATITUDES
    if latitude is None or not south <= latitude <= north:
        found = "nothing" if latitude is None else f"{latitude:g}"
        yield Problem("site.latitude_deg (or --assume latitude=)", found, f"{south:g} to {north:g} degrees north")


class Trunk(NamedTuple):
    """How long a bus's cable is at least, to which device (None: assumed), and whether that is all of it."""

    m: float
    to: Wired | None
    whole: bool

    @property
    def row(self) -> str:
        """The row of the site that says so, "" when it is assumed."""
        table = "logger" if isinstance(self.to, Logger) else "station"
        return f"{table}[{self.to.id}].trunk_m" if self.to else ""


def trunk_of(site: Site, bus: Bus, said: Said) -> Trunk:
    """Return how far the farthest device of a bus hangs; what is assumed counts where a device does not say."""
    devices = [one for one in site.wired if one.bus == bus.id]
    stated = [(one.trunk_m, one) for one in devices if one.trunk_m is not None]
    m, to = max(stated, key=lambda one: one[0], default=(0.0, None))
    whole = bool(devices) and len(stated) == len(devices)
    assumed = None if whole else said["trunk_m"]
    if assumed is None:
        return Trunk(m, to, whole)
    return Trunk(m, to, True) if m > assumed else Trunk(assumed, None, True)


def panels(found: Iterable[Budget], battery: Battery, latitude: float, said: Said) -> dict[str, solar.Panel]:
    """Return the panel of each logger, for the middle of December."""
    sun = solar.plane_kwh_per_m2(latitude, said["tilt"] or 0.0, said["clearness"] or 0.0)
    days = said["dark_days"] or 0.0
    return {
        one.logger: solar.panel(one.mean_ma * 24 / 1000 * battery.volt, sun, days, battery.volt, battery.derating)
        for one in found
    }


def print_panels(rows: Mapping[str, solar.Panel], latitude: float, said: Said) -> None:
    """Print what each logger needs of sun and battery."""
    heads = ("logger", "Wh a day", "sun, kWh/m2 a day", "panel", "battery")
    title = (
        f"Panel at {latitude:g} N, tilt {said['tilt']:g}, clearness {said['clearness']:g}, 15 December;"
        f" battery for {said['dark_days']:g} days without sun"
    )
    typer.echo(title)
    print_table("", heads, [
        (name, f"{one.wh_per_day:.2f}", f"{one.kwh_per_m2:.2f}", f"{one.watt:.2g} W", f"{one.ah:.2g} Ah")
        for name, one in rows.items()
    ])  # fmt: skip


def buses(site: Site, said: Said) -> dict[str, dict[str, Any]]:
    """Return load, level at rest and level at the far end of each bus."""
    found: dict[str, dict[str, Any]] = {}
    for bus in site.buses:
        trunk = trunk_of(site, bus, said)
        line = _line(site, bus, trunk, said)
        found[bus.id] = {
            "nodes": line.nodes,
            "unit_loads": rs485.unit_loads(line),
            "idle_mv": 1000 * rs485.idle_v(line),
            "trunk_m": trunk.m if trunk.whole else None,
            "trunk_to": (trunk.to.id if trunk.to else "assumed") if trunk.whole else None,
            "far_v": rs485.far_v(line) if trunk.whole else None,
        }
    return found


def print_buses(rows: Mapping[str, Mapping[str, Any]], said: Said) -> None:
    """Print them; a length that nobody has said has no level at its far end."""
    title = (
        f"Buses: {said['unit_load']:g} unit load a node, {said['bias_v']:g} V over 2 x {said['bias_ohm']:g} ohm"
    )
    heads = ("bus", "nodes with the gateway", "unit loads", "at rest", "trunk", "weakest driver at the far end")
    typer.echo(title)
    print_table("", heads, [
        (
            name, str(one["nodes"]), f"{one['unit_loads']:g} of 32", f"{one['idle_mv']:.0f} mV",
            _trunk(one),
            "" if one["far_v"] is None else f"{one['far_v']:.2f} V",
        )
        for name, one in rows.items()
    ])  # fmt: skip


def _trunk(one: Mapping[str, Any]) -> str:
    if one["trunk_m"] is None:
        return "not said: trunk_m of its devices, or --assume trunk_m="
    return f"{one['trunk_m']:g} m, {one['trunk_to']}"


def accuracies(site: Site, loggers: Iterable[str], said: Said) -> list[tuple[str, str, Accuracy]]:
    """Return (point, instrument, accuracy) of every value that these loggers' channels make by a sheet."""
    chosen, found = set(loggers), []
    names = ("shunt_percent", "barometer_kpa", "bead_degc", "gauge_percent", "probe_percent")
    assumed = Assumed(said["degc"] or 0.0, said["ground_kelvin"] or 0.0, *(said[name] for name in names))  # type: ignore
    for one in (one for one in site.assignments if one.valid_to_ms is None):
        channels = {
            key: site.channel_by_name[name] for key, name in one.inputs.items() if name in site.channel_by_name
        }
        sheets = site.calibrations_by_instrument.get(one.instrument, ())
        if sheets and any(channel.logger in chosen for channel in channels.values()):
            kind = site.instrument_by_id[one.instrument].kind
            found += [(one.point, one.instrument, made) for made in of_sheet(kind, sheets[-1], channels, assumed)]
    return found


def print_accuracies(rows: Iterable[tuple[str, str, Accuracy]], said: Said) -> None:
    """Print each value's parts, their sum in squares, and what nobody has said."""
    lines = []
    for point, _, one in rows:
        lines += [
            (f"{point} {one.quantity}" if number == 0 else "", part.name,
             "not said" if part.error is None else f"{part.error:.3g} {one.unit}", part.source)
            for number, part in enumerate(one.parts)
        ]  # fmt: skip
        without = f"without {', '.join(one.unsaid)}" if one.unsaid else ""
        share = f"{one.total / one.span:.3%} of {one.span:.4g} {one.unit}" if one.span else ""
        lines.append(
            ("", "all, in squares", f"{one.total:.3g} {one.unit}", "; ".join(filter(None, (share, without))))
        )
    typer.echo(f"Accuracy at {said['degc']:g} degC, mid-range")
    print_table("", ("value", "part", "at most", "from"), lines)


def _line(site: Site, bus: Bus, trunk: Trunk, said: Said) -> rs485.Line:
    nodes = 1 + sum(one.bus == bus.id for one in site.wired)

    def number(name: str) -> float:
        return said[name] or 0.0

    return rs485.Line(
        bus.baud, nodes, number("unit_load"), trunk.m, number("stub_m"), int(number("terminators")),
        number("bias_v"), number("bias_ohm"), number("bus_ohm_per_km"), bool(number("fail_safe")),
    )  # fmt: skip
