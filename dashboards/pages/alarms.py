"""Alarms: each one's level over time, and the journal."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame

NAME = "alarms"


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    return (
        frame(words, NAME, say("Alarms"), say("Every alarm's level over time, and what people did."), days=30)
        .with_panel(
            looks.level_timeline(
                words,
                say("Levels"),
                say(
                    "Level of each alarm after delays and deadbands. An instrument that falls silent keeps its level."
                ),
                questions.alarm_levels(),
                "$tag_point $tag_quantity $tag_direction",
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("Journal of alarms"),
                say("Every change of level, newest last."),
                questions.journal("level", "late", "alarm_.*"),
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("What people did"),
                say("Acknowledgements, assessments, shelving, notes and works."),
                questions.journal("note", "diary", "acknowledge.*", "assess.*", "shelve.*", "release.*", "round"),
            )
        )
    )
