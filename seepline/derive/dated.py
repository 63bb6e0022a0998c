"""Parameters that name dated geometry: "@crest/A" is the crest in force at a reading's time. Pure.

The survey that was taken is named among the inputs, so that one that is corrected makes other readings.
"""

from dataclasses import replace
from typing import NamedTuple

from seepline.site import Site
from seepline.site_derived import Derived
from seepline.site_geometry import MARK, named


class Surveyed(NamedTuple):
    """A declaration with the numbers of a time in it, the surveys that were taken, and why there is none."""

    derived: Derived
    used: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def surveyed(site: Site, derived: Derived, time_ms: int) -> Surveyed:
    """Return a declaration as it reads at a time; `lacking` where something was not surveyed yet."""
    names = named(derived.parameters)
    if not names:
        return Surveyed(derived)
    found = {key: site.geometry.value(name, time_ms) for key, name in names.items()}
    values = {key: value for key, value in found.items() if value is not None}
    if len(values) < len(names):
        lacking = sorted({names[key] for key in names if key not in values})
        return Surveyed(derived, lacking=tuple(f"no {name} was surveyed at this time" for name in lacking))
    given = {**derived.parameters, **{key: value for key, (value, _) in values.items()}}
    used = dict.fromkeys(f"{MARK}{names[key]}@{from_ms}" for key, (_, from_ms) in values.items())
    return Surveyed(replace(derived, parameters=given), tuple(used))
