"""The act of a point's commissioning: gauge, sheet, cable, zero reading, accepted baseline, who signs. Pure."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from collector.journals.parts import Say, about_site, both, signatures
from collector.places.route import cable_route
from collector.web.deciding import direction_word
from collector.web.thing_words import kind_word
from collector.web.words import moment, noted, quantity_word, rule_unit, unit_word
from seepline.convert import assignment_at, calibration_at
from seepline.paper.blocks import Block, Facts, Heading, Paragraph, Table
from seepline.site import Assignment, Calibration, Point, Site
from seepline.site_commissioning import Baseline
from seepline.thresholds import in_force

_TITLE = noted("Act of commissioning of a measuring point")
_ROLES = (
    noted("Installed by"),
    noted("Operator"),
    noted("Engineer of record"),
    noted("Authority"),
)
_TABLES = {
    "coefficients": noted("coefficients"),
    "zero": noted("zero reading"),
    "thermal": noted("thermal correction"),
    "barometric": noted("barometric correction"),
    "thermistor": noted("thermistor"),
}
_NOT_ACCEPTED = noted("No baseline has been accepted: readings are stored and not judged until it is.")
_FROM_START = noted("Judged since its assignment: the site declares no commissioning for it.")


def commissioning_act(site: Site, point: Point, at_ms: int, say: Say) -> list[Block]:
    """Return the act as the site's words stand at a time; without a gauge it says so."""
    zone = ZoneInfo(site.info.timezone)
    place = (
        f"E {point.easting_m:.2f} {say('m')}, N {point.northing_m:.2f} {say('m')},"
        f" H {point.elevation_m:.2f} {say('m')} ({site.info.datum})"
    )
    facts = [
        *about_site(site, "", say),
        (say(noted("Point")), f"{point.id} {point.name}".strip()),
        (say(noted("Kind")), kind_word(point.kind, say)),
        (say(noted("Place")), place),
        (say(noted("Failure mode watched")), point.failure_mode),
    ]
    blocks: list[Block] = [Heading(f"{say(_TITLE)} {point.id}", 1), Facts(facts)]
    assignment = assignment_at(site, point.id, at_ms)
    if assignment is None:
        return [*blocks, Paragraph(say(noted("No gauge measures here.")))]
    blocks += [*_gauge(site, assignment, at_ms, zone, say), *_cable(site, point, at_ms, say)]
    blocks += [*_limits(site, point, at_ms, say), *_baseline(site, point, zone, say)]
    return [*blocks, *signatures(_ROLES, say)]


def _gauge(site: Site, one: Assignment, at_ms: int, zone: ZoneInfo, say: Say) -> Iterator[Block]:
    gauge = next(each for each in site.instruments if each.id == one.instrument)
    yield Heading(say(noted("Gauge and sheet")), 2)
    rows = [
        (say(noted("Gauge")), f"{gauge.id}, {gauge.maker}, {kind_word(gauge.kind, say)}"),
        (say(noted("Serial number")), gauge.serial),
        (say(noted("Measures here since")), both(one.valid_from_ms, zone)),
    ]
    sheet = calibration_at(site, one.instrument, at_ms)
    yield Facts([*rows, *(_sheet(sheet, zone, say) if sheet else ())])


def _sheet(sheet: Calibration, zone: ZoneInfo, say: Say) -> Iterator[tuple[str, str]]:
    yield (
        say(noted("Sheet")),
        f"{sheet.label}, {sheet.form.replace('_', ' ')}, {both(sheet.valid_from_ms, zone)}",
    )
    for table, words in _TABLES.items():
        entries = getattr(sheet, table)
        if entries:
            yield say(words), ", ".join(f"{key} = {value}" for key, value in entries.items())
    yield say(noted("Source")), sheet.source


def _cable(site: Site, point: Point, at_ms: int, say: Say) -> Iterator[Block]:
    yield Heading(say(noted("Cable route")), 2)
    heads = (noted("Input"), noted("Cable of the gauge"), noted("Logger"), noted("Bus"), noted("Gateway"))
    rows = [
        (
            f"{kind_word(hop.use, say)}: {hop.channel}, {unit_word(hop.unit, say)}",
            f"{hop.cable_m:g} {say('m')}" if hop.cable_m else say(noted("not stated")),
            f"{hop.logger}, {hop.place}",
            f"{hop.bus}{'' if hop.trunk_m is None else f', {hop.trunk_m:g} ' + say('m')}",
            hop.gateway,
        )
        for hop in cable_route(site, point.id, at_ms)
    ]
    yield Table(tuple(say(head) for head in heads), rows)


def _limits(site: Site, point: Point, at_ms: int, say: Say) -> Iterator[Block]:
    rules = [one for some in in_force(site, at_ms).values() for one in some if one.point == point.id]
    yield Heading(say(noted("Limits")), 2)
    if not rules:
        yield Paragraph(say(noted("No limit judges this point.")))
        return
    heads = (noted("Quantity"), noted("yellow"), noted("orange"), noted("red"), noted("Set"))
    rows = [
        (
            f"{quantity_word(one.quantity, say)}, {rule_unit(one.quantity, one.direction, say)}"
            f" ({direction_word(one.direction, say)})",
            *(f"{limit:g}" for limit in (one.yellow, one.orange, one.red)),
            one.set,
        )
        for one in rules
    ]
    yield Table(tuple(say(head) for head in heads), rows)


def _baseline(site: Site, point: Point, zone: ZoneInfo, say: Say) -> Iterator[Block]:
    accepted: list[Baseline] = [one for one in site.baselines if one.point == point.id]
    yield Heading(say(noted("Baseline")), 2)
    if not accepted:
        yield Paragraph(say(_NOT_ACCEPTED if point.commissioning else _FROM_START))
    for one in accepted:
        since = moment(one.valid_from_ms, zone)
        yield Facts([(one.accepted_by, f"{since.local} {since.offset} ({since.utc}): {one.source}")])
