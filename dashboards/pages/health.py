"""Data health: who is silent, what came late, what the monitoring says about itself."""

from dashboards import kinds, questions
from dashboards.parts import N_, Answer, Journal, Page

PAGE = Page(
    name="health",
    title=N_("Data health"),
    about=N_("Whether what you see on the other pages is alive."),
    days=7,
    panels=(
        Answer(
            title=N_("Age of the last word"),
            about=N_("Seconds since each logger was heard; `collector` is the collector itself."),
            question=questions.ages(),
            alias="$tag_device",
            unit="s",
        ),
        Answer(
            title=N_("Came late, each day"),
            about=N_("Readings that came after newer ones: back-fill after an outage."),
            question=questions.came_late(),
            alias="$tag_section",
            bars=True,
            width=12,
        ),
        Answer(
            title=N_("Instruments valid"),
            about=N_("Instruments with a valid recent reading. Few of them make a quiet screen worthless."),
            question=questions.facility("valid"),
            alias="$tag_site",
            width=12,
        ),
        Journal(
            title=N_("Faults, silence, clocks, refused points"),
            about=N_("What the monitoring says about itself, newest first."),
            question=questions.journal(*kinds.MONITORING),
        ),
    ),
)
