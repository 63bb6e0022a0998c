"""One facility: level and coverage, its section with heads, pond, freeboard and rain, what changed in a day."""

from dashboards import questions
from dashboards.parts import N_, LevelNow, NumberNow, Page, Places, Rows, Trend

_CHANGING = ("pore_pressure", "water_level", "displacement", "tilt", "flow", "freeboard")

PAGE = Page(
    name="facility",
    title=N_("Facility"),
    about=N_("Level and coverage, the section, what changed."),
    variables=("section", "detail"),
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
            axes=("x_m", "elevation_m"),
            unit="lengthm",
            asked=(
                (N_("ground"), questions.section_now("ground")),
                (N_("foundation"), questions.section_now("foundation")),
                (N_("free water"), questions.section_now("water")),
                (N_("heads"), questions.section_now("heads")),
            ),
        ),
        Trend(
            title=N_("Pond and freeboard"),
            about=N_("Elevation of the pond, and height of the lowest crest above it."),
            quantities=("water_level", "freeboard"),
            where=questions.HERE,
            width=12,
        ),
        Trend(
            title=N_("Rain"),
            about=N_("Of each scan and over 24 h. An unheated gauge in frost is not evaluated, not dry."),
            quantities=("rain", "rain_24h"),
            where=questions.HERE,
            width=12,
        ),
        Rows(
            title=N_("What changed in 24 hours"),
            about=N_("Largest minus smallest value of the last day of each point."),
            question=questions.spread(*_CHANGING),
            hidden=("Time",),
            hours=24,
        ),
        Rows(
            title=N_("What happened"),
            about=N_("Alarms, faults, silence, works and notes, newest last."),
            question=questions.journal(),
        ),
    ),
)
