"""All facilities: is any trigger exceeded, how much of the monitoring is alive, who is silent."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame

NAME = "portfolio"


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    return (
        frame(words, NAME, say("Portfolio"), say("All facilities by level and coverage."), days=7)
        .with_panel(
            looks.level_stat(
                words,
                say("Worst level"),
                say(
                    "Worst alarm level of each facility, as the collector judges it. It says nothing of what is not measured."
                ),
                questions.facility("level"),
                "$tag_site",
                width=16,
            )
        )
        .with_panel(
            looks.number_stat(
                words,
                say("Instruments valid"),
                say(
                    "How many instruments have a valid recent reading. Few valid ones make a quiet screen worthless."
                ),
                "none",
                questions.facility("valid"),
                "$tag_site",
                width=8,
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("Facilities"),
                say(
                    "Level and coverage of each facility. Grey: an instrument marked critical, or more than the stated share, is not valid."
                ),
                questions.facilities(),
                hidden=("Time", "latitude", "longitude"),
            )
        )
        .with_panel(
            looks.places(
                words,
                say("Where they lie"),
                say("Facilities by longitude and latitude, drawn without a tile service."),
                "degree",
                ("longitude", "latitude"),
                [(say("facilities"), questions.facilities())],
            )
        )
        .with_panel(
            looks.plain_trend(
                words,
                say("Silence"),
                say("Seconds since each device was last heard. A line that rises is a device that is silent."),
                "s",
                questions.ages(),
                "$tag_device",
                width=24,
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("What happened"),
                say("Alarms, faults, silence and changes of limits of all facilities, newest last."),
                questions.journal(),
                hidden=(),
            )
        )
    )
