"""For authorities: limits in force beside every newest reading, who changed limits, level and coverage."""

from dashboards import kinds, questions
from dashboards.parts import MONTH, N_, Journal, LevelNow, NumberNow, Page, Rows
from seepline.quantities import QUANTITIES

PAGE = Page(
    name="authority",
    title=N_("Authority"),
    about=N_("Limits in force, who approved them, and what they said."),
    days=30,
    panels=(
        LevelNow(
            title=N_("Level"),
            about=N_("Worst alarm level. Green means that no trigger is exceeded, and nothing more."),
            question=questions.facility("level"),
            alias="$tag_site",
            width=12,
        ),
        NumberNow(
            title=N_("Instruments valid"),
            about=N_("Instruments with a valid recent reading. Few of them make a quiet screen worthless."),
            question=questions.facility("valid"),
            alias="$tag_site",
            width=12,
        ),
        Rows(
            title=N_("Limits in force and newest readings"),
            about=N_(
                "Newest value of every point in the last 30 days of the time shown, beside the limits by which"
                " it was judged."
            ),
            question=questions.newest(*QUANTITIES),
            hours=MONTH,
            hidden=("Time",),
        ),
        Journal(
            title=N_("Changes of limits"),
            about=N_("Sets submitted, approved, objected to, effective and superseded, with names."),
            question=questions.journal(*kinds.LIMITS),
        ),
        Journal(
            title=N_("Alarms"),
            about=N_("Every change of level, newest first."),
            question=questions.journal(*kinds.ALARMS),
        ),
    ),
)
