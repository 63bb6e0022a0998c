"""Data health: who is silent, what came late, how much has no value."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame

NAME = "health"


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    return (
        frame(words, NAME, say("Data health"), say("Whether what you see on the other pages is alive."), days=7)
        .with_panel(
            looks.plain_trend(
                words,
                say("Age of the last word"),
                say("Seconds since each logger was heard; `collector` is the collector itself."),
                "s",
                questions.ages(),
                "$tag_device",
                width=24,
            )
        )
        .with_panel(
            looks.plain_trend(
                words,
                say("Came late, each day"),
                say("Readings that came after newer ones: back-fill after an outage."),
                "none",
                questions.counts_by_quality(),
                "$tag_section",
            )
        )
        .with_panel(
            looks.plain_trend(
                words,
                say("Instruments valid"),
                say("How many instruments had a valid recent reading."),
                "none",
                questions.facility("valid"),
                "$tag_site",
            )
        )
        .with_panel(
            looks.rows(
                words,
                say("Faults, silence, clocks, refused points"),
                say("What the monitoring says about itself, newest last."),
                questions.journal(
                    "fault",
                    "fault_end",
                    "silence",
                    "silence_end",
                    "clock",
                    "clock_end",
                    "logger",
                    "conflict",
                    "identity_conflict",
                    "journal_damaged",
                    "store_damaged",
                    "export_refused",
                    "export_held",
                    "export_resumed",
                ),
            )
        )
    )
