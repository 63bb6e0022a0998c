"""How a level and a quality look: a colour for most, a symbol and a word for everyone. Never the word safe."""

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from dashboards.parts import N_, Line
from dashboards.words import Say

# Okabe and Ito (2008): told apart with any colour vision; the symbols differ in shape as well.
GREEN, YELLOW, ORANGE, RED = "#009E73", "#F0E442", "#E69F00", "#D55E00"
GREY, BLUE, SKY, EARTH, PURPLE = "#999999", "#0072B2", "#56B4E9", "#A6761D", "#CC79A7"
LIMIT_WORDS = {"yellow": N_("limit yellow"), "orange": N_("limit orange"), "red": N_("limit red")}
LIMITS = {"yellow": YELLOW, "orange": ORANGE, "red": RED}


def level_words(say: Say) -> list[ValueMapping]:
    """Return what stands for the levels 0 to 3."""
    rows = (
        ("0", "● " + say("no trigger exceeded"), GREEN),
        ("1", "▲ " + say("yellow (K1)"), YELLOW),
        ("2", "◆ " + say("orange"), ORANGE),
        ("3", "■ " + say("red (K2)"), RED),
    )
    return [_mapping(rows)]


def level_symbols() -> list[ValueMapping]:
    """Return the symbols of the levels alone, for where a sentence stands beside them."""
    return [_mapping((("0", "●", GREEN), ("1", "▲", YELLOW), ("2", "◆", ORANGE), ("3", "■", RED)))]


def quality_words(say: Say) -> list[ValueMapping]:
    """Return what stands for the QARTOD codes."""
    rows = (
        ("1", "✓ " + say("good"), GREEN),
        ("2", "– " + say("not evaluated"), GREY),
        ("3", "? " + say("suspect"), ORANGE),
        ("4", "✗ " + say("fail"), RED),
        ("9", "∅ " + say("missing"), GREY),
    )
    return [_mapping(rows)]


def grey_words(say: Say) -> list[ValueMapping]:
    """Return what stands for a facility's coverage."""
    rows = (
        ("false", "● " + say("enough is valid"), GREEN),
        ("true", "○ " + say("grey: too little is valid"), GREY),
    )
    return [_mapping(rows)]


def plain_words(texts: dict[str, str]) -> list[ValueMapping]:
    """Return texts that stand for others, without a colour."""
    options = {
        value: ValueMappingResult(text=text, index=index) for index, (value, text) in enumerate(texts.items())
    }
    return [ValueMap(options=options)]


def _mapping(rows: tuple[tuple[str, str, str], ...]) -> ValueMap:
    options = {
        value: ValueMappingResult(text=text, color=color, index=index)
        for index, (value, text, color) in enumerate(rows)
    }
    return ValueMap(options=options)


def level_steps() -> ThresholdsConfig:
    """Return the colours of the levels 0 to 3."""
    colors = enumerate((GREEN, YELLOW, ORANGE, RED))
    steps = [Threshold(value=None if not level else float(level), color=color) for level, color in colors]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def plain_steps() -> ThresholdsConfig:
    """Return one colour for every value: what is judged is judged by the collector, not by a panel."""
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps([Threshold(value=None, color=BLUE)])


def limit_line(color: str) -> list[DynamicConfigValue]:
    """Return how a limit is drawn: a dashed step line of its level's colour."""
    return [
        DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color}),
        DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [8, 6]}),
        DynamicConfigValue("custom.lineInterpolation", "stepAfter"),
        DynamicConfigValue("custom.lineWidth", 2),
        DynamicConfigValue("custom.fillOpacity", 0),
        DynamicConfigValue("custom.spanNulls", True),
        DynamicConfigValue("custom.showPoints", "never"),
    ]


def behind() -> list[DynamicConfigValue]:
    """Return how the smallest values of an interval are drawn: grey behind the largest, and not named again."""
    return [
        DynamicConfigValue("color", {"mode": "fixed", "fixedColor": GREY}),
        DynamicConfigValue("custom.hideFrom", {"legend": True, "tooltip": False, "viz": False}),
    ]


def one_line() -> list[DynamicConfigValue]:
    """Return how the only line of a panel is drawn."""
    return [
        DynamicConfigValue("color", {"mode": "fixed", "fixedColor": SKY}),
        DynamicConfigValue("custom.lineWidth", 2),
    ]


def at_the_right() -> list[DynamicConfigValue]:
    """Return how pond or rain is drawn beside a point: dotted, of no limit's colour, on an axis of its own."""
    return [
        DynamicConfigValue("color", {"mode": "fixed", "fixedColor": PURPLE}),
        DynamicConfigValue("custom.axisPlacement", "right"),
        DynamicConfigValue("custom.lineStyle", {"fill": "dot", "dash": [2, 4]}),
        DynamicConfigValue("custom.lineWidth", 2),
    ]


def symbol(color: str, size: int) -> list[DynamicConfigValue]:
    """Return how single readings are marked: points without a line."""
    return [
        DynamicConfigValue("custom.drawStyle", "points"),
        DynamicConfigValue("custom.pointSize", size),
        DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color}),
    ]


def place(line: Line) -> list[DynamicConfigValue]:
    """Return how a line of places is drawn, or marks that no line joins."""
    look = [
        DynamicConfigValue("custom.show", "points" if line.marks else "lines"),
        DynamicConfigValue("custom.pointSize", {"fixed": 9}),
        DynamicConfigValue("custom.lineWidth", 2),
        DynamicConfigValue("color", {"mode": "fixed", "fixedColor": line.color}),
    ]
    dashes = DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [8, 6]})
    return [*look, dashes] if line.dashed else look
