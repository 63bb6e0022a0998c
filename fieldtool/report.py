"""The commissioning report as a document: what was done at each point, by whom, with which limits, and who signs.

Made of the dated records alone and the site file; report_text.py and seepline/paper/pdf.py lay it out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fieldtool import report_words as w
from fieldtool.commissioning import STEP_NAMES, steps_of
from fieldtool.gauge import Gauge
from fieldtool.records import BASELINE, COMPARISON, ZERO, Record, latest_steps
from fieldtool.verdicts import cause_in_words
from fieldtool.words import Say
from seepline.paper.blocks import Block, Facts, Heading, Paragraph, Signatures, Table
from seepline.quantities import QUANTITIES
from seepline.site import Site


def report(
    site: Site, gauges: Sequence[Gauge], records: Mapping[str, Sequence[Record]], made: str, say: Say
) -> list[Block]:
    """Return the report on these gauges; `records` by point, `made` the time of printing."""
    blocks: list[Block] = [Heading(say(w.TITLE), 1)]
    blocks += [Facts([(say(w.SITE), f"{site.info.name} ({site.info.id})"), (say(w.MADE), made)])]
    for gauge in gauges:
        blocks += _point(gauge, records.get(gauge.point, ()), say)
    blocks += _limits([one for point in records.values() for one in point], say)
    blocks += [
        Paragraph(say(w.NOTICE)),
        Heading(say(w.SIGN_TITLE), 2),
        Signatures([say(role) for role in w.ROLES], (say(w.NAME), say(w.DATE), say(w.SIGNATURE))),
    ]
    return blocks


def _point(gauge: Gauge, records: Sequence[Record], say: Say) -> Iterator[Block]:
    own = [one for one in records if one.instrument == gauge.instrument.id]
    yield Heading(f"{say(w.POINT)} {gauge.point}", 2)
    yield Facts(_about(gauge, own, say))
    yield _steps(gauge, own, say)
    for step in steps_of(gauge):
        if done := latest_steps(own, gauge.instrument.id).get(step):
            yield Heading(say(STEP_NAMES[step]), 3)
            yield Facts([*_values(done.values, say), *_causes(done, say)])
    if zeros := [one for one in own if one.record == ZERO]:
        yield Heading(say(w.ACCEPTED_ZERO), 3)
        yield Facts([*_dated(zeros[-1], say), *_values(_zero_values(zeros[-1].values), say)])
    yield from _comparisons([one for one in own if one.record == COMPARISON], say)


def _about(gauge: Gauge, own: Sequence[Record], say: Say) -> list[tuple[str, str]]:
    point, instrument, sheet = gauge.site.point_by_id[gauge.point], gauge.instrument, gauge.calibration
    channels = ", ".join(f"{name}: {channel}" for name, channel in gauge.assignment.inputs.items())
    accepted = [one for one in own if one.record == BASELINE]
    state = [(say(w.STATE), say(w.IN_SERVICE if accepted else w.IN_COMMISSIONING))]
    if accepted:
        state += [(say(w.ACCEPTED_BY), f"{accepted[-1].who}, {accepted[-1].at}: {accepted[-1].values['reason']}")]
    place = f"E {point.easting_m:.2f} m, N {point.northing_m:.2f} m, H {point.elevation_m:.2f} m"
    return [
        (say(w.PLACE), f"{point.name or point.id}; {place}"),
        (say(w.INSTRUMENT), f"{instrument.id}: {instrument.kind}, {instrument.maker}, {instrument.serial}"),
        (say(w.SHEET), f"{sheet.label}; {sheet.source}"),
        (say(w.CHANNELS), channels),
        *state,
    ]


def _steps(gauge: Gauge, own: Sequence[Record], say: Say) -> Table:
    done = latest_steps(own, gauge.instrument.id)
    rows = []
    for step in steps_of(gauge):
        one = done.get(step)
        name = say(STEP_NAMES[step])
        rows.append((name, one.at, one.who, say(one.verdict)) if one else (name, "", "", say(w.NOT_DONE)))
    return Table((say(w.STEP), say(w.WHEN), say(w.WHO), say(w.VERDICT)), rows)


def _dated(one: Record, say: Say) -> list[tuple[str, str]]:
    return [(say(w.WHEN), one.at), (say(w.WHO), one.who)]


_ZERO_KEYS = ("zero_read_digits", "temperature_degc", "station_pressure_kpa")


def _zero_values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: values.get(key) for key in _ZERO_KEYS}


def _values(values: Mapping[str, Any], say: Say) -> list[tuple[str, str]]:
    """Return the values that have a label, in the order in which they were recorded."""
    unit = QUANTITIES[values["quantity"]].unit if values.get("quantity") in QUANTITIES else ""
    return [
        (say(label.text), _shown(value, label, unit if key in w.IN_QUANTITY_S_UNIT else label.unit, say))
        for key, value in values.items()
        if (label := w.VALUES.get(key))
    ]


def _shown(value: Any, label: w.Label, unit: str, say: Say) -> str:
    if value is None:
        return say(w.NONE)
    if label.decimals is None:
        return say(str(value)) if label.is_word else str(value)
    return f"{value:.{label.decimals}f} {say(unit)}" if unit else f"{value:.{label.decimals}f}"


def _causes(one: Record, say: Say) -> list[tuple[str, str]]:
    return [(say(w.LIKELY_CAUSE), cause_in_words(cause, say)) for cause in one.causes]


def _comparisons(found: Sequence[Record], say: Say) -> Iterator[Block]:
    if not found:
        return
    heads = (w.WHEN, w.WHO, w.VALUE, w.BY_HAND, w.BY_LOGGER, w.DIFFERENCE, w.TOLERANCE, w.VERDICT)
    rows = [
        (one.at, one.who, *_pair(pair, say), say(one.verdict))
        for one in found
        for pair in one.values.get("pairs", ())
    ]
    yield Heading(say(w.COMPARISONS), 3)
    yield Table(tuple(say(head) for head in heads), rows)


def _pair(pair: Mapping[str, Any], say: Say) -> tuple[str, str, str, str, str]:
    def number(key: str) -> str:
        return "-" if pair[key] is None else f"{pair[key]:.3f}"

    name = say(pair["unit"]) if pair["what"] == pair["unit"] else f"{say(pair['what'])}, {say(pair['unit'])}"
    return (
        name,
        number("by_hand"),
        number("by_logger"),
        number("difference"),
        number("tolerance"),
    )


def _limits(records: Sequence[Record], say: Say) -> Iterator[Block]:
    """Yield every limit that judged anything here, with its source."""
    used = {(one["name"], one["value"], one["unit"], one["source"]) for record in records for one in record.limits}
    if not used:
        return
    yield Heading(say(w.LIMITS_TITLE), 2)
    rows = [
        (
            say(w.LIMITS.get(name, name)),
            f"{value:g} {say(unit) if unit != '1' else ''}".strip(),
            _source(source, say),
        )
        for name, value, unit, source in sorted(used)
    ]
    yield Table((say(w.LIMIT), say(w.NUMBER), say(w.SOURCE)), rows)


def _source(source: str, say: Say) -> str:
    """Return a source: the title of a manual as it is, or in words that there is none."""
    return next((say(known) for known in w.SOURCES if source.startswith(known)), source)
