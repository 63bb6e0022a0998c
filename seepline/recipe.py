"""What an instrument at a point makes by one sheet, worked out once: its sources, and its function of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from seepline.instruments import INSTRUMENT_KINDS
from seepline.instruments.kind import Converted, InstrumentKind
from seepline.site import Assignment, Calibration, Site
from seepline.site_wiring import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an input of an assignment comes from: a channel, a quantity of another point, or nothing.

    `said` is what remarks call it; `lead_ohm` is taken off a channel in ohm.
    """

    name: str
    said: str = ""
    channel: Channel | None = None
    channel_name: str = ""
    lead_ohm: float = 0.0
    point: str = ""
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an instrument at a point makes by one sheet.

    `sources` holds each source once as what it is the signal of, and once as a correction (True); `made_of` holds
    for each quantity the places of its sources, the own signal first; `names` the place and name of each.
    """

    assignment: Assignment
    calibration: Calibration
    label: str
    kind: InstrumentKind
    sources: tuple[tuple[Source, bool], ...]
    made_of: tuple[tuple[str, tuple[int, ...]], ...]
    names: tuple[tuple[int, str], ...]
    own_channels: Mapping[str, tuple[str, ...]]
    convert: Callable[[Mapping[str, float]], Mapping[str, Converted]]


def kind_of(site: Site, assignment: Assignment) -> InstrumentKind:
    """Return the kind of the instrument of an assignment."""
    return INSTRUMENT_KINDS[site.instrument_by_id[assignment.instrument].kind]


def lead_ohm(channel: Channel) -> float:
    """Return the resistance of a cable's loop, there and back; `cable_ohm_per_km` is that of one conductor.

    >>> pair = Channel(id="t", logger="l", block=0, slot=0, kind="vw_thermistor", unit="ohm", cable_m=500.0,
    ...                cable_ohm_per_km=48.5)
    >>> lead_ohm(pair)
    48.5
    """
    return 2 * channel.cable_m * channel.cable_ohm_per_km / 1000


def recipe_of(site: Site, assignment: Assignment, calibration: Calibration) -> Recipe:
    """Return what an assignment makes by a sheet; both are those of the site, and worked out once."""
    key = ("recipe", id(assignment), id(calibration))
    known: Recipe | None = site.worked_out.get(key)
    if known is None or known.assignment is not assignment or known.calibration is not calibration:
        site.worked_out[key] = known = _recipe(site, assignment, calibration)
    return known


def _recipe(site: Site, assignment: Assignment, calibration: Calibration) -> Recipe:
    kind = kind_of(site, assignment)
    needs = kind.needs(calibration)
    places = {(name, place > 0): 0 for names in needs.values() for place, name in enumerate(names)}
    places = {one: place for place, one in enumerate(places)}
    sources = {name: _source(site, assignment, kind, name) for name, _ in places}
    asked = [(name, place > 0) for names in needs.values() for place, name in enumerate(names)]
    own = {quantity: [sources[name].channel_name for name in names] for quantity, names in needs.items()}
    return Recipe(
        assignment,
        calibration,
        calibration.label,
        kind,
        sources=tuple((sources[name], correction) for name, correction in places),
        made_of=tuple(
            (quantity, tuple(places[name, place > 0] for place, name in enumerate(names)))
            for quantity, names in needs.items()
        ),
        names=tuple((places[one], one[0]) for one in asked),
        own_channels={key: tuple(one for one in names if one) for key, names in own.items()},
        convert=kind.prepare(calibration) if kind.prepare else partial(kind.convert, calibration),
    )


def _source(site: Site, assignment: Assignment, kind: InstrumentKind, name: str) -> Source:
    if name in assignment.inputs:
        channel = site.channel_by_name[assignment.inputs[name]]
        leads = lead_ohm(channel) if channel.unit == "ohm" else 0.0
        said = f"{name} {channel.name}"
        return Source(name=name, said=said, channel=channel, channel_name=channel.name, lead_ohm=leads)
    if name in assignment.references:
        point = assignment.references[name]
        return Source(name=name, said=f"{name} {point}", point=point, quantity=(kind.references or {})[name])
    return Source(name=name)
