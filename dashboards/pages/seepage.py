"""Seepage and weather: flow, rain, pond, air pressure."""

from dashboards import questions
from dashboards.parts import N_, Page, Trend


def _here(title: str, about: str, *quantities: str) -> Trend:
    return Trend(title=title, about=about, quantities=quantities, where=questions.HERE, width=12)


PAGE = Page(
    name="seepage",
    title=N_("Seepage and weather"),
    about=N_("Water in, water out, and the weather."),
    variables=(
        "detail",
        "long",
    ),
    panels=(
        _here(N_("Seepage flow"), N_("Flow over weirs and from drains."), "flow"),
        _here(N_("Rain sums"), N_("Rain over 1, 24 and 72 hours."), "rain_1h", "rain_24h", "rain_72h"),
        _here(N_("Antecedent rain"), N_("How wet the ground is already, as an index."), "antecedent_rain"),
        _here(N_("Pond"), N_("Elevation of the pond."), "water_level"),
        _here(N_("Rise of the pond"), N_("How fast the pond rises."), "rise_rate"),
        _here(N_("Hours to the limit"), N_("Until a rising pond reaches its limit."), "hours_to_limit"),
        _here(N_("Air pressure"), N_("Station pressure, not reduced to sea level."), "barometric_pressure"),
        Trend(
            title=N_("Temperature"),
            about=N_("Temperature at the instruments."),
            quantities=("temperature",),
            where=questions.HERE,
            width=12,
            limits=False,
            intervals=30,  # of every instrument that has one
        ),
    ),
)
