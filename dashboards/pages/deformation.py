"""Inclinometers, velocity, inverse velocity with its interval, settlement."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks
from dashboards.frame import Words, frame
from dashboards.units import unit_of

NAME = "deformation"


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    rows = (
        (
            say("Displacement"),
            say("Horizontal displacement against the fixed end, positive towards A+."),
            ("displacement",),
        ),
        (say("Tilt"), say("Inclination of each segment from the vertical."), ("tilt",)),
        (
            say("Velocity"),
            say("Velocity of displacement. Below the noise of the method it is not evaluated."),
            ("velocity",),
        ),
        (
            say("Days until the line through inverse velocity meets zero"),
            say(
                "Fukuzono's method with its guard rails: evidence beside a second quantity, never an alarm by itself."
            ),
            ("days_to_failure",),
        ),
        (say("Settlement"), say("Settlement since the base reading, positive downwards."), ("settlement",)),
        (say("Elevation of marks"), say("Survey marks in the site's vertical datum."), ("elevation",)),
    )
    made = frame(words, NAME, say("Deformation"), say("How the embankment moves."), "section", "detail", days=30)
    for title, about, quantities in rows:
        made = made.with_panel(looks.trend(words, title, about, unit_of(quantities[0]), quantities, width=12))
    return made
