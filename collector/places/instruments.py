"""The instruments of a site with their sheets: where each measures, since when, until when a sheet holds. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.places.point_page import GaugeRow, SheetRow, gauge_row, sheet_rows
from collector.web.words import Moment, moment
from seepline.acts.document import AcceptedAct
from seepline.site import Instrument, Site, valid_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One version of one sheet; `now`: it makes the values of today."""

    label: str
    form: str
    since: Moment
    until: Moment | None
    source: str
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentRow:
    """One instrument: the point that it measures now ('' when it lies in the store), and its sheets."""

    id: str
    kind: str
    maker: str
    serial: str
    point: str
    sheets: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A sheet that somebody accepted and that SITE.toml has not yet."""

    label: str
    person: str
    when: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentPage:
    """One instrument: where it measured, its sheets, those that wait; `places` are (point, since when)."""

    row: InstrumentRow
    places: tuple[tuple[str, GaugeRow], ...]
    sheets: tuple[SheetRow, ...]
    waits: tuple[WaitingRow, ...]


def instrument_page(
    site: Site, name: str, waits: Sequence[AcceptedAct], now_ms: int, zone: ZoneInfo
) -> InstrumentPage:
    """Return the page of an instrument of the site."""
    here = [one for one in site.assignments if one.instrument == name]
    return InstrumentPage(
        row=_row(site, site.instrument_by_id[name], now_ms, zone),
        places=tuple((one.point, gauge_row(site, one, zone)) for one in here),
        sheets=tuple(sheet_rows(site, name, zone)),
        waits=tuple(
            WaitingRow(str(one.act.body["calibration"]), one.name, moment(one.accepted_ms, zone)) for one in waits
        ),
    )


def instrument_rows(site: Site, now_ms: int, zone: ZoneInfo) -> tuple[InstrumentRow, ...]:
    """Return every instrument of the site."""
    return tuple(_row(site, one, now_ms, zone) for one in site.instruments)


def _row(site: Site, one: Instrument, now_ms: int, zone: ZoneInfo) -> InstrumentRow:
    here = [each for each in site.assignments if each.instrument == one.id]
    now = (each.point for each in here if valid_at(each.valid_from_ms, each.valid_to_ms, now_ms))
    return InstrumentRow(
        id=one.id,
        kind=one.kind,
        maker=one.maker,
        serial=one.serial,
        point=next(now, ""),
        sheets=tuple(_sheets(site, one.id, now_ms, zone)),
    )


def _sheets(site: Site, instrument: str, now_ms: int, zone: ZoneInfo) -> Iterator[SheetLine]:
    for one in site.calibrations:
        if one.instrument == instrument:
            yield SheetLine(
                label=one.label,
                form=one.form.replace("_", " "),
                since=moment(one.valid_from_ms, zone),
                until=None if one.valid_to_ms is None else moment(one.valid_to_ms, zone),
                source=one.source,
                now=valid_at(one.valid_from_ms, one.valid_to_ms, now_ms),
            )
