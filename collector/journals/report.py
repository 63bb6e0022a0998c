"""The report of a month or a year of a site: what was measured, told and decided. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from collector.events import KINDS
from collector.journals.parts import Say, Tell, about_site, event_table, numbers, signatures
from collector.journals.period import Period
from collector.journals.sums import SeriesSum
from collector.late_runs import gathered
from collector.present import Present
from collector.store import StoredEvent
from collector.web.words import LEVEL_WORDS, noted, quantity_word, unit_of
from seepline.paper.blocks import Block, Facts, Heading, Paragraph, Table
from seepline.site import Site
from seepline.thresholds import Level

_TITLE = noted("Report on the monitoring of the dam")
_ROLES = (noted("Operator"), noted("Engineer of record"), noted("Accountable executive"))
_HEADS = (
    noted("Point"),
    noted("Quantity"),
    noted("Readings"),
    noted("Usable, %"),
    noted("Least"),
    noted("Most"),
    noted("Worst level reached"),
)
_TOLD = frozenset(
    ("level", "late", "realarm", "acknowledged", "assessed", "released", "shelved", "escalated", "observed")
)
_DECIDED = frozenset(("set_in_force", "set_tightened", "set_objected", "set_withdrawn", "policy"))
_NOTICE = noted(
    "The report says what instruments measured and what was done about it. Instruments do not see every way in"
    " which a dam can fail; inspection and the engineer's judgement stand beside it."
)


def site_report(
    site: Site,
    now: Present,
    over: Period,
    sums: Sequence[SeriesSum],
    events: Sequence[StoredEvent],
    say: Say,
    tell: Tell,
) -> list[Block]:
    """Return the report; `events` are those of the period, oldest first, without those of loggers."""
    counted, zone = Counter(one.kind for one in events), ZoneInfo(site.info.timezone)
    raised = Counter(Level(one.event.level_to or 0) for one in gathered(events) if _is_rise(one.event))
    levels, entered = list(Level)[1:], say(noted("Levels entered"))
    facts = [
        *about_site(site, over.text, say),
        *((f"{entered}: {say(LEVEL_WORDS[one])}", str(raised[one])) for one in levels),
        (say(noted("Late readings that reached a level")), str(counted["late"])),
        (say(noted("Faults of instruments")), str(counted["fault"])),
        (say(noted("Silent loggers")), str(counted["silence"])),
        (say(noted("Limits in force when this was made")), now.limits.set_id or say(noted("none"))),
    ]
    measured = Table(tuple(say(head) for head in _HEADS), list(_rows(sums, say)))
    blocks: list[Block] = [Heading(f"{say(_TITLE)}, {over.text}", 1), Facts(facts)]
    blocks += [Heading(say(noted("What was measured")), 2), measured]
    table = partial(event_table, say=say, tell=tell, zone=zone)
    blocks += _picked(say(noted("Alarms, and what people did about them")), _TOLD, events, table)
    blocks += _picked(say(noted("Decisions on limits and on who may act")), _DECIDED, events, table)
    blocks += _picked(say(noted("Works")), frozenset(("works",)), events, table)
    blocks += [Heading(say(noted("All events by kind")), 2), Table(_kind_heads(say), list(_kinds(counted, say)))]
    return [*blocks, Paragraph(say(_NOTICE)), *signatures(_ROLES, say)]


def _is_rise(one: StoredEvent) -> bool:
    return one.kind in ("level", "late") and (one.level_to or 0) > (one.level_from or 0)


def _rows(sums: Sequence[SeriesSum], say: Say) -> Iterator[tuple[str, ...]]:
    for one in sums:
        unit = unit_of(one.quantity, say)
        usable = 100 * (1 - one.unusable / one.readings)
        what = f"{quantity_word(one.quantity, say)}{f', {unit}' if unit else ''}"
        level = say(LEVEL_WORDS[Level(one.level)])
        yield one.point, what, str(one.readings), f"{usable:.1f}", *numbers(one.quantity, one.low, one.high), level


def _picked(
    title: str,
    kinds: frozenset[str],
    events: Sequence[StoredEvent],
    table: Callable[[Sequence[StoredEvent]], list[Block]],
) -> list[Block]:
    _, *rest = table([one for one in events if one.kind in kinds])
    return [Heading(title, 2), *rest]


def _kind_heads(say: Say) -> tuple[str, str, str]:
    return say(noted("Kind")), say(noted("Meaning")), say(noted("Count"))


def _kinds(counted: Counter[str], say: Say) -> Iterator[tuple[str, str, str]]:
    for kind, count in sorted(counted.items()):
        yield kind.replace("_", " "), say(KINDS[kind]) if kind in KINDS else "", str(count)
