"""What all dashboards share: variables, links between them, annotations, and that only this code changes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import (
    AnnotationQuery,
    DashboardCursorSync,
    DashboardLinkType,
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from dashboards import kinds, questions
from dashboards.levels import BLUE, EARTH, GREY, RED
from dashboards.parts import N_, Page
from dashboards.target import DATASOURCE
from dashboards.words import Say

TAG = "seepline"
_MANY = N_("Type to search where there are many. What was renamed keeps its history under its old name.")
_ABOUT_DETAIL = N_(
    "By time: as read, from 60 days on extremes of days. Hours and days are UTC wherever the site lies."
)
_DETAILS = {
    N_("by the time shown"): questions.BY_TIME,
    N_("as read"): questions.AS_READ,
    N_("extremes of hours"): questions.OF_HOURS,
    N_("extremes of days"): questions.OF_DAYS,
}
_BESIDE = {N_("nothing"): "none", N_("pond"): "water_level", N_("rain of 24 h"): "rain_24h"}
A_PAGE, _PAGES = 12, 25  # so many panels of single points at once; more than 300 points: choose a section
_MARKS = (
    (N_("Alarms"), RED, kinds.ALARMS),
    (N_("Instruments and clocks"), GREY, kinds.INSTRUMENTS),
    (N_("Limits changed"), BLUE, kinds.LIMITS),
    (N_("Works and notes"), BLUE, kinds.WORKS),
    (N_("Strong motion: earthquake, blast, blow"), EARTH, kinds.SHAKEN),
)


@dataclass(frozen=True, slots=True)
class Words:
    """The language of a dashboard: its code, how it says a text; where manual and collector lie ('' unknown)."""

    language: str
    say: Say
    manual: str
    collector: str = ""


def frame(page: Page, words: Words) -> dashboard.Dashboard:
    """Return a page without panels: its variables, links and annotations."""
    made = (
        dashboard.Dashboard(f"Seepline: {words.say(page.title)}")
        .uid(f"seepline-{page.name}-{words.language}")
        .description(words.say(page.about))
        .tags([TAG, f"{TAG}-{words.language}"])
        .readonly()
        .timezone("browser")
        .refresh("1m")
        .time(f"now-{page.days}d", "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(_others(words))
        .with_variable(_datasource(words))
    )
    if words.collector:
        made = made.link(_at_the_collector(words, N_("Limits and their replay"), "/limits"))
        made = made.link(_at_the_collector(words, N_("The collector's own page"), "/"))
    for one in ("site", *page.variables):
        made = made.with_variable(_VARIABLES[one](words))
    for annotation in _annotations(words):
        made = made.annotation(annotation)
    return made


def _others(words: Words) -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink(words.say("Seepline's pages"))
        .type(DashboardLinkType.DASHBOARDS)
        .tags([f"{TAG}-{words.language}"])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )


def _at_the_collector(words: Words, title: str, path: str) -> dashboard.DashboardLink:
    link = dashboard.DashboardLink(words.say(title)).type(DashboardLinkType.LINK).target_blank(True)
    return link.url(f"{words.collector.rstrip('/')}{path}")


def _datasource(words: Words) -> dashboard.DatasourceVariable:
    return dashboard.DatasourceVariable("datasource").label(words.say("data source")).type("influxdb")


def _tag(words: Words, about: tuple[str, str], query: str, several: bool = True) -> dashboard.QueryVariable:
    """Return a variable of a tag; `about` is its name and its words."""
    name, label = about
    return (
        dashboard.QueryVariable(name)
        .label(words.say(label))
        .datasource(DATASOURCE)
        .description(words.say(_MANY))
        .query(query)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.NATURAL_ASC)
        .multi(several)
        .include_all(several)
    )


def _one_of(name: str, label: str, about: str, choices: Mapping[str, str]) -> dashboard.CustomVariable:
    """Return a variable of one out of some values by their words; the first is chosen."""
    options = [
        VariableOption(text=text, value=value, selected=not number)
        for number, (text, value) in enumerate(choices.items())
    ]
    values = ", ".join(f"{text} : {value}" for text, value in choices.items())
    made = dashboard.CustomVariable(name).label(label).values(values).options(options)
    return made.description(about).current(options[0])


def _said(words: Words, choices: Mapping[str, str]) -> dict[str, str]:
    return {words.say(text): value for text, value in choices.items()}


def _detail(words: Words) -> dashboard.CustomVariable:
    about = words.say(
        "By time: as read, from 60 days on extremes of days. Hours and days are UTC wherever the site lies."
    )
    return _one_of("detail", words.say("detail"), about, _said(words, _DETAILS))


class _Long(dashboard.IntervalVariable):
    """The time shown, divided by LONG_DAYS, in Grafana's words: `1d` and more of a long one. Nobody chooses it."""

    def __init__(self, label: str) -> None:
        super().__init__("long")
        self._internal.auto, self._internal.auto_min = True, "15m"
        self._internal.auto_count = questions.LONG_DAYS
        self._internal.refresh = VariableRefresh.ON_TIME_RANGE_CHANGED
        self._internal.skip_url_sync = True
        auto = VariableOption(text="auto", value="$__auto_interval_long", selected=True)
        self.label(label).values("1h").current(auto).options([auto]).hide(VariableHide.HIDE_VARIABLE)


