"""How panels are drawn: each kind of part as a panel of Grafana's.

Every panel has a title, a description, its unit, a link to the manual where its address was given, and says in
words when there is nothing to show. Colours never judge: limits and levels are the collector's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from grafana_foundation_sdk.builders import common, stat, statetimeline, table, timeseries, xychart
from grafana_foundation_sdk.builders.dashboard import DashboardLink, FieldColor
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueTextMode,
    GraphDrawStyle,
    GraphGradientMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
)
from grafana_foundation_sdk.models.xychart import SeriesMapping, XYShowMode

from dashboards import columns, levels, parts, questions
from dashboards.frame import Words
from dashboards.parts import N_
from dashboards.target import DATASOURCE, Question
from dashboards.units import unit_of

_SPAN_NULLS_MS = 7_200_000.0  # a scan that is a little late is no gap; two hours without one are
_MIN_INTERVAL = "15m"
_REFS = "ABCDEFG"
_DAYS, _BESIDE = ("I", "J"), ("H", "K")
_OF_ONE_POINT = (questions.AT_POINT, questions.AT_PIEZOMETER, questions.AT_HEAD)
_A_ROW = 2  # panels of single points side by side
_NO_LINE = N_("No dashed line: no limit was in force.")


def draw(part: parts.Panel, words: Words) -> Any:
    """Return the builder of a part's panel."""
    return _DRAWN[type(part)](part, words)


def _trend(part: parts.Trend, words: Words) -> Any:
    names, say = part.quantities, words.say
    about = f"{say(part.about)} {say(_NO_LINE)}" if part.limits else say(part.about)
    alias = "$tag_point" if len(names) == 1 else "$tag_point $tag_quantity"
    panel = _over_time(part, words, unit_of(names[0])).description(about)
    asked = (
        (questions.extremes(*names, which="min", where=part.where), f"{alias} min"),
        (questions.extremes(*names, which="max", where=part.where), alias),
        (questions.flagged(*names, where=part.where), f"{alias} ? {say('suspect')}"),
        (questions.late(*names, where=part.where), f"{alias} \u21a9 {say('late')}"),
    )
    for ref_id, (question, name) in zip(_REFS, asked, strict=False):
        panel = panel.with_target(Question(ref_id, question, name))
    for ref_id, which, name in zip(_DAYS, ("min", "max"), (f"{alias} min", alias), strict=True):
        question = questions.extremes(*names, which=which, where=part.where, days=True)
        panel = panel.with_target(Question(ref_id, question, name))
    for smallest, largest in (("A", "B"), _DAYS):
        panel = panel.override_by_query(smallest, levels.behind())
        if len(names) == 1 and part.where in _OF_ONE_POINT:  # one line among its limits: not of a limit's colour
            panel = panel.override_by_query(largest, levels.one_line())
    panel = panel.override_by_query("C", levels.symbol(levels.ORANGE, 9))
    panel = panel.override_by_query("D", levels.symbol(levels.GREY, 7))
    if part.interval:
        panel = _with_interval(panel, part, words, alias)
    panel = _with_limits(panel, part, words, alias) if part.limits else panel
    panel = _with_pond_or_rain(panel) if part.beside else panel
    return _for_each(panel, part.each) if part.each else panel


def _for_each(panel: Any, variable: str) -> Any:
    """Repeat a panel, which is smaller then: a legend of one line."""
    panel = panel.legend(_legend(["lastNotNull"]).display_mode(LegendDisplayMode.LIST))
    return panel.repeat(variable).repeat_direction("h").max_per_row(_A_ROW)


def _with_pond_or_rain(panel: Any) -> Any:
    for ref_id, days in zip(_BESIDE, (False, True), strict=True):
        panel = panel.with_target(Question(ref_id, questions.beside(days), "$tag_point $tag_quantity"))
        panel = panel.override_by_query(ref_id, levels.at_the_right())
    for quantity in ("water_level", "rain_24h"):
        panel = panel.override_by_regexp(f"/ {quantity}$/", [DynamicConfigValue("unit", unit_of(quantity))])
    return panel


def _with_interval(panel: Any, part: parts.Trend, words: Words, alias: str) -> Any:
    """Draw both ends of an estimate's interval; such a quantity has no limits, so their letters are free."""
    ends = {"from": words.say(N_("earliest")), "to": words.say(N_("latest"))}
    for ref_id, (end, name) in zip(_REFS[4:], ends.items(), strict=False):
        question = questions.interval_end(end, *part.quantities, where=part.where)
        panel = panel.with_target(Question(ref_id, question, f"{alias} {name}"))
        panel = panel.override_by_query(ref_id, levels.limit_line(levels.GREY))
    return panel


