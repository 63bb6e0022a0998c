"""What the store holds as line protocol for InfluxDB: the same series and time always give the same point.

    reading,site=,section=,point=,quantity= value=,quality=i,level=i,limit_yellow=,...,calibration="",late=b <ms>
    event,site=,kind=,point=,... text="",level=i <ms>

Tags are ids, which need no escapes. A value that is withheld has no `value` field.
"""

from collector.store import StoredEvent, StoredReading
from seepline.site import Site


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _line(measurement: str, tags: dict[str, str], fields: dict[str, str], time_ms: int) -> bytes:
    key = measurement + "".join(f",{name}={value}" for name, value in tags.items() if value)
    return f"{key} {','.join(f'{name}={value}' for name, value in fields.items())} {time_ms}".encode()


def reading_line(site: Site, reading: StoredReading) -> bytes:
    """Return the point of one engineering value."""
    section = site.point_by_id[reading.point].section if reading.point in site.point_by_id else ""
    tags = {"site": site.info.id, "section": section, "point": reading.point, "quantity": reading.quantity}
    numbers = {
        "value": reading.value,
        "limit_yellow": reading.limit_yellow,
        "limit_orange": reading.limit_orange,
        "limit_red": reading.limit_red,
    }
    fields = {name: repr(number) for name, number in numbers.items() if number is not None}
    fields |= {
        "quality": f"{int(reading.quality)}i",
        "level": f"{reading.level}i",
        "calibration": _text(reading.calibration),
        "late": "true" if reading.late else "false",
    }
    return _line("reading", tags, fields, reading.time_ms)


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
    fields = {"text": _text(event.text)}
    if event.level_to is not None:
        fields["level"] = f"{event.level_to}i"
    return _line("event", tags, fields, event.time_ms)
