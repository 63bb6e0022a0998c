"""One point: its values, quality, calibration, and everything that happened to it."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards import looks, questions
from dashboards.frame import Words, frame
from dashboards.units import unit_of
from seepline.quantities import QUANTITIES

NAME = "instrument"
_POINT = f'{questions.IN_SECTION} AND "point" =~ /^$point$/'


def page(words: Words) -> Dashboard:
    """Return the dashboard."""
    say = words.say
    made = frame(
        words, NAME, say("Instrument"), say("Everything about one point."), "section", "point", "detail", days=30
    )
    for unit, quantities in _by_unit():
        title = f"{say('Values in')} {unit}"
        about = say("All quantities of the point in this unit, with the limits as they were in force.")
        panel = looks.trend(
            words, title, about, unit_of(quantities[0]), quantities, where=_POINT, alias="$tag_point $tag_quantity"
        )
        made = made.with_panel(panel)
    return made.with_panel(
        looks.rows(
            words,
            say("Newest readings"),
            say("Newest value, level, quality and limits of each quantity."),
            questions.newest(*QUANTITIES, where=_POINT),
        )
    ).with_panel(
        looks.rows(
            words,
            say("History"),
            say("Everything that happened to this point, newest last."),
            questions.journal(where=f'{questions.HERE} AND "point" =~ /^$point$/'),
        )
    )


def _by_unit() -> list[tuple[str, tuple[str, ...]]]:
    """Return what instruments measure, by unit; rates and ratios have pages of their own."""
    shown = ("kPa", "m", "mm", "deg", "degC")
    return [(unit, tuple(name for name, one in QUANTITIES.items() if one.unit == unit)) for unit in shown]
