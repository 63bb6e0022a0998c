"""What SITE.toml says of a section's water line between wells, and who assumes so: [[phreatic_line]]."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PhreaticLine:
    """How the line of a section runs between its phreatic points, from a date on.

    `dupuit` assumes one soil over a level, impervious base (`base_elevation_m`), nearly level flow and no rain on
    it; `monotone` assumes no more than that the line has no hump between two wells.
    """

    section: str
    method: Literal["dupuit", "monotone"]
    valid_from_ms: int
    source: str
    base_elevation_m: float | None = None
