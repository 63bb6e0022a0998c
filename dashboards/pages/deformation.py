"""Inclinometers, velocity, inverse velocity with its interval, settlement."""

from dashboards.parts import N_, Page, Trend

PAGE = Page(
    name="deformation",
    title=N_("Deformation"),
    about=N_("How the embankment moves."),
    variables=("section", "detail"),
    days=30,
    panels=(
        Trend(
            title=N_("Displacement"),
            about=N_("Horizontal displacement against the fixed end, positive towards A+."),
            quantities=("displacement",),
            width=12,
        ),
        Trend(
            title=N_("Tilt"),
            about=N_("Inclination of each segment from the vertical."),
            quantities=("tilt",),
            width=12,
        ),
        Trend(
            title=N_("Velocity"),
            about=N_("Velocity of displacement. Below the noise of the method it is not evaluated."),
            quantities=("velocity",),
            width=12,
        ),
        Trend(
            title=N_("Days until the line through inverse velocity meets zero"),
            about=N_("Fukuzono's method with its guard rails: evidence beside a second quantity, never alone."),
            quantities=("days_to_failure",),
            width=12,
        ),
        Trend(
            title=N_("Settlement"),
            about=N_("Settlement since the base reading, positive downwards."),
            quantities=("settlement",),
            width=12,
        ),
        Trend(
            title=N_("Elevation of marks"),
            about=N_("Survey marks in the site's vertical datum."),
            quantities=("elevation",),
            width=12,
        ),
    ),
)
