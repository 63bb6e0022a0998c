"""The columns of tables: their order, what they are called, how wide they are, what their codes mean."""

from typing import NamedTuple

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, ValueMapping

from dashboards import levels
from dashboards.frame import Words
from dashboards.parts import N_
from dashboards.words import Say
from seepline.quantities import QUANTITIES

TIME = N_("time")


class _Column(NamedTuple):
    """A column of an answer: its key there, its words, its width in pixels (0: what is left)."""

    key: str
    title: str
    width: int


# Grafana gives tags in no order of its own: this is theirs, and on a phone what stands first is what is seen.
_COLUMNS = (
    _Column("Time", TIME, 175),
    _Column("site", N_("facility"), 150),
    _Column("section", N_("section"), 80),
    _Column("point", N_("point"), 110),
    _Column("wire", N_("raw channel"), 170),
    _Column("level", N_("level"), 185),
    _Column("quantity", N_("quantity"), 215),
    _Column("value", N_("value"), 90),
    _Column("spread", N_("largest minus smallest"), 190),
    _Column("hole", N_("inclinometer"), 110),
    _Column("node", N_("node"), 60),
    _Column("height_m", N_("height, m"), 85),
    _Column("displacement_mm", N_("displacement, mm"), 140),
    _Column("status", N_("status"), 80),
    _Column("delay_s", N_("delay, s"), 90),
    _Column("tq", N_("clock"), 80),
    _Column("quality", N_("quality"), 130),
    _Column("limit_yellow", N_("limit yellow"), 110),
    _Column("limit_orange", N_("limit orange"), 110),
    _Column("limit_red", N_("limit red"), 110),
    _Column("calibration", N_("calibration"), 200),
    _Column("readings", N_("readings"), 100),
    _Column("valid", N_("instruments valid"), 160),
    _Column("total", N_("instruments in service"), 190),
    _Column("grey", N_("coverage"), 200),
    _Column("timezone", N_("the site's time zone"), 180),
    _Column("text", N_("what happened"), 0),
    _Column("kind", N_("kind"), 140),
)


def _to_point(words: Words) -> dict[str, str]:
    where = f"/d/seepline-instrument-{words.language}?var-point=${{__value.raw}}&${{site:queryparam}}"
    return {"title": words.say("everything about this point"), "url": f"{where}&${{__url_time_range}}"}


def _to_facility(words: Words) -> dict[str, str]:
    where = f"/d/seepline-facility-{words.language}?var-site=${{__value.raw}}&${{__url_time_range}}"
    return {"title": words.say("this facility"), "url": where}


_LEADS = {"point": _to_point, "site": _to_facility}


def organized(hidden: tuple[str, ...], say: Say, first: tuple[str, ...] = ()) -> dict[str, object]:
    """Return the options of Grafana's transformation `organize`; `first` stand before all others."""
    others = (column.key for column in _COLUMNS if column.key not in first)
    return {
        "excludeByName": dict.fromkeys(hidden, True),
        "indexByName": {key: index for index, key in enumerate((*first, *others))},
        "renameByName": {column.key: say(column.title) for column in _COLUMNS},
    }


JOURNAL_FIRST = ("level", "text", "Time")


def in_journal(words: Words) -> dict[str, list[DynamicConfigValue]]:
    """Return how a journal differs: on a phone a level's symbol and a whole sentence fit beside one another."""
    symbols = [one.to_json() for one in levels.level_symbols()]
    look = [DynamicConfigValue("custom.width", 48), DynamicConfigValue("mappings", symbols)]
    return {words.say("level"): look, words.say(TIME): [DynamicConfigValue("custom.width", 165)]}


def looks(words: Words) -> dict[str, list[DynamicConfigValue]]:
    """Return how columns look, by their words."""
    say = words.say
    mappings = {
        "level": levels.level_words(say),
        "quality": levels.quality_words(say),
        "grey": levels.grey_words(say),
        "quantity": levels.plain_words({name: f"{name}, {one.unit}" for name, one in QUANTITIES.items()}),
    }
    return {say(column.title): _look(column, mappings.get(column.key, []), words) for column in _COLUMNS}


def _look(column: _Column, mappings: list[ValueMapping], words: Words) -> list[DynamicConfigValue]:
    look = [DynamicConfigValue("custom.width", column.width)] if column.width else []
    if column.key == "Time":
        look.append(DynamicConfigValue("unit", "dateTimeAsIso"))
    if mappings:
        look.append(DynamicConfigValue("mappings", [one.to_json() for one in mappings]))
    if column.key in ("level", "quality", "grey"):
        look.append(DynamicConfigValue("custom.cellOptions", {"type": "color-text"}))
        look.append(DynamicConfigValue("custom.align", "left"))
    if column.key in ("limit_yellow", "limit_orange", "limit_red"):
        look.append(DynamicConfigValue("noValue", words.say("no limit")))
    if column.key in _LEADS:
        look.append(DynamicConfigValue("links", [_LEADS[column.key](words)]))
    if column.key == "text":  # nobody reads half a sentence
        look.append(DynamicConfigValue("custom.wrapText", True))
        look.append(DynamicConfigValue("custom.minWidth", 260))
    return look
