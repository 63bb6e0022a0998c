"""One facility: level and coverage, its section with heads, pond, freeboard and rain, what changed in a day."""

from functools import partial

from dashboards import questions
from dashboards.parts import N_, Journal, LevelNow, Line, NumberNow, Page, Places, Rows, Trend

_CHANGING = ("pore_pressure", "water_level", "displacement", "tilt", "flow", "freeboard")


def _line(name: str, line: str, color: str, marks: bool = False) -> Line:
    return Line(name=name, question=partial(questions.section_now, line), color=color, marks=marks)


PAGE = Page(
    name="facility",
    title=N_("Facility"),
    about=N_("Level and coverage, the section, what changed."),
    variables=("section", "detail", "long"),
    panels=(
        LevelNow(
            title=N_("Level"),
            about=N_("Worst alarm level. Green means that no trigger is exceeded, and nothing more."),
            question=questions.facility("level"),
            alias="$tag_site",
        ),
        NumberNow(
            title=N_("Instruments valid"),
            about=N_("Instruments with a valid recent reading. Few of them make a quiet screen worthless."),
            question=questions.facility("valid"),
            alias="$tag_site",
        ),
        NumberNow(
            title=N_("Instruments in service"),
            about=N_("Instruments that should have a valid reading."),
            question=questions.facility("total"),
            alias="$tag_site",
        ),
        Places(
            title=N_("Section: surface, heads and water"),
            about=N_("A head over a tip is a mark: nobody knows the pressure above a tip."),
            x="x_m",
            unit="suffix:m",
            lines=(
                _line(N_("ground"), "ground", "#A6761D"),
                _line(N_("foundation"), "foundation", "#999999"),
                _line(N_("free water"), "water", "#56B4E9", marks=True),
                _line(N_("heads"), "heads", "#0072B2", marks=True),
            ),
        ),
        Trend(
            title=N_("Pond"),
            about=N_("Elevation of the pond."),
            quantities=("water_level",),
            where=questions.HERE,
            width=12,
        ),
        Trend(
            title=N_("Freeboard"),
            about=N_("Height of the lowest crest above the pond."),
            quantities=("freeboard",),
            where=questions.HERE,
            width=12,
        ),
        Trend(
            title=N_("Rain"),
            about=N_("Of each scan and over 24 h. An unheated gauge in frost is not evaluated, not dry."),
            quantities=("rain", "rain_24h"),
            where=questions.HERE,
        ),
        Rows(
            title=N_("What changed in 24 hours"),
            about=N_("Largest minus smallest value of the last day of each point."),
            question=questions.spread(*_CHANGING),
            hidden=("Time",),
            hours=24,
        ),
        Journal(
            title=N_("What happened"),
            about=N_("Alarms, faults, silence, works and notes, newest first."),
            question=questions.journal(),
        ),
    ),
)
