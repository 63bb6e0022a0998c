"""What the store holds as line protocol for InfluxDB: the same series and time always give the same point.

    reading,site=,section=,point=,quantity= value=,quality=i,level=i,limit_yellow=,..,calibration="",late=b <ms>
                                            interval_from=,interval_to= where the value is an estimate with ends
    reading_1h, reading_1d,... min=,max=,last=,count=i,quality=i,level=i,late=b,late_count=i,limit_...= <start>
    event,site=,kind=,point=,... text="",level=i <ms>
    facility,site= level=i,valid=i,total=i,grey=b,timezone="",latitude_deg=,longitude_deg= <ms>
    health,site=,device= age_s=,limit_s=,silent=b <ms>
    section_line,site=,section=,line=,point= x_m=,elevation_m= <ms>
    profile,site=,section=,hole=,node= displacement_mm=,height_m=,quality=i <ms>
    raw, wiring: collector.export.raw

Tags are ids, which need no escapes; nothing that changes is ever a tag. A value that is withheld has no `value`
field: InfluxDB keeps the one before, so a point with quality 9 has none, whatever stands there.
"""

from collections.abc import Iterator, Mapping

from collector.export.buckets import Summary
from collector.export.holes import Node
from collector.store import LoggerSeen, StoredEvent, StoredReading
from collector.web.terrain import along, head_m
from seepline.coverage import SiteState
from seepline.derive.movement import interval_of
from seepline.site import Site

_ESTIMATED = "days_to_failure"
_HEADS = {"pore_pressure": "heads", "water_level": "water", "piezometric_elevation": "heads"}


def quoted(value: str) -> str:
    """Return a text as a field."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def line_of(measurement: str, tags: Mapping[str, str], fields: Mapping[str, str], time_ms: int) -> bytes:
    """Return one point; a tag without a value is left out."""
    key = measurement + "".join(f",{name}={value}" for name, value in tags.items() if value)
    return f"{key} {','.join(f'{name}={value}' for name, value in fields.items())} {time_ms}".encode()


def numbers(given: Mapping[str, float | None]) -> dict[str, str]:
    """Return the fields of some numbers; None has none."""
    return {name: repr(float(number)) for name, number in given.items() if number is not None}


def _tags(site: Site, point: str, quantity: str) -> dict[str, str]:
    section = site.point_by_id[point].section if point in site.point_by_id else ""
    return {"site": site.info.id, "section": section, "point": point, "quantity": quantity}


def _limits(one: StoredReading | Summary) -> dict[str, str]:
    limits = {"limit_yellow": one.limit_yellow, "limit_orange": one.limit_orange, "limit_red": one.limit_red}
    return numbers(limits)


def reading_line(site: Site, reading: StoredReading) -> bytes:
    """Return the point of one engineering value."""
    earliest, latest = interval_of("; ".join(reading.reasons)) if reading.quantity == _ESTIMATED else (None, None)
    fields = numbers({"value": reading.value, "interval_from": earliest, "interval_to": latest})
    fields |= _limits(reading)
    fields |= {
        "quality": f"{int(reading.quality)}i",
        "level": f"{reading.level}i",
        "calibration": quoted(reading.calibration),
        "late": "true" if reading.late else "false",
    }
    return line_of("reading", _tags(site, reading.point, reading.quantity), fields, reading.time_ms)


def summary_line(site: Site, measurement: str, one: Summary) -> bytes:
    """Return the point of one bucket of a series."""
    fields = numbers({"min": one.smallest, "max": one.largest, "last": one.last}) | _limits(one)
    fields |= {"count": f"{one.count}i", "quality": f"{one.worst_quality}i", "level": f"{one.worst_level}i"}
    fields |= {"late": "true" if one.late_count else "false", "late_count": f"{one.late_count}i"}
    return line_of(measurement, _tags(site, one.point, one.quantity), fields, one.start_ms)


def event_line(site: Site, event: StoredEvent) -> bytes:
    """Return the point of one event."""
    tags = {
        "site": site.info.id,
        "kind": event.kind,
        "point": event.point,
        "quantity": event.quantity,
        "direction": event.direction,
        "logger": event.logger,
    }
    fields = {"text": quoted(event.text)}
    if event.level_to is not None:
        fields["level"] = f"{event.level_to}i"
    return line_of("event", tags, fields, event.time_ms)


def facility_line(site: Site, state: SiteState, now_ms: int) -> bytes:
    """Return the facility's worst level and coverage, together as everywhere, and where it lies."""
    place = {"latitude_deg": site.info.latitude_deg, "longitude_deg": site.info.longitude_deg}
    fields = {
        "level": f"{int(state.level)}i",
        "valid": f"{state.valid}i",
        "total": f"{state.total}i",
        "grey": "true" if state.grey else "false",
        "timezone": quoted(site.info.timezone),
    }
    return line_of("facility", {"site": site.info.id}, fields | numbers(place), now_ms)


def health_lines(site: Site, loggers: list[LoggerSeen], now_ms: int) -> Iterator[bytes]:
    """Yield that the collector lives, and how long each logger is silent beside how long it may be."""
    tags = {"site": site.info.id, "device": "collector"}
    yield line_of("health", tags, {"age_s": "0.0", "silent": "false"}, now_ms)
    for one in loggers:
        if one.last_ms is not None:
            declared = site.source_by_id.get(one.logger)
            limit_s = None if declared is None else float(declared.silence_s)
            fields = numbers({"age_s": (now_ms - one.last_ms) / 1000, "limit_s": limit_s})
            fields["silent"] = "false" if one.silent_since_ms is None else "true"
            yield line_of("health", {**tags, "device": one.logger}, fields, now_ms)


def section_lines(site: Site, reading: StoredReading) -> Iterator[bytes]:
    """Yield where the water of a reading stands in its section: a head over a tip, or a free surface."""
    point, line = site.point_by_id.get(reading.point), _HEADS.get(reading.quantity)
    if point is None or line is None or reading.value is None or not reading.judged:
        return
    elevation_m = reading.value
    if reading.quantity == "pore_pressure":
        elevation_m = head_m(point.elevation_m, reading.value)
    section = next(one for one in site.sections if one.id == point.section)
    place = {"x_m": along(section, point.easting_m, point.northing_m), "elevation_m": elevation_m}
    tags = {"site": site.info.id, "section": point.section, "line": line, "point": point.id}
    yield line_of("section_line", tags, numbers(place), reading.time_ms)


def node_line(site: Site, node: Node, section: str) -> bytes:
    """Return the point of one node of an inclinometer; node 000 is the fixed end."""
    tags = {"site": site.info.id, "section": section, "hole": node.hole, "node": f"{node.number:03d}"}
    fields = numbers({"displacement_mm": node.displacement_mm, "height_m": node.height_m})
    return line_of("profile", tags, fields | {"quality": f"{int(node.quality)}i"}, node.time_ms)


def profile_lines(site: Site) -> Iterator[bytes]:
    """Yield the corners of every surveyed line, at the date of its survey."""
    for profile in site.profiles:
        tags = {"site": site.info.id, "section": profile.section, "line": profile.name}
        for number, (x_m, elevation_m) in enumerate(profile.line, 1):
            place = numbers({"x_m": x_m, "elevation_m": elevation_m})
            yield line_of("section_line", {**tags, "point": f"{number:03d}"}, place, profile.valid_from_ms)
