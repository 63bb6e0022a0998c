"""The report of a parallel run as a document: the table of all gauges, then each with its marks and charts."""

from collections.abc import Iterator, Mapping, Sequence
from math import floor, log10

from collector.events import utc_text
from collector.parallel.compare import Comparison, Series
from collector.parallel.settings import Run
from collector.parallel.words import NOTICE, Say
from seepline.paper.blocks import Block, Chart, Curve, Facts, Heading, Paragraph, Signatures, Table
from seepline.quantities import QUANTITIES
from seepline.site import Site

_MOST_POINTS = 600
_HEADS = ("Point", "Quantity", "Pairs", "Mean difference", "Largest difference", "Tolerance", "Result")


def report(
    site: Site,
    run: Run,
    found: Sequence[Comparison],
    about: Mapping[str, str],
    suspect: Mapping[str, int],
    say: Say,
) -> list[Block]:
    """Return the report; `about` are further labels with values (files and their SHA-256, the time of making).

    `suspect` counts, by "point quantity", those of our readings whose quality is suspect or fail.
    """
    passed = sum(one.passed for one in found)
    facts = [
        (say("Site"), f"{site.info.name} ({site.info.id})"),
        (say("This system"), "Seepline"),
        (say("Other system"), run.other),
        (say("Period"), f"{utc_text(run.valid_from_ms)} – {utc_text(run.valid_to_ms or run.valid_from_ms)}"),
        *((say(label), value) for label, value in about.items()),
        (say("Result"), say("{passed} of {total} gauges passed").format(passed=passed, total=len(found))),
    ]
    blocks: list[Block] = [Heading(say("Parallel run of two systems"), 1), Facts(facts)]
    blocks.append(Table(tuple(say(head) for head in _HEADS), [_row(one, say) for one in found]))
    for one in found:
        blocks += _gauge(one, suspect.get(f"{one.gauge.point} {one.gauge.quantity}", 0), say)
    return [*blocks, *_end(say)]


def _end(say: Say) -> list[Block]:
    words = (say("Name"), say("Date"), say("Signature"))
    return [
        Heading(say("What this report shows"), 2),
        Paragraph(say(NOTICE)),
        Heading(say("Accepted by"), 2),
        Signatures([say("Engineer of record"), say("Operator")], words),
    ]


def _number(value: float | None, one: Comparison, say: Say, sign: str = "+") -> str:
    """Return a difference with two more digits than its tolerance has."""
    if value is None:
        return say("no pair")
    digits = max(0, 2 - floor(log10(one.gauge.tolerance)))
    return f"{value:{sign}z.{digits}f} {QUANTITIES[one.gauge.quantity].unit}"


def _row(one: Comparison, say: Say) -> tuple[str, ...]:
    return (
        one.gauge.point,
        say(one.gauge.quantity).replace("_", " "),
        str(len(one.pairs)),
        _number(one.mean, one, say),
        _number(one.worst.difference if one.worst else None, one, say),
        f"±{one.gauge.tolerance:g} {QUANTITIES[one.gauge.quantity].unit}",
        say("passed" if one.passed else "not passed"),
    )


def _gauge(one: Comparison, suspect: int, say: Say) -> Iterator[Block]:
    unit = QUANTITIES[one.gauge.quantity].unit
    yield Heading(f"{one.gauge.point}: {say(one.gauge.quantity).replace('_', ' ')}", 2)
    rows = [
        (say(mark.name), f"{mark.reached:.4g} {mark.unit}", f"{mark.asked:g} {mark.unit}",
         say("passed" if mark.passed else "not passed"))
        for mark in one.marks
    ]  # fmt: skip
    yield Table(tuple(say(head) for head in ("Mark", "Reached", "Asked", "Result")), rows)
    facts = [(say("Our readings, of which suspect or failed"), f"{one.ours}, {suspect}")]
    if one.worst is not None:
        facts.append((say("Standard deviation"), _number(one.deviation, one, say, "")))
        said = f"{_number(one.worst.difference, one, say)} {say('at')} {utc_text(one.worst.time_ms)}"
        facts.append((say("Largest difference"), said))
    yield Facts(facts)
    ours = [(pair.time_ms, pair.ours) for pair in one.pairs]
    theirs = [(pair.time_ms, pair.theirs) for pair in one.pairs]
    yield Chart(
        say(one.gauge.quantity), unit, [Curve(say("ours"), thin(ours)), Curve(say("theirs"), thin(theirs))]
    )
    off = [(pair.time_ms, pair.difference) for pair in one.pairs]
    band = (-one.gauge.tolerance, one.gauge.tolerance)
    yield Chart(say("Difference, ours less theirs"), unit, [Curve(say("difference"), thin(off))], band)


def thin(series: Series, most: int = _MOST_POINTS) -> list[tuple[int, float]]:
    """Return at most about `most` points of a series: smallest and largest of each piece, so no peak is lost.

    >>> thin([(0, 1.0), (1, 9.0), (2, 0.0), (3, 2.0)], 2)
    [(1, 9.0), (2, 0.0)]
    """
    if len(series) <= most:
        return [*series]
    size = -(-2 * len(series) // most)
    pieces = (series[start : start + size] for start in range(0, len(series), size))
    ends = ({min(piece, key=lambda one: one[1]), max(piece, key=lambda one: one[1])} for piece in pieces)
    return [one for both in ends for one in sorted(both)]
