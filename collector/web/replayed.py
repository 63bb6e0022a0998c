"""The page of a replay: two sets of limits over the same past, as a table and a chart, in event order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.events import stored, utc_text
from collector.web.labels import Box
from collector.web.scales import Scale, Tick, time_ticks
from seepline.alarm import Event
from seepline.quantities import QUANTITIES
from seepline.replay.outcome import Row, RuleOutcome, SetOutcome, beside
from seepline.site import Site, Threshold
from seepline.thresholds import Level

MOST_EVENTS = 500
MOST_LANES = 40
_WIDTH, _LEFT, _RIGHT, _TOP, _LANE, _BAR = 1100.0, 300.0, 16.0, 30.0, 34.0, 12.0
_NARROWEST = 1.5  # picture units: what is shorter is seen all the same


@dataclass(frozen=True, slots=True)
class Bar:
    """One time at one level."""

    level: Level
    box: Box


@dataclass(frozen=True, slots=True)
class Lane:
    """One rule in the chart: its name, and its bars under the active set (above) and the proposed one."""

    name: str
    y: float
    active: tuple[Bar, ...]
    proposed: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the list: when, of which set ('active', 'proposed' or 'both'), and what."""

    at: str
    of: str
    level: Level
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """All that the page shows; `lanes` holds the rules that told anything, as many as fit."""

    site: str
    active: SetOutcome
    proposed: SetOutcome
    begin: str
    end: str
    rows: tuple[Row, ...]
    lanes: tuple[Lane, ...]
    lanes_left_out: int
    ticks: tuple[Tick, ...]
    width: float
    height: float
    told: tuple[Told, ...]
    told_left_out: int


def replayed_page(site: Site, active: SetOutcome, proposed: SetOutcome) -> Replayed:
    """Return the page of two outcomes over the same time."""
    rows = beside(active, proposed)
    loud = [row for row in rows if _spans(row.active) or _spans(row.proposed)]
    scale = Scale(proposed.from_ms, proposed.to_ms, _LEFT, _WIDTH - _RIGHT)
    told = list(_told(active, proposed))
    return Replayed(
        site=site.info.id,
        active=active,
        proposed=proposed,
        begin=utc_text(proposed.from_ms),
        end=utc_text(proposed.to_ms),
        rows=tuple(rows),
        lanes=tuple(_lane(row, number, scale) for number, row in enumerate(loud[:MOST_LANES])),
        lanes_left_out=max(0, len(loud) - MOST_LANES),
        ticks=time_ticks(scale, ZoneInfo("UTC"), 10),
        width=_WIDTH,
        height=_TOP + _LANE * min(len(loud), MOST_LANES) + 6,
        told=tuple(told[:MOST_EVENTS]),
        told_left_out=max(0, len(told) - MOST_EVENTS),
    )


def _spans(outcome: RuleOutcome | None) -> Sequence[object]:
    return outcome.spans if outcome else ()


def _lane(row: Row, number: int, scale: Scale) -> Lane:
    y = _TOP + _LANE * number
    return Lane(
        " ".join(row.name), y, tuple(_bars(row.active, scale, y + 3)), tuple(_bars(row.proposed, scale, y + 17))
    )


def _bars(outcome: RuleOutcome | None, scale: Scale, top: float) -> Iterator[Bar]:
    for one in outcome.spans if outcome else ():
        left = scale(one.from_ms)
        yield Bar(one.level, Box(left, top, max(_NARROWEST, round(scale(one.to_ms) - left, 1)), _BAR))


def _told(active: SetOutcome, proposed: SetOutcome) -> Iterator[Told]:
    """Yield every event of either set in event order; one that both tell is one line."""
    ours = {_what(one): one for one in active.events}
    theirs = {_what(one): one for one in proposed.events}
    for what in sorted({*ours, *theirs}):
        of = "both" if what in ours and what in theirs else "active" if what in ours else "proposed"
        event = theirs.get(what) or ours[what]
        yield Told(utc_text(event.time_ms), of, event.to_level or Level.GREEN, event.kind, stored(event).text)


def _what(event: Event) -> tuple[int, str, str, str, int]:
    return event.time_ms, event.point, event.quantity, event.direction, int(event.to_level or 0)


def limits_text(rule: Threshold | None) -> str:
    """Return a rule's limits and delay as words, '-' where a set does not have it."""
    if rule is None:
        return "-"
    unit = QUANTITIES[rule.quantity].unit + ("/h" if rule.direction.startswith("rate") else "")
    return f"{rule.yellow:g} / {rule.orange:g} / {rule.red:g} {unit}, {rule.delay_count} in a row"
