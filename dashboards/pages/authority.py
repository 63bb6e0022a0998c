"""For authorities: limits in force with every newest reading, who changed limits, level and coverage."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame
from seepline.quantities import QUANTITIES

NAME = "authority"


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    return (
        frame(
            words, NAME, say("Authority"), say("Limits in force, who approved them, and what they said."), days=30
        )
        .with_panel(
            looks.level_stat(
                words,
                say("Level"),
                say("Worst alarm level of each facility."),
                questions.facility("level"),
                "$tag_site",
                width=12,
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
                width=12,
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("Limits in force and newest readings"),
                say("Newest value of every point beside the limits by which it was judged."),
                questions.newest(*QUANTITIES),
                hidden=("Time",),
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("Changes of limits"),
                say("Sets submitted, approved, objected to, effective and superseded, with names."),
                questions.journal("set_.*"),
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("Alarms"),
                say(
                    "Every change of level, newest last. The replay of a proposed set is made by `seepline sets replay`."
                ),
                questions.journal("level", "late"),
            )
        )
    )