def _beside(words: Words) -> dashboard.CustomVariable:
    about = words.say("What is drawn with each piezometer, on the axis at the right.")
    return _one_of("beside", words.say("beside each"), about, _said(words, _BESIDE))


def _page(words: Words) -> dashboard.CustomVariable:
    about = words.say("Which piezometers of the chosen sections have a panel of their own.")
    pages = {f"{first + 1} \u2013 {first + A_PAGE}": str(first) for first in range(0, A_PAGE * _PAGES, A_PAGE)}
    return _one_of("page", words.say("piezometers from, to"), about, pages)


_VARIABLES: Mapping[str, Callable[[Words], Any]] = {
    "site": lambda words: _tag(words, ("site", N_("facility")), questions.tags("site")),
    "section": lambda words: _tag(words, ("section", N_("section")), questions.tags("section", questions.HERE)),
    "point": lambda words: _tag(
        words, ("point", N_("point")), questions.tags("point", questions.IN_SECTION), several=False
    ),
    "hole": lambda words: _tag(
        words,
        ("hole", N_("inclinometer")),
        questions.tags("hole", questions.IN_SECTION, "profile"),
        several=False,
    ),
    "wire": lambda words: _tag(
        words, ("wire", N_("raw channel")), questions.tags("wire", questions.AT_POINT, "wiring")
    ),
    "detail": _detail,
    "long": lambda words: _Long(words.say("is it long")),
    "page": _page,
    "piezometer": lambda words: _tag(words, ("piezometer", N_("piezometer")), questions.piezometers(A_PAGE)),
    "head": lambda words: _tag(words, ("head", N_("piezometer with an elevation")), questions.heads()).hide(
        VariableHide.HIDE_VARIABLE
    ),
    "beside": _beside,
}


def _annotations(words: Words) -> list[dashboard.AnnotationQuery]:
    return [_annotation(words.say(name), color, marked) for name, color, marked in _MARKS]


class _Annotation(AnnotationQuery):
    """An annotation of InfluxQL. The plugin reads its question from `target`; without one it asks nothing."""

    question = ""

    def to_json(self) -> dict[str, object]:
        asked = {
            "refId": "Anno",
            "datasource": DATASOURCE.to_json(),
            "query": self.question,
            "rawQuery": True,
            "queryType": "tags",
            "textColumn": "text",
            "tagsColumn": "kind",
            "fromAnnotations": True,
        }
        return {**super().to_json(), "target": asked}


class _Marks(dashboard.AnnotationQuery):
    def __init__(self, question: str) -> None:
        self._internal = _Annotation()
        self._internal.question = question


def _annotation(name: str, color: str, marked: tuple[str, ...]) -> dashboard.AnnotationQuery:
    return _Marks(questions.marks(*marked)).name(name).datasource(DATASOURCE).enable(True).icon_color(color)
