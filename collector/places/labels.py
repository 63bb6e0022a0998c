"""Labels to print and fix at a point: its name, and a QR code that opens its page."""

from dataclasses import dataclass
from urllib.parse import quote

from collector.web.square_code import square_code
from seepline.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label; `picture` is a data address of an SVG, `address` what the code opens."""

    point: str
    name: str
    section: str
    kind: str
    elevation_m: float
    serial: str
    address: str
    picture: str


def labels(site: Site, base: str, now_ms: int) -> tuple[Label, ...]:
    """Return a label for every point; `base` is the address that phones reach."""
    gauges = {one.id: one for one in site.instruments}
    serials = {
        one.point: gauges[one.instrument].serial
        for one in site.assignments
        if one.valid_from_ms <= now_ms and (one.valid_to_ms is None or now_ms < one.valid_to_ms)
    }
    return tuple(
        Label(
            point=one.id,
            name=one.name,
            section=one.section,
            kind=one.kind,
            elevation_m=one.elevation_m,
            serial=serials.get(one.id, ""),
            address=(address := f"{base}/points/{quote(one.id, safe='')}"),
            picture=square_code(address),
        )
        for one in site.points
    )
