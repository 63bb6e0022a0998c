"""What several journals share: whose it is, a table of events, places to sign. Pure."""

from collections.abc import Callable, Iterator, Sequence
from zoneinfo import ZoneInfo

from collector.events import KINDS
from collector.late_runs import Run, gathered
from collector.notify.sentences import Said
from collector.store import StoredEvent
from collector.web.scales import number
from collector.web.words import DECIMALS, LEVEL_WORDS, moment, noted, quantity_word, value_text
from seepline.paper.blocks import Block, Heading, Paragraph, Signatures, Table
from seepline.site import Site
from seepline.thresholds import Level

Say = Callable[[str], str]
Tell = Callable[[StoredEvent], Said]
MOST_EVENTS = 300


def about_site(site: Site, over: str, say: Say) -> Iterator[tuple[str, str]]:
    """Yield the first rows of every journal."""
    yield say(noted("Site")), f"{site.info.name} ({site.info.id})"
    if over:
        yield say(noted("Period")), f"{over} ({site.info.timezone})"
    if site.info.demo:
        yield say(noted("Notice")), say(noted("Demonstration site: the dam and its limits are fictitious."))


def numbers(quantity: str, *values: float | None) -> tuple[str, ...]:
    """Return values with the decimals of their quantity, a dash for none."""
    places = DECIMALS.get(quantity, 2)
    return tuple("–" if value is None else number(value, places) for value in values)


def event_table(events: Sequence[StoredEvent], say: Say, tell: Tell, zone: ZoneInfo) -> list[Block]:
    """Return the events with a heading, late readings of an alarm as one; beyond MOST_EVENTS they are counted."""
    blocks: list[Block] = [Heading(say(noted("Events")), 2)]
    if not events:
        return [*blocks, Paragraph(say(noted("No event has been recorded.")))]
    heads, runs = (noted("Time in the field"), noted("Where"), noted("What")), gathered(events)
    rows = [_event(one, say, tell, zone) for one in runs[:MOST_EVENTS]]
    blocks.append(Table(tuple(say(head) for head in heads), rows))
    if len(runs) > MOST_EVENTS:
        more = say(noted("%(count)s more events are in the collector and not printed."))
        blocks.append(Paragraph(more % {"count": len(runs) - MOST_EVENTS}))
    return blocks


def both(time_ms: int, zone: ZoneInfo) -> str:
    """Return a time by the clock of the site, and in UTC on the next line; neither line is broken."""
    when = moment(time_ms, zone)
    return f"{when.local} {when.offset}\n{when.utc}".replace(" ", "\N{NO-BREAK SPACE}")


def _event(run: Run, say: Say, tell: Tell, zone: ZoneInfo) -> tuple[str, str, str]:
    one = run.event
    where = " ".join((one.point or one.logger, quantity_word(one.quantity, say) if one.quantity else "")).strip()
    return both(run.first_ms, zone), where, _what(run, say, tell, zone)


def _what(run: Run, say: Say, tell: Tell, zone: ZoneInfo) -> str:
    one = run.event
    if one.level_from != one.level_to:
        before, after = (say(LEVEL_WORDS[Level(level or 0)]) for level in (one.level_from, one.level_to))
        what = f"{before} – {after}, {value_text(one.quantity, one.value, _=say)}"
        return what.rstrip(", ") + _late(run, say, zone)
    return _told(one, say, tell)


def _told(one: StoredEvent, say: Say, tell: Tell) -> str:
    """Return what an event says; one that is said as it is kept stands behind its kind in words."""
    said, kind = tell(one), KINDS.get(one.kind, "")
    if said.text != one.text or say(kind) == kind:
        return said.text
    return f"{say(kind)}. {said.text}"


def _late(run: Run, say: Say, zone: ZoneInfo) -> str:
    if not run.event.late:
        return ""
    if run.readings == 1:
        return f" ({say(noted('late'))})"
    until = both(run.last_ms, zone).replace("\n", ", ")
    more = say(noted("late; readings: %(count)s until %(last)s; the worst is given"))
    return f" ({more % {'count': run.readings, 'last': until}})"


def signatures(roles: Sequence[str], say: Say) -> list[Block]:
    """Return the places to sign."""
    words = (say(noted("Name")), say(noted("Date")), say(noted("Signature")))
    return [Heading(say(noted("Signed")), 2), Signatures([say(role) for role in roles], words)]
