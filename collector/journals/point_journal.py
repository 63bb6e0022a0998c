"""The instrument journal of a point over a month: each day's readings, events, and places to sign. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from collector.journals.parts import Say, Tell, about_site, event_table, numbers, signatures
from collector.journals.period import Period
from collector.journals.sums import DaySum
from collector.store import StoredEvent
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
    blocks += [Paragraph(say(_NOTE)), *event_table(events, say, tell), *signatures(_ROLES, say)]
    return blocks


def _facts(site: Site, point: Point, over: Period, say: Say) -> Iterator[tuple[str, str]]:
    yield from about_site(site, over.text, say)
    yield say(noted("Point")), f"{point.id} {point.name}".strip()
    yield say(noted("Section")), point.section
    assignment = assignment_at(site, point.id, over.to_ms - 1)
    if assignment is not None:
        gauge = next(one for one in site.instruments if one.id == assignment.instrument)
        yield say(noted("Gauge")), f"{gauge.id}, {gauge.maker}, {gauge.kind.replace('_', ' ')}"
        yield say(noted("Serial number")), gauge.serial


def _row(one: DaySum, quantity: str, say: Say) -> tuple[str, ...]:
    extremes = numbers(quantity, one.low, one.high, one.last)
    level = say(LEVEL_WORDS[Level(one.level)])
    return (one.day, str(one.readings), *extremes, str(one.suspect), str(one.unusable), level)
