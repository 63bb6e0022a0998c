"""Alarms: each one's level over time, and the journal."""

from dashboards import kinds, questions
from dashboards.parts import N_, Journal, LevelsOverTime, Page

PAGE = Page(
    name="alarms",
    title=N_("Alarms"),
    about=N_("Every alarm's level over time, and what people did."),
    days=30,
    panels=(
        LevelsOverTime(
            title=N_("Levels"),
            about=N_("After delays and deadbands. An instrument that falls silent keeps its level."),
            question=questions.alarm_levels(),
            alias="$tag_point $tag_quantity $tag_direction",
        ),
        Journal(
            title=N_("Journal of alarms"),
            about=N_("Every change of level, newest first."),
            question=questions.journal(*kinds.ALARMS),
        ),
        Journal(
            title=N_("What people did"),
            about=N_("Acknowledgements, assessments, shelving, notes and works."),
            question=questions.journal(*kinds.PEOPLE, *kinds.WORKS),
        ),
    ),
)
