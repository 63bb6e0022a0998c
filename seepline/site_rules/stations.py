"""A third-party station stands on one bus or at one address of one gateway, and its channels name its fields.

What its profile file says is checked where profiles are read (gateway/instruments/station_rules.py).
"""

from collections.abc import Iterator

from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.identity import twins


def stations_stand_somewhere(draft: Draft) -> Iterator[Problem]:
    """Check that a station has a bus of the site, or an address and the gateway that reads it; never both."""
    for station in draft.site.stations:
        if station.bus and station.tcp:
            yield Problem(draft.path(station, "tcp"), f"{station.tcp!r} beside bus {station.bus!r}", "one of both")
        elif station.bus:
            yield from _named(draft, station, "bus")
            if station.gateway:
                expected = "no gateway: that of the bus reads it"
                yield Problem(draft.path(station, "gateway"), repr(station.gateway), expected)
        elif station.tcp:
            yield from _named(draft, station, "gateway")
        else:
            yield Problem(draft.path(station, "bus"), "nothing", "a bus, or tcp and gateway")


def _named(draft: Draft, station: object, table: str) -> Iterator[Problem]:
    name, known = getattr(station, table), draft.names[table]
    if name not in known:
        found = repr(name) if name else "nothing"
        yield Problem(draft.path(station, table), found, one_of(sorted(known), name, f"the id of a [[{table}]]"))


def stations_channels_name_a_field(draft: Draft) -> Iterator[Problem]:
    """Check that a channel of a station has a field of its own there, and no place in a logger's record."""
    own = [one for one in draft.site.channels if one.logger in draft.names["station"]]
    for channel in own:
        if not channel.field:
            yield Problem(draft.path(channel, "field"), "nothing", "a field of the station's profile")
        placed = {"block": channel.block >= 0, "slot": channel.slot >= 0, "kind": bool(channel.kind)}
        for key in (key for key, given in placed.items() if given):
            found, expected = repr(getattr(channel, key)), f"no {key}: only a logger's channel has one"
            yield Problem(draft.path(channel, key), found, expected)
    for before, channel in twins([one for one in own if one.field], lambda one: (one.logger, one.field)):
        found = f"{channel.field!r}, as in {draft.path(before)}"
        yield Problem(draft.path(channel, "field"), found, "a field that no other channel takes")


def foreign_channels_have_no_place(draft: Draft) -> Iterator[Problem]:
    """Check that a foreign logger's channel claims no place in a record: imports.toml says which column it is."""
    for channel in (one for one in draft.site.channels if one.logger in draft.names["foreign"]):
        placed = {
            "block": channel.block >= 0,
            "slot": channel.slot >= 0,
            "kind": channel.kind,
            "field": channel.field,
        }
        for key in (key for key, given in placed.items() if given):
            found, expected = (
                repr(getattr(channel, key)),
                f"no {key}: the collector's imports.toml names its column",
            )
            yield Problem(draft.path(channel, key), found, expected)


RULES = (stations_stand_somewhere, stations_channels_name_a_field, foreign_channels_have_no_place)
