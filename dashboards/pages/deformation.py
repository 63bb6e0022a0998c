"""Inclinometers, velocity, inverse velocity with its interval, settlement."""

from dashboards.parts import N_, Page, Trend


def _half(title: str, about: str, quantity: str) -> Trend:
    return Trend(title=title, about=about, quantities=(quantity,), width=12)


PAGE = Page(
    name="deformation",
    title=N_("Deformation"),
    about=N_("How the embankment moves."),
    variables=("section", "detail"),
    days=30,
    panels=(
        _half(
            N_("Displacement"),
            N_("Horizontal displacement against the fixed end, positive towards A+."),
            "displacement",
        ),
        _half(N_("Tilt"), N_("Inclination of each segment from the vertical."), "tilt"),
        _half(
            N_("Velocity"),
            N_("Velocity of displacement. Below the noise of the method it is not evaluated."),
            "velocity",
        ),
        _half(
            N_("Days until the line through inverse velocity meets zero"),
            N_("Fukuzono's method with its guard rails: evidence beside a second quantity, never alone."),
            "days_to_failure",
        ),
        _half(N_("Settlement"), N_("Settlement since the base reading, positive downwards."), "settlement"),
        _half(N_("Elevation of marks"), N_("Survey marks in the site's vertical datum."), "elevation"),
    ),
)
