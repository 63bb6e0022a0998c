"""One facility: level and coverage, its section with heads, pond, freeboard and rain, what changed in a day."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame

NAME = "facility"
_CHANGING = ("pore_pressure", "water_level", "displacement", "tilt", "flow", "freeboard")


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    return (
        frame(
            words,
            NAME,
            say("Facility"),
            say("Level and coverage, the section, what changed."),
            "section",
            "detail",
        )
        .with_panel(
            looks.level_stat(
                words,
                say("Level"),
                say("Worst alarm level. Green means that no trigger is exceeded, and nothing more."),
                questions.facility("level"),
                "$tag_site",
            )
        )
        .with_panel(
            looks.number_stat(
                words,
                say("Instruments valid"),
                say("Instruments with a valid recent reading."),
                "none",
                questions.facility("valid"),
                "$tag_site",
                width=8,
            )
        )
        .with_panel(
            looks.number_stat(
                words,
                say("Instruments in service"),
                say("Instruments that should have a valid reading."),
                "none",
                questions.facility("total"),
                "$tag_site",
                width=8,
            )
        )
        .with_panel(
            looks.places(
                words,
                say("Section: surface, heads and water"),
                say(
                    "The surveyed lines, the free water and the head over each tip. A head is a mark: nobody knows the pressure above a tip."
                ),
                "lengthm",
                ("x_m", "elevation_m"),
                [
                    (say("ground"), questions.section_now("ground")),
                    (say("foundation"), questions.section_now("foundation")),
                    (say("free water"), questions.section_now("water")),
                    (say("heads"), questions.section_now("heads")),
                ],
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Pond and freeboard"),
                say(
                    "Elevation of the pond and height of the lowest crest above it, with the limits as they were in force."
                ),
                "lengthm",
                ("water_level", "freeboard"),
                where=questions.HERE,
                alias="$tag_point $tag_quantity",
                width=12,
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Rain"),
                say(
                    "Rain of each scan and sums over 24 h. An unheated gauge in frost is not evaluated, which is not the same as no rain."
                ),
                "lengthmm",
                ("rain", "rain_24h"),
                where=questions.HERE,
                width=12,
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("What changed in 24 hours"),
                say("Largest minus smallest value of the last day of each point."),
                questions.change_of_a_day(*_CHANGING, where=questions.HERE),
                hidden=("Time",),
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("What happened"),
                say("Alarms, faults, silence, works and notes, newest last."),
                questions.journal(),
            )
        )
    )
