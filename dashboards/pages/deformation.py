"""Inclinometers as profiles, velocity, inverse velocity, time of failure, settlement, strong motion."""

from functools import partial

from dashboards import questions
from dashboards.levels import BLUE, EARTH, GREY, ORANGE, SKY
from dashboards.parts import N_, Answer, Journal, Line, Page, Places, Rows, Trend

_NO_HOLE = N_("No inclinometer for this choice in this time.")


def _half(title: str, about: str, *quantities: str, limits: bool = True, interval: bool = False) -> Trend:
    return Trend(title=title, about=about, quantities=quantities, width=12, limits=limits, interval=interval)


def _before(name: str, before: str, color: str) -> Line:
    return Line(name=name, question=partial(questions.profile, before), color=color, dashed=True)


PAGE = Page(
    name="deformation",
    title=N_("Deformation"),
    about=N_("How the embankment moves."),
    variables=("section", "hole", "detail", "long"),
    days=30,
    panels=(
        Places(
            title=N_("Inclinometer profile"),
            about=N_(
                "Displacement in mm to the right, height above the fixed end upwards. A step between nodes that"
                " grows is a shear zone."
            ),
            x="displacement_mm",
            order="node",
            x_unit="suffix: mm",
            unit="suffix: m",
            width=15,
            nothing=_NO_HOLE,
            lines=(
                Line(name=N_("end of the shown time"), question=partial(questions.profile, ""), color=BLUE),
                _before(N_("a day before its end"), " - 1d", SKY),
                _before(N_("a week before its end"), " - 7d", ORANGE),
                _before(N_("30 days before its end"), " - 30d", EARTH),
                Line(name=N_("beginning of the shown time"), question=questions.profile_first, color=GREY),
            ),
        ),
        Rows(
            title=N_("Nodes of the profile"),
            about=N_("Each node as it was read last: the profile joins what was read at different times."),
            question=questions.nodes(),
            hidden=("hole",),
            width=9,
            nothing=_NO_HOLE,
        ),
        _half(
            N_("Displacement"),
            N_("Horizontal displacement against the fixed end, positive towards A+."),
            "displacement",
        ),
        _half(
            N_("Most over one interval"),
            N_("Most over one interval of each inclinometer survey: where a shear zone shows first."),
            "interval_displacement",
        ),
        _half(
            N_("Velocity"),
            N_("Velocity of displacement. Below the noise of the method it is not evaluated."),
            "velocity",
        ),
        Answer(
            title=N_("Inverse velocity"),
            about=N_(
                "1 by velocity, of what moves forward: towards zero is faster. A straight line is no promise."
            ),
            question=questions.inverse("value"),
            more=questions.inverse("max"),
            alias="$tag_point",
            unit="suffix: d/mm",
            width=12,
        ),
        _half(
            N_("Days until the line through inverse velocity meets zero"),
            N_("Fukuzono's method with its interval (dashed; an open end is not drawn): evidence, never alone."),
            "days_to_failure",
            limits=False,
            interval=True,
        ),
        _half(N_("Tilt"), N_("Inclination of each segment from the vertical."), "tilt"),
        _half(N_("Settlement"), N_("Settlement since the base reading, positive downwards."), "settlement"),
        _half(N_("Elevation of marks"), N_("Survey marks in the site's vertical datum."), "elevation"),
        _half(
            N_("Movement of survey marks"),
            N_("Movement of survey marks along their declared azimuth."),
            "mark_displacement",
        ),
        _half(
            N_("Peak acceleration"),
            N_("Largest acceleration of each event of strong motion, of any axis and along z."),
            "peak_acceleration",
            "peak_acceleration_z",
        ),
        Journal(
            title=N_("Strong motion"),
            about=N_("What accelerometers recorded: earthquakes, blasts and blows, newest first."),
            question=questions.journal("strong_motion"),
        ),
    ),
)
