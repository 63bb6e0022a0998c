"""Data health: who is silent, what came late, what the monitoring says about itself."""

from dashboards import kinds, questions
from dashboards.parts import MONTH, N_, NO_RAW, TWO_DAYS, WEEK, Answer, Journal, Page

_NOTHING = N_("Nothing came in this time: look at the collector, and at what it says of InfluxDB.")

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
            hours=WEEK,
            nothing=_NOTHING,
        ),
        Answer(
            title=N_("Came late, each day"),
            about=N_("Readings that came after newer ones, by UTC day: back-fill after an outage."),
            question=questions.came_late(),
            alias="$tag_section",
            bars=True,
            width=12,
            hours=MONTH,
            nothing=_NOTHING,
        ),
        Answer(
            title=N_("Instruments valid"),
            about=N_("Instruments with a valid recent reading. Few of them make a quiet screen worthless."),
            question=questions.facility("valid"),
            alias="$tag_site",
            width=12,
            nothing=_NOTHING,
        ),
        Answer(
            title=N_("Requests without a right answer, an hour"),
            about=N_(
                "Time-outs and spoiled frames of each device, as its gateway counts: cable, connector, surge."
            ),
            question=questions.bus("failed"),
            alias="$tag_bus $tag_device",
            width=12,
            nothing=N_("No gateway has reported its buses in this time."),
        ),
        Answer(
            title=N_("Right answers, an hour"),
            about=N_("What each device on a bus answered. A line that falls to nothing is a device cut off."),
            question=questions.bus("ok"),
            alias="$tag_bus $tag_device",
            width=12,
            nothing=N_("No gateway has reported its buses in this time."),
        ),
        Answer(
            title=N_("From scan to collector"),
            about=N_(
                "Longest delay of each logger's readings: its bus, the gateway's link, back-fill after an outage."
            ),
            question=questions.delays(),
            alias="$tag_logger",
            unit="s",
            width=12,
            hours=TWO_DAYS,
            nothing=NO_RAW,
        ),
        Answer(
            title=N_("Readings of each logger a day"),
            about=N_("Raw values that came, by UTC day: what a bus or a logger lost is missing here."),
            question=questions.raw_counts(),
            alias="$tag_logger",
            bars=True,
            width=12,
            hours=WEEK,
            nothing=NO_RAW,
        ),
        Answer(
            title=N_("Batteries and supply"),
            about=N_("Channels with `batt` or `supply` in their name, in their own unit."),
            question=questions.raw("value", where=questions.SUPPLY),
            alias="$tag_wire",
            width=12,
            hours=WEEK,
            nothing=NO_RAW,
        ),
        Answer(
            title=N_("Trust in each logger's clock"),
            about=N_("0 never set, 1 its own clock runs, 2 synchronised, 3 no time but that of arrival."),
            question=questions.clocks(),
            alias="$tag_logger",
            width=12,
            hours=TWO_DAYS,
            nothing=NO_RAW,
        ),
        Journal(
            title=N_("Faults, silence, clocks, refused points"),
            about=N_("What the monitoring says about itself, newest first."),
            question=questions.journal(*kinds.MONITORING),
        ),
    ),
)
