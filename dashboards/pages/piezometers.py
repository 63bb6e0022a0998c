"""Pore pressures and heads of a section with each point's own limits, pond and rain on the same time axis."""

from dashboards import questions
from dashboards.parts import N_, Page, Trend


def _of_each(title: str, about: str, quantity: str, variable: str = "piezometer") -> Trend:
    return Trend(
        title=title,
        about=about,
        quantities=(quantity,),
        where=questions.AT_HEAD if variable == "head" else questions.AT_PIEZOMETER,
        each=variable,
        beside=True,
    )


PAGE = Page(
    name="piezometers",
    title=N_("Piezometers"),
    about=N_("Pore pressure and elevation per section."),
    variables=("section", "point", "detail", "long", "page", "piezometer", "head", "beside"),
    panels=(
        Trend(
            title=N_("Chosen point: pore pressure and its limits"),
            about=N_("Gauge pressure, with the point's own limits as they were in force with every reading."),
            quantities=("pore_pressure",),
            where=questions.AT_POINT,
        ),
        Trend(
            title=N_("Pore pressure of the section"),
            about=N_(
                "All piezometers of the chosen sections; with hundreds of them choose one section or a point."
            ),
            quantities=("pore_pressure",),
            limits=False,
        ),
        Trend(
            title=N_("Piezometric elevation"),
            about=N_("Elevation to which water would rise above each tip, from the declared density."),
            quantities=("piezometric_elevation",),
            limits=False,
        ),
        Trend(
            title=N_("Pond"),
            about=N_("Elevation of the pond, on the same time axis as the piezometers."),
            quantities=("water_level",),
            where=questions.HERE,
            width=12,
        ),
        Trend(
            title=N_("Rain"),
            about=N_("Of each scan and over 24 h. An unheated gauge in frost is not evaluated, not dry."),
            quantities=("rain", "rain_24h"),
            where=questions.HERE,
            width=12,
        ),
        Trend(
            title=N_("Pore-pressure ratio ru and B-bar"),
            about=N_("By overburden (Bishop and Morgenstern 1960); rise by rise of overburden (Skempton 1954)."),
            quantities=("pore_pressure_ratio", "b_bar"),
            width=12,
        ),
        Trend(
            title=N_("Gradients"),
            about=N_("Hydraulic gradients in nests and at the exit, and their share of the critical gradient."),
            quantities=("hydraulic_gradient", "critical_gradient_share"),
            width=12,
        ),
        _of_each(
            N_("$piezometer: pore pressure"),
            N_("With this point's own limits as they were in force; pond or rain beside it, as chosen above."),
            "pore_pressure",
        ),
        _of_each(
            N_("$head: piezometric elevation"),
            N_("With this point's own limits as they were in force; pond or rain beside it, as chosen above."),
            "piezometric_elevation",
            "head",
        ),
    ),
)
