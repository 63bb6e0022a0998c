"""What names the part of a site that makes values: two sites with one digest make the same of one raw reading."""

import hashlib

from seepline.site import Site


def site_digest(site: Site) -> str:
    """Return sha256, in hex, over everything of a site that conversion, quality and formulas look at."""
    makes_values = (
        site.info.id,
        site.info.mains_hz,
        site.profiles,
        site.channels,
        site.points,
        site.instruments,
        site.assignments,
        site.calibrations,
        site.quality_rules,
        site.derived,
        site.elevations,
        site.curves,
        site.casings,
    )
    return hashlib.sha256(repr(makes_values).encode()).hexdigest()
