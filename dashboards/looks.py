"""How panels are drawn: each kind of part as a panel of Grafana's.

Every panel has a title, a description, a link to the manual, its unit, and says in words when there is nothing to
show. Colours never judge: limits and levels are those that the collector judged with.
"""

from collections.abc import Callable, Mapping
from typing import Any

from grafana_foundation_sdk.builders import common, stat, statetimeline, table, timeseries, xychart
from grafana_foundation_sdk.builders.dashboard import DashboardLink
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueTextMode,
    GraphGradientMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataTransformerConfig, DynamicConfigValue
from grafana_foundation_sdk.models.xychart import SeriesMapping, XYShowMode

from dashboards import levels, parts, questions
from dashboards.frame import Words
from dashboards.target import DATASOURCE, Question
from dashboards.units import unit_of

_SPAN_NULLS_MS = 7_200_000.0  # a scan that is a little late is no gap; two hours without one are
_MIN_INTERVAL = "15m"
_REFS = "ABCDEFG"


def draw(part: parts.Panel, words: Words) -> Any:
    """Return the builder of a part's panel."""
    return _DRAWN[type(part)](part, words)


def _trend(part: parts.Trend, words: Words) -> Any:
    names, say = part.quantities, words.say
    alias = "$tag_point" if len(names) == 1 else "$tag_point $tag_quantity"
    panel = _over_time(part, words, unit_of(names[0]))
    asked = (
        (questions.extremes(*names, which="max", where=part.where), alias),
        (questions.extremes(*names, which="min", where=part.where), f"{alias} min"),
        (questions.flagged(*names, where=part.where), f"{alias} ? {say('suspect')}"),
        (questions.late(*names, where=part.where), f"{alias} \u21a9 {say('late')}"),
    )
    for ref_id, (question, name) in zip(_REFS, asked, strict=False):
        panel = panel.with_target(Question(ref_id, question, name))
    panel = panel.override_by_query("C", levels.symbol(levels.ORANGE, 9))
    panel = panel.override_by_query("D", levels.symbol(levels.GREY, 7))
    return _with_limits(panel, part, words, alias) if part.limits else panel


def _with_limits(panel: Any, part: parts.Trend, words: Words, alias: str) -> Any:
    for ref_id, (level, color) in zip(_REFS[4:], levels.LIMITS.items(), strict=True):
        question = questions.limits(*part.quantities, where=part.where, level=level)
        name = f"{alias} {words.say(levels.LIMIT_WORDS[level])}"
        panel = panel.with_target(Question(ref_id, question, name))
        panel = panel.override_by_query(ref_id, levels.limit_line(color))
    return panel


def _answer(part: parts.Answer, words: Words) -> Any:
    return _over_time(part, words, part.unit).with_target(Question("A", part.question, part.alias))


def _over_time(part: parts.Panel, words: Words, unit: str) -> Any:
    return (
        _described(timeseries.Panel(), part, words, unit)
        .interval(_MIN_INTERVAL)
        .span_nulls(_SPAN_NULLS_MS)
        .line_width(1)
        .fill_opacity(0)
        .gradient_mode(GraphGradientMode.NONE)
        .show_points(VisibilityMode.AUTO)
        .thresholds(levels.plain_steps())
        .legend(_legend())
        .tooltip(_tooltip())
    )


def _level_now(part: parts.LevelNow, words: Words) -> Any:
    return (
        _now(part, words)
        .mappings(levels.level_words(words.say))
        .thresholds(levels.level_steps())
        .color_mode(BigValueColorMode.BACKGROUND)
        .with_target(Question("A", part.question, part.alias))
    )


def _number_now(part: parts.NumberNow, words: Words) -> Any:
    return (
        _now(part, words)
        .thresholds(levels.plain_steps())
        .color_mode(BigValueColorMode.NONE)
        .with_target(Question("A", part.question, part.alias))
    )


def _now(part: parts.Panel, words: Words) -> Any:
    return (
        _described(stat.Panel(), part, words, "none", height=5)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def _levels_over_time(part: parts.LevelsOverTime, words: Words) -> Any:
    return (
        _described(statetimeline.Panel(), part, words, "none")
        .mappings(levels.level_words(words.say))
        .thresholds(levels.level_steps())
        .merge_values(True)
        .show_value(VisibilityMode.AUTO)
        .with_target(Question("A", part.question, part.alias))
    )


def _rows(part: parts.Rows, words: Words) -> Any:
    organize = {"excludeByName": dict.fromkeys(part.hidden, True)}
    panel = (
        _described(table.Panel(), part, words, "none")
        .thresholds(levels.plain_steps())
        .filterable(True)
        .with_target(Question("A", part.question, "", "table"))
        .with_transformation(DataTransformerConfig("organize", options=organize))
    )
    if part.hours is not None:
        panel = panel.time_from(f"{part.hours}h")
    for name, mappings in levels.mappings_by_column(words.say).items():
        as_words = DynamicConfigValue("mappings", [one.to_json() for one in mappings])
        panel = panel.override_by_name(
            name, [as_words, DynamicConfigValue("custom.cellOptions", {"type": "color-text"})]
        )
    return panel


def _places(part: parts.Places, words: Words) -> Any:
    panel = (
        _described(xychart.Panel(), part, words, part.unit, height=12)
        .thresholds(levels.plain_steps())
        .mapping(SeriesMapping.MANUAL)
        .show(XYShowMode.POINTS_AND_LINES)
        .legend(_legend())
        .tooltip(_tooltip())
        .series([_series(number, words.say(name), part.axes) for number, (name, _) in enumerate(part.asked)])
    )
    for ref_id, (_, question) in zip(_REFS, part.asked, strict=False):
        panel = panel.with_target(Question(ref_id, question, "", "table"))
    return panel


def _series(number: int, name: str, axes: tuple[str, str]) -> xychart.XYSeriesConfig:
    x, y = (xychart.MatcherConfig().id("byName").options(axis) for axis in axes)
    frame = xychart.MatcherConfig().id("byIndex").options(number)
    return (
        xychart.XYSeriesConfig()
        .name(xychart.XychartXYSeriesConfigName().fixed(name))
        .frame(xychart.XychartXYSeriesConfigFrame().matcher(frame))
        .x(xychart.XychartXYSeriesConfigX().matcher(x))
        .y(xychart.XychartXYSeriesConfigY().matcher(y))
    )


def _legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs(["lastNotNull", "min", "max"])
    )


def _tooltip() -> common.VizTooltipOptions:
    return common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)


def _described(panel: Any, part: parts.Panel, words: Words, unit: str, height: int = 9) -> Any:
    """Return a panel with what every panel has; the SDK's panels share no class."""
    link = DashboardLink(words.say("manual")).type(DashboardLinkType.LINK).url(words.manual).target_blank(True)
    return (
        panel.title(words.say(part.title))
        .description(words.say(part.about))
        .links([link])
        .datasource(DATASOURCE)
        .unit(unit)
        .no_value(words.say("No data for this choice. Look at Data health."))
        .span(part.width)
        .height(height)
    )


_DRAWN: Mapping[type[parts.Panel], Callable[[Any, Words], Any]] = {
    parts.Trend: _trend,
    parts.Answer: _answer,
    parts.LevelNow: _level_now,
    parts.NumberNow: _number_now,
    parts.LevelsOverTime: _levels_over_time,
    parts.Rows: _rows,
    parts.Places: _places,
}