def _with_limits(panel: Any, part: parts.Trend, words: Words, alias: str) -> Any:
    for ref_id, (level, color) in zip(_REFS[4:], levels.LIMITS.items(), strict=True):
        question = questions.limits(*part.quantities, where=part.where, level=level)
        name = f"{alias} {words.say(levels.LIMIT_WORDS[level])}"
        panel = panel.with_target(Question(ref_id, question, name))
        panel = panel.override_by_query(ref_id, levels.limit_line(color))
    return panel


def _answer(part: parts.Answer, words: Words) -> Any:
    panel = _over_time(part, words, part.unit).with_target(Question("A", part.question, part.alias))
    panel = panel.with_target(Question("B", part.more, part.alias)) if part.more else panel
    return panel.draw_style(GraphDrawStyle.BARS).fill_opacity(60) if part.bars else panel


def _over_time(part: parts.Panel, words: Words, unit: str) -> Any:
    return (
        _described(timeseries.Panel(), part, words, unit, height=11)
        .interval(_MIN_INTERVAL)
        .max_data_points(part.intervals * part.width)
        .span_nulls(_SPAN_NULLS_MS)
        .line_width(1)
        .fill_opacity(0)
        .gradient_mode(GraphGradientMode.NONE)
        .show_points(VisibilityMode.AUTO)
        .thresholds(levels.plain_steps())
        .color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .legend(_legend(["lastNotNull", "min", "max"]))
        .tooltip(_tooltip())
    )


def _level_now(part: parts.LevelNow, words: Words) -> Any:
    return (
        _now(part, words)
        .mappings(levels.level_words(words.say))
        .thresholds(levels.level_steps())
        .color_mode(BigValueColorMode.BACKGROUND_SOLID)
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


def _journal(part: parts.Journal, words: Words) -> Any:
    panel = _rows(part, words, columns.JOURNAL_FIRST)
    for name, look in columns.in_journal(words).items():
        panel = panel.override_by_name(name, look)
    return panel


def _rows(part: parts.Rows, words: Words, first: tuple[str, ...] = ()) -> Any:
    organized = columns.organized(part.hidden, words.say, first)
    panel = (
        _described(table.Panel(), part, words, "none")
        .thresholds(levels.plain_steps())
        .filterable(True)
        .sort_by([common.TableSortByFieldState().display_name(words.say(columns.TIME)).desc(True)])
        .with_target(Question("A", part.question, "", "table"))
        .with_transformation(DataTransformerConfig("organize", options=organized))
        .override_by_regexp(".*", [DynamicConfigValue("noValue", "\u2013")])
    )
    for name, look in columns.looks(words).items():
        panel = panel.override_by_name(name, look)
    return panel


def _places(part: parts.Places, words: Words) -> Any:
    """Draw each line by its own column of y: an answer without rows then shifts no other line's name."""
    panel = (
        _described(xychart.Panel(), part, words, part.unit, height=12)
        .thresholds(levels.plain_steps())
        .mapping(SeriesMapping.AUTO)
        .show(XYShowMode.POINTS_AND_LINES)
        .legend(_legend([]).display_mode(LegendDisplayMode.LIST))
        .tooltip(_tooltip())
        .series([xychart.XYSeriesConfig().x(xychart.XychartXYSeriesConfigX().matcher(_by_name(part.x)))])
        .with_transformation(
            DataTransformerConfig("sortBy", options={"fields": {}, "sort": [{"field": part.order or part.x}]})
        )
    )
    if part.x_unit:
        panel = panel.override_by_name(part.x, [DynamicConfigValue("unit", part.x_unit)])
    for ref_id, line in zip(_REFS, part.lines, strict=False):
        name = words.say(line.name)
        panel = panel.with_target(Question(ref_id, line.question(name), "", "table"))
        panel = panel.override_by_name(name, levels.place(line))
    return panel


def _by_name(name: str) -> xychart.MatcherConfig:
    return xychart.MatcherConfig().id("byName").options(name)


def _legend(calcs: list[str]) -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs(calcs)
    )


def _tooltip() -> common.VizTooltipOptions:
    return common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)


def _links(words: Words) -> list[DashboardLink]:
    """Return the link to the manual, where there is an address for it."""
    link = DashboardLink(words.say("manual")).type(DashboardLinkType.LINK).target_blank(True)
    return [link.url(words.manual)] if words.manual else []


def _described(panel: Any, part: parts.Panel, words: Words, unit: str, height: int = 9) -> Any:
    """Return a panel with what every panel has; the SDK's panels share no class."""
    if part.hours is not None:
        panel = panel.time_from(f"{part.hours}h")
    return (
        panel.title(words.say(part.title))
        .description(words.say(part.about))
        .links(_links(words))
        .datasource(DATASOURCE)
        .unit(unit)
        .no_value(words.say(part.nothing))
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
    parts.Journal: _journal,
    parts.Places: _places,
}
