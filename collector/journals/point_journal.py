"""The instrument journal of a point over a month: each day's readings, events, and places to sign. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from collector.journals.parts import Say, Tell, about_site, event_table, numbers, signatures
from collector.journals.period import Period
from collector.journals.sums import DaySum
from collector.store import StoredEvent
from collector.web.spoken import sides
from collector.web.thing_words import kind_word
from collector.web.words import LEVEL_WORDS, noted, quantity_word, unit_of
from seepline.convert import assignment_at
from seepline.paper.blocks import Block, Facts, Heading, Paragraph, Table
from seepline.site import Point, Site
from seepline.thresholds import Level

_TITLE = noted("Journal of a measuring point")
_HEADS = (
    noted("Day"),
    noted("Readings"),
    noted("Least"),
    noted("Most"),
    noted("Last"),
    noted("Suspect"),
    noted("Failed or missing"),
    noted("Worst level reached"),
)
_NOTE = noted(
    "Days are those of the site's own calendar. Least, most and last are of readings that did not fail; no reading"
    " is left out because it is suspect."
)
_ROLES = (noted("Operator"), noted("Responsible engineer"))


def point_journal(
    site: Site,
    point: Point,
    over: Period,
    days: Mapping[str, Sequence[DaySum]],
    events: Sequence[StoredEvent],
    say: Say,
    tell: Tell,
) -> list[Block]:
    """Return the journal; `days` by quantity, `events` of the point in the period, oldest first."""
    blocks: list[Block] = [Heading(f"{say(_TITLE)} {point.id}", 1), Facts(list(_facts(site, point, over, say)))]
    for quantity, rows in days.items():
        unit = unit_of(quantity, say)
        blocks.append(Heading(f"{quantity_word(quantity, say)}{f', {unit}' if unit else ''}", 2))
        blocks.append(Table(tuple(say(head) for head in _HEADS), [_row(one, quantity, say) for one in rows]))
        blocks += _beside(quantity, rows, say)
    told = event_table(events, say, tell, ZoneInfo(site.info.timezone))
    return [*blocks, Paragraph(say(_NOTE)), *told, *signatures(_ROLES, say)]


def _beside(quantity: str, rows: Sequence[DaySum], say: Say) -> Iterator[Block]:
    """Yield the last value in every unit that people speak, where there are several."""
    last = next((one.last for one in reversed(rows) if one.last is not None), None)
    values = sides(quantity, last, say)
    if len(values) > 1:
        yield Paragraph(f"{say(noted('Last'))}: {' = '.join(values)}")


def _facts(site: Site, point: Point, over: Period, say: Say) -> Iterator[tuple[str, str]]:
    yield from about_site(site, over.text, say)
    yield say(noted("Point")), f"{point.id} {point.name}".strip()
    yield say(noted("Section")), point.section
    assignment = assignment_at(site, point.id, over.to_ms - 1)
    if assignment is not None:
        gauge = next(one for one in site.instruments if one.id == assignment.instrument)
        yield say(noted("Gauge")), f"{gauge.id}, {gauge.maker}, {kind_word(gauge.kind, say)}"
        yield say(noted("Serial number")), gauge.serial


def _row(one: DaySum, quantity: str, say: Say) -> tuple[str, ...]:
    extremes = numbers(quantity, one.low, one.high, one.last)
    level = say(LEVEL_WORDS[Level(one.level)])
    return (one.day, str(one.readings), *extremes, str(one.suspect), str(one.unusable), level)
