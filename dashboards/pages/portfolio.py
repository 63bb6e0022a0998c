"""All facilities: is any trigger exceeded, how much of the monitoring is alive, who is silent."""

from dashboards import questions
from dashboards.parts import N_, WEEK, Answer, Journal, LevelNow, Line, NumberNow, Page, Places, Rows

PAGE = Page(
    name="portfolio",
    title=N_("Portfolio"),
    about=N_("All facilities by level and coverage."),
    days=7,
    panels=(
        LevelNow(
            title=N_("Worst level"),
            about=N_("Worst alarm level of each facility. It says nothing of what is not measured."),
            question=questions.facility("level"),
            alias="$tag_site",
            width=16,
        ),
        NumberNow(
            title=N_("Instruments valid"),
            about=N_("Instruments with a valid recent reading. Few of them make a quiet screen worthless."),
            question=questions.facility("valid"),
            alias="$tag_site",
        ),
        Rows(
            title=N_("Facilities"),
            about=N_(
                "Grey: a critical instrument or more than the stated share is not valid. Times are your browser's."
            ),
            question=questions.facilities(),
            hidden=("Time",),
        ),
        Places(
            title=N_("Where they lie"),
            about=N_("Facilities by longitude and latitude, drawn without a tile service."),
            x="longitude",
            unit="degree",
            lines=(Line(name=N_("facilities"), question=questions.places, color="#0072B2", marks=True),),
        ),
        Answer(
            title=N_("Silence"),
            about=N_("Seconds since each device was last heard. A line that rises is a device that is silent."),
            question=questions.ages(),
            alias="$tag_device",
            unit="s",
            hours=WEEK,
        ),
        Journal(
            title=N_("What happened"),
            about=N_("Alarms, faults, silence and changes of limits of all facilities, newest first."),
            question=questions.journal(),
        ),
    ),
)
