"""A site as far as it could be read, and what is wrong in it, each thing with its place in SITE.toml.

A place is written as `table[entry].key`: `logger[waterton-a].address`, `calibration[vw-83807:1].thermal.sign`,
`threshold[3].deadband`. The entry is its id (a channel: logger/id; a calibration: id:version) as long as no
other entry of the table carries the same one; otherwise its number, counted from 1 in the order of the file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from seepline import site, site_alarms, site_commissioning, site_geometry, site_quality, site_wiring
from seepline.device import Device
from seepline.site_derived import Derived
from seepline.site_hand import Hand, Round
from seepline.site_motion import StrongMotion
from seepline.site_phreatic import PhreaticLine
from seepline.site_rules.values import is_id

Raw = Mapping[str, object]

# TOML table -> (field of Site, class of an entry), in the order in which problems are listed.
TABLES: Mapping[str, tuple[str, type]] = {
    "section": ("sections", site.Section),
    "profile": ("profiles", site_geometry.Profile),
    "gateway": ("gateways", site_wiring.Gateway),
    "bus": ("buses", site_wiring.Bus),
    "logger": ("loggers", site_wiring.Logger),
    "station": ("stations", site_wiring.Station),
    "foreign": ("foreign", site_wiring.ForeignLogger),
    "channel": ("channels", site_wiring.Channel),
    "device": ("devices", Device),
    "point": ("points", site.Point),
    "baseline": ("baselines", site_commissioning.Baseline),
    "commissioning": ("commissionings", site_commissioning.Commissioning),
    "elevation": ("elevations", site_geometry.Elevation),
    "curve": ("curves", site_geometry.Curve),
    "casing": ("casings", site_geometry.Casing),
    "instrument": ("instruments", site.Instrument),
    "assignment": ("assignments", site.Assignment),
    "calibration": ("calibrations", site.Calibration),
    "derived": ("derived", Derived),
    "strong_motion": ("strong_motion", StrongMotion),
    "phreatic_line": ("phreatic_lines", PhreaticLine),
    "hand": ("hands", Hand),
    "round": ("rounds", Round),
    "threshold_set": ("threshold_sets", site.ThresholdSet),
    "threshold": ("thresholds", site.Threshold),
    "vote": ("votes", site_alarms.Vote),
    "action": ("actions", site_alarms.Action),
    "observation": ("observations", site_alarms.Observation),
    "quality": ("quality_rules", site_quality.QualityRule),
}

_NAME_KEYS = {
    "channel": ("logger", "/", "id"),
    "calibration": ("id", ":", "version"),
    "port": ("bus",),  # of gateway.toml
    "destination": ("name",),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where in SITE.toml, what stands there, what was expected."""

    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: found {self.found}; expected {self.expected}"


@dataclass(frozen=True)
class Draft:
    """The entries of a site whose shape is right, and the raw tables of those whose shape is wrong (`unread`).

    Rules about an entry look at `site`. Rules about something that is not there look at `unread` too, so that one
    misspelt key does not bring a dozen complaints about what depends on it. `paths` maps id(entry) to its place.
    """

    site: site.Site
    unread: Mapping[str, Sequence[Raw]]
    paths: Mapping[int, str]

    def path(self, entry: object, *keys: str) -> str:
        """Return the place of an entry, or of a key below it."""
        return ".".join((self.paths[id(entry)], *keys))

    def unread_values(self, table: str, key: str) -> frozenset[str]:
        """Return the texts that stand under `key` in the unread entries of a table."""
        values = (raw.get(key) for raw in self.unread.get(table, ()))
        return frozenset(value for value in values if isinstance(value, str))

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """Names that exist by table, of read and unread entries alike; a channel's name is 'logger/channel'."""
        names = {
            table: frozenset(entry.id for entry in getattr(self.site, field) if hasattr(entry, "id"))
            | self.unread_values(table, "id")
            for table, (field, _) in TABLES.items()
        }
        unread = (f"{raw.get('logger')}/{raw.get('id')}" for raw in self.unread.get("channel", ()))
        return {
            **names,
            "source": names["logger"] | names["station"] | names["foreign"],
            "channel": frozenset(self.site.channel_by_name) | frozenset(unread),
        }


def entry_name(table: str, raw: Raw) -> str | None:
    """Return the name of an entry within its table, or None when it has none that can be printed as one."""
    keys = _NAME_KEYS.get(table, ("id",))
    parts = [key if key in ("/", ":") else str(raw.get(key, "")) for key in keys]
    return "".join(parts) if all(is_id(part) for part in parts[::2]) else None


def entry_paths(table: str, entries: Sequence[Raw]) -> Iterator[str]:
    """Yield the place of each entry: by name where the name is its own, else by number from 1."""
    names = [entry_name(table, raw) for raw in entries]
    times = Counter(names)
    for number, name in enumerate(names, start=1):
        yield f"{table}[{name if name is not None and times[name] == 1 else number}]"


def one_of(known: Sequence[str], found: str, what: str = "") -> str:
    """Return what was expected: with the nearest of the known names, or else all of them or `what` they are."""
    near = get_close_matches(found, known, n=1)
    if near:
        return f"{what or 'a known name'}; did you mean {near[0]}?"
    return what or "one of " + ", ".join(sorted(known))
