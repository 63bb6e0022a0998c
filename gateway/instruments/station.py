"""The stations of a site with their profiles: what each is asked, and what is wrong between the two files.

Profiles lie beside SITE.toml or come with the gateway, so only a gateway reads them; the collector needs no more
than SITE.toml.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.bus.exchange import Pace, Request, pace_of
from gateway.instruments.profile import UNIT_OF_SITE, Field, Profile
from gateway.instruments.profile_file import ProfileError, read_profile
from gateway.instruments.requests import Read, reads_for, trigger_request
from gateway.loggers.utilisation import Demand
from seepline.site import Site
from seepline.site_rules import Rule
from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_wiring import Bus, Channel, Station

_TURN_ROUND_S = 0.1  # decides only which gaps are cheaper to read along
Place = Callable[[object, str], str]  # (entry, key) -> where it stands in SITE.toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A station, its profile, and the requests of one scan. `fields` are those read, `channels` id by field."""

    station: Station
    profile: Profile
    fields: Mapping[str, Field]
    channels: Mapping[str, str]
    reads: tuple[Read, ...]

    @property
    def requests(self) -> list[Request]:
        """All requests of one scan, in order."""
        trigger = self.profile.trigger
        return [*([trigger_request(trigger)] if trigger else []), *(read.request for read in self.reads)]


def instrument_of(site: Site, station: Station, profile: Profile, pace: Pace | None) -> Instrument:
    """Return what is asked of one station: the fields that the site has channels for."""
    channels = {one.field: one.id for one in site.channels if one.logger == station.id}
    fields = profile.with_faults(tuple(channels))
    reads = reads_for(fields, profile.device, pace)
    return Instrument(station=station, profile=profile, fields=fields, channels=channels, reads=reads)


def profiles_of(site: Site, directory: Path) -> dict[str, Profile]:
    """Return the profile of each station of a checked site, by station id.

    Raises
    ------
    ProfileError
        With every problem of every profile, and of what SITE.toml asks of them.
    """
    found: dict[str, Profile] = {}
    problems: list[Problem] = []
    for station in site.stations:
        try:
            found[station.id] = read_profile(station.profile, directory, station.settings)
        except ProfileError as error:
            problems += [_of_station(f"station[{station.id}]", one) for one in error.problems]
        else:
            problems += _misfits(site, station, found[station.id], _plain_path)
    if problems:
        raise ProfileError(problems)
    return found


def on_bus(site: Site, profiles: Mapping[str, Profile], bus: Bus, pace: Pace) -> list[Instrument]:
    """Return the third-party instruments on one bus."""
    own = [station for station in site.stations if station.bus == bus.id]
    return [instrument_of(site, station, profiles[station.id], pace) for station in own]


def by_tcp(site: Site, profiles: Mapping[str, Profile], gateway: str) -> dict[str, list[Instrument]]:
    """Return the instruments that a gateway reads over Modbus TCP, by 'host:port'."""
    found: dict[str, list[Instrument]] = {}
    for station in site.stations:
        if station.tcp and station.gateway == gateway:
            found.setdefault(station.tcp, []).append(instrument_of(site, station, profiles[station.id], None))
    return found


def demands_on(site: Site, profiles: Mapping[str, Profile], bus: Bus) -> list[Demand]:
    """Return what the instruments of a bus want of it, for the poll plan."""
    found = on_bus(site, profiles, bus, pace_of(bus, _TURN_ROUND_S))
    return [
        Demand(
            one.station.id,
            one.requests,
            one.station.scan_s,
            one.profile.device.pause_ms / 1000 * len(one.requests),
        )
        for one in found
    ]


def profile_rules(directory: Path) -> tuple[Rule, ...]:
    """Return the rules of `seepline check` about stations whose profiles lie in or under `directory`."""

    def stations_fit_their_profiles(draft: Draft) -> Iterator[Problem]:
        for station in draft.site.stations:
            try:
                profile = read_profile(station.profile, directory, station.settings)
            except ProfileError as error:
                yield from (_of_station(draft.path(station), one) for one in error.problems)
            else:
                yield from _misfits(draft.site, station, profile, draft.path)

    return (stations_fit_their_profiles,)


def _of_station(place: str, problem: Problem) -> Problem:
    """Return a profile's problem at the station that uses it; a setting is the station's own."""
    own = problem.path == "profile" or problem.path.startswith("settings.")
    return Problem(f"{place}.{'' if own else 'profile.'}{problem.path}", problem.found, problem.expected)


def _plain_path(entry: object, key: str) -> str:
    name = f"{entry.logger}/{entry.id}" if isinstance(entry, Channel) else getattr(entry, "id", "")
    return f"{type(entry).__name__.lower()}[{name}].{key}"


def _misfits(site: Site, station: Station, profile: Profile, path: Place) -> Iterator[Problem]:
    bus = next((bus for bus in site.buses if bus.id == station.bus), None)
    device = profile.device
    if bus is not None and bus.baud not in device.bauds:
        known = ", ".join(map(str, device.bauds))
        yield Problem(path(station, "bus"), f"{bus.id!r} at {bus.baud} baud", f"a bus at {known}: {profile.name}")
    if bus is not None and bus.parity not in device.parities:
        known = ", ".join(device.parities)
        yield Problem(path(station, "bus"), f"{bus.id!r} with parity {bus.parity}", f"a parity of {known}")
    for channel in site.channels:
        if channel.logger == station.id and channel.field:
            yield from _channel_misfits(channel, profile, path)


def _channel_misfits(channel: Channel, profile: Profile, path: Place) -> Iterator[Problem]:
    one = profile.fields.get(channel.field)
    if one is None:
        expected = one_of(sorted(profile.fields), channel.field)
        yield Problem(path(channel, "field"), repr(channel.field), f"{expected} (profile {profile.name})")
    elif one.unit not in (channel.unit, UNIT_OF_SITE):
        expected = f"{one.unit!r}, the unit of field {channel.field} of profile {profile.name}"
        yield Problem(path(channel, "unit"), repr(channel.unit), expected)
