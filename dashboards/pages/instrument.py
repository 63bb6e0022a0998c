"""One point: its values, quality, calibration, and everything that happened to it."""

from dashboards import questions
from dashboards.parts import N_, NO_RAW, Answer, Journal, Page, Rows, Trend
from seepline.quantities import QUANTITIES


def _in_unit(title: str, unit: str) -> Trend:
    return Trend(
        title=title,
        about=N_("All quantities of the point in this unit, with the limits as they were in force."),
        quantities=tuple(name for name, one in QUANTITIES.items() if one.unit == unit),
        where=questions.AT_POINT,
        width=12,
    )


PAGE = Page(
    name="instrument",
    title=N_("Instrument"),
    about=N_("Everything about one point."),
    variables=("section", "point", "wire", "detail", "long"),
    days=30,
    panels=(
        _in_unit(N_("Pressures"), "kPa"),
        _in_unit(N_("Elevations and lengths"), "m"),
        _in_unit(N_("Displacements and rain"), "mm"),
        _in_unit(N_("Angles"), "deg"),
        _in_unit(N_("Temperatures"), "degC"),
        _in_unit(N_("Flows"), "L/s"),
        Answer(
            title=N_("Raw values"),
            about=N_("What the logger measured, in each channel's own unit; choose one by `raw channel`."),
            question=questions.raw("value"),
            alias="$tag_wire",
            width=12,
            nothing=NO_RAW,
        ),
        Rows(
            title=N_("Newest raw values"),
            about=N_(
                "Status 0 is without remark; its bits stand in the register map. Delay: from scan to collector."
            ),
            question=questions.raw_now(),
            width=12,
            nothing=NO_RAW,
        ),
        Rows(
            title=N_("Newest readings"),
            about=N_("Newest value, level, quality and limits of each quantity."),
            question=questions.newest(*QUANTITIES, where=questions.AT_POINT),
        ),
        Rows(
            title=N_("Calibration"),
            about=N_("Which calibration each quantity was computed with, and what it counted."),
            question=questions.calibrations(),
            hidden=("Time",),
        ),
        Journal(
            title=N_("History"),
            about=N_("Everything that happened to this point, newest first."),
            question=questions.journal(where=f'{questions.HERE} AND "point" =~ /^$point$/'),
        ),
    ),
)
