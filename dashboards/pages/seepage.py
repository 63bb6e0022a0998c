"""Seepage and weather: flow, rain, pond, air pressure."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame
from dashboards.units import unit_of

NAME = "seepage"


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    rows = (
        (say("Seepage flow"), say("Flow over weirs and from drains."), ("flow",)),
        (say("Rain sums"), say("Rain over 1, 24 and 72 hours."), ("rain_1h", "rain_24h", "rain_72h")),
        (
            say("Antecedent rain"),
            say("Antecedent precipitation index: how wet the ground is already."),
            ("antecedent_rain",),
        ),
        (say("Pond"), say("Elevation of the pond."), ("water_level",)),
        (say("Rise of the pond"), say("How fast the pond rises."), ("rise_rate",)),
        (
            say("Hours to the limit"),
            say("Time until a rising pond reaches its limit at the present rate."),
            ("hours_to_limit",),
        ),
        (say("Air pressure"), say("Station pressure, not reduced to sea level."), ("barometric_pressure",)),
        (say("Temperature"), say("Temperature at the instruments."), ("temperature",)),
    )
    made = frame(words, NAME, say("Seepage and weather"), say("Water in, water out, and the weather."), "detail")
    for title, about, quantities in rows:
        panel = looks.trend(
            words, title, about, unit_of(quantities[0]), quantities,
            where=questions.HERE, width=12, alias="$tag_point $tag_quantity",
        )  # fmt: skip
        made = made.with_panel(panel)
    return made
