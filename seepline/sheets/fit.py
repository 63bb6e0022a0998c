"""A site with one more calibration sheet, and what then does not fit together any more."""

from collections.abc import Iterator
from dataclasses import replace

from seepline.site import Calibration, Site, valid_at
from seepline.site_rules import broken_rules
from seepline.site_rules.draft import TABLES, Draft, Problem


def ended_by(site: Site, new: Calibration) -> Calibration | None:
    """Return the sheet of the same instrument that has no end yet and ends where a new one begins."""
    known = site.calibrations_by_instrument.get(new.instrument, ())
    earlier = (one for one in known if one.valid_to_ms is None and one.valid_from_ms < new.valid_from_ms)
    return next(earlier, None)


def with_sheet(site: Site, new: Calibration) -> Site:
    """Return the site that SITE.toml describes once the sheet was added to it."""
    before = ended_by(site, new)
    ended = (replace(one, valid_to_ms=new.valid_from_ms) if one is before else one for one in site.calibrations)
    return replace(site, calibrations=(*ended, new))


def fit_problems(site: Site, new: Calibration) -> Iterator[Problem]:
    """Yield everything that the site's own rules have to say about it with the sheet."""
    whole = with_sheet(site, new)
    places = {}
    for table, (field, _) in TABLES.items():
        for number, entry in enumerate(getattr(whole, field), 1):
            name = entry.label if isinstance(entry, Calibration) else getattr(entry, "id", number)
            places[id(entry)] = f"{table}[{name}]"
    yield from broken_rules(Draft(whole, {}, places))


def as_if_since(site: Site, new: Calibration, from_ms: int) -> Site:
    """Return the site as if a sheet that begins later had been in force since a time."""
    others = [one for one in site.calibrations if one.instrument != new.instrument]
    own = [one for one in site.calibrations if one.instrument == new.instrument and one.valid_from_ms < from_ms]
    ended = (
        replace(one, valid_to_ms=from_ms) if valid_at(one.valid_from_ms, one.valid_to_ms, from_ms) else one
        for one in own
    )
    return replace(site, calibrations=(*others, *ended, replace(new, valid_from_ms=from_ms, valid_to_ms=None)))
