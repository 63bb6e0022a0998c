"""Pore pressures and heads of a section with each point's own limits, pond and rain on the same time axis."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame
from dashboards.units import unit_of

NAME = "piezometers"


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    return (
        frame(
            words,
            NAME,
            say("Piezometers"),
            say("Pore pressure and elevation per section."),
            "section",
            "point",
            "detail",
        )
        .with_panel(
            looks.trend(
                words,
                say("Chosen point: pore pressure and its limits"),
                say(
                    "Pore pressure (gauge) of the chosen point with its own limits as they were in force with every reading."
                ),
                unit_of("pore_pressure"),
                ("pore_pressure",),
                where=_POINT,
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Pore pressure of the section"),
                say("All piezometers of the section. A band is smallest to largest value of the interval."),
                unit_of("pore_pressure"),
                ("pore_pressure",),
                with_limits=False,
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Piezometric elevation"),
                say("Elevation to which water would rise above each tip, from the declared density."),
                unit_of("piezometric_elevation"),
                ("piezometric_elevation",),
                with_limits=False,
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Pond"),
                say("Elevation of the pond, on the same time axis as the piezometers above."),
                unit_of("water_level"),
                ("water_level",),
                where=questions.HERE,
                width=12,
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Rain"),
                say("Rain of each scan and over 24 h, on the same time axis."),
                unit_of("rain"),
                ("rain", "rain_24h"),
                where=questions.HERE,
                width=12,
                with_limits=False,
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Pore-pressure ratio ru and B-bar"),
                say(
                    "Pore pressure by overburden (Bishop and Morgenstern 1960), rise of pore pressure by rise of overburden (Skempton 1954)."
                ),
                "none",
                ("pore_pressure_ratio", "b_bar"),
                width=12,
            )
        )
        .with_panel(
            looks.trend(
                words,
                say("Gradients"),
                say("Hydraulic gradients in nests and at the exit, and their share of the critical gradient."),
                "none",
                ("hydraulic_gradient", "critical_gradient_share"),
                width=12,
            )
        )
    )


_POINT = f'{questions.IN_SECTION} AND "point" =~ /^$point$/'
