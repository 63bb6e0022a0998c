"""Panels as we draw them: every one has a title, a description with a link to the manual, its unit, and says in
words when there is nothing to show.
"""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import common, stat, statetimeline, table, text, timeseries, xychart
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

from dashboards import levels, questions
from dashboards.frame import Words
from dashboards.target import DATASOURCE, Question

_SPAN_NULLS_MS = 7_200_000.0  # a scan that is a little late is no gap; two hours without one are
_MIN_INTERVAL = "15m"
_HEIGHT = 9


def trend(
    words: Words, title: str, about: str, unit: str, quantities: Sequence[str],
    *, where: str = questions.IN_SECTION, with_limits: bool = True, width: int = 24, alias: str = "$tag_point",
) -> timeseries.Panel:  # fmt: skip
    """Return quantities over time: extremes as a band, each point's limits as they were in force, flags as symbols."""
    names = tuple(quantities)
    panel = (
        _described(timeseries.Panel(), words, title, about, width)
        .unit(unit)
        .interval(_MIN_INTERVAL)
        .span_nulls(_SPAN_NULLS_MS)
        .line_width(1)
        .fill_opacity(12)
        .gradient_mode(GraphGradientMode.NONE)
        .show_points(VisibilityMode.AUTO)
        .thresholds(levels.plain_steps())
        .legend(_legend())
        .tooltip(_tooltip())
        .with_target(Question("A", questions.extremes(*names, which="max", where=where), alias))
        .with_target(Question("B", questions.extremes(*names, which="min", where=where), f"{alias} min"))
        .with_target(Question("C", questions.flagged(*names, where=where), f"{alias} ? {words.say('suspect')}"))
        .with_target(Question("D", questions.late(*names, where=where), f"{alias} ↩ {words.say('late')}"))
        .override_by_regexp(
            "/ min$/", [DynamicConfigValue("custom.hideFrom", {"legend": True, "tooltip": False, "viz": False})]
        )
        .override_by_query("C", levels.symbol(levels.ORANGE, 9))
        .override_by_query("D", levels.symbol(levels.GREY, 7))
    )
    if not with_limits:
        return panel
    for ref_id, (level, color) in zip("EFG", levels.LIMITS.items(), strict=True):
        question = questions.limits(*names, where=where, level=level)
        panel = panel.with_target(Question(ref_id, question, f"{alias} {words.say('limit ' + level)}"))
        panel = panel.override_by_query(ref_id, levels.limit_line(color))
    return panel


def plain_trend(
    words: Words, title: str, about: str, unit: str, question: str, alias: str, width: int = 12
) -> timeseries.Panel:
    """Return the answer to one question over time."""
    return (
        _described(timeseries.Panel(), words, title, about, width)
        .unit(unit)
        .interval(_MIN_INTERVAL)
        .span_nulls(_SPAN_NULLS_MS)
        .thresholds(levels.plain_steps())
        .legend(_legend())
        .tooltip(_tooltip())
        .with_target(Question("A", question, alias))
    )


def level_stat(words: Words, title: str, about: str, question: str, alias: str, width: int = 8) -> stat.Panel:
    """Return the newest level of each series, with its symbol and word."""
    return (
        _described(stat.Panel(), words, title, about, width, height=5)
        .unit("none")
        .mappings(levels.level_words(words.say))
        .thresholds(levels.level_steps())
        .color_mode(BigValueColorMode.BACKGROUND)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(Question("A", question, alias))
    )


def number_stat(
    words: Words, title: str, about: str, unit: str, question: str, alias: str, width: int = 4
) -> stat.Panel:
    """Return the newest number of each series."""
    return (
        _described(stat.Panel(), words, title, about, width, height=5)
        .unit(unit)
        .thresholds(levels.plain_steps())
        .color_mode(BigValueColorMode.NONE)
        .text_mode(BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(Question("A", question, alias))
    )


def level_timeline(words: Words, title: str, about: str, question: str, alias: str) -> statetimeline.Panel:
    """Return levels over time, a row for each alarm."""
    return (
        _described(statetimeline.Panel(), words, title, about, 24)
        .unit("none")
        .mappings(levels.level_words(words.say))
        .thresholds(levels.level_steps())
        .merge_values(True)
        .show_value(VisibilityMode.AUTO)
        .with_target(Question("A", question, alias))
    )


def rows(
    words: Words, title: str, about: str, question: str, *, width: int = 24, hidden: Sequence[str] = (),
    names: dict[str, str] | None = None,
) -> table.Panel:  # fmt: skip
    """Return an answer as a table; levels and qualities stand as words."""
    organize = {"excludeByName": dict.fromkeys(hidden, True), "renameByName": names or {}}
    panel = (
        _described(table.Panel(), words, title, about, width)
        .unit("none")
        .thresholds(levels.plain_steps())
        .filterable(True)
        .with_target(Question("A", question, "", "table"))
        .with_transformation(DataTransformerConfig("organize", options=organize))
    )
    for name, mappings in (("level", levels.level_words(words.say)), ("quality", levels.quality_words(words.say))):
        shown = (names or {}).get(name, name)
        as_words = DynamicConfigValue("mappings", [one.to_json() for one in mappings])
        colored = DynamicConfigValue("custom.cellOptions", {"type": "color-text"})
        panel = panel.override_by_name(shown, [as_words, colored])
    return panel


def places(
    words: Words, title: str, about: str, unit: str, axes: tuple[str, str], asked: Sequence[tuple[str, str]]
) -> xychart.Panel:
    """Return places by two columns of each answer: a section seen from the side, or a map without tiles."""
    panel = (
        _described(xychart.Panel(), words, title, about, 24, height=12)
        .unit(unit)
        .thresholds(levels.plain_steps())
        .mapping(SeriesMapping.MANUAL)
        .show(XYShowMode.POINTS_AND_LINES)
        .legend(_legend())
        .tooltip(_tooltip())
        .series([_series(number, name, axes) for number, (name, _) in enumerate(asked)])
    )
    for ref_id, (_, question) in zip("ABCDEF", asked, strict=False):
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


def note(words: Words, title: str, content: str, height: int = 4) -> text.Panel:
    """Return words for the reader, in Markdown."""
    return text.Panel().title(title).description(words.manual).content(content).span(24).height(height)


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


def _described(panel, words: Words, title: str, about: str, width: int, height: int = _HEIGHT):  # type: ignore[no-untyped-def]
    """Return a panel with what every panel has."""
    manual = (
        DashboardLink(words.say("manual")).type_val(DashboardLinkType.LINK).url(words.manual).target_blank(True)
    )
    return (
        panel.title(title)
        .description(about)
        .links([manual])
        .datasource(DATASOURCE)
        .no_value(words.say("No data for this choice. Look at Data health."))
        .span(width)
        .height(height)
    )
