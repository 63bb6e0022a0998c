"""A value of a quantity in its own unit, and beside it in the others that people speak. Pure."""

from collector.web.scales import number
from collector.web.words import BOUND_SIGNS, Translate, unit_word
from seepline.quantities import QUANTITIES
from seepline.spoken_units import Spoken, spoken


def shown(one: Spoken, _: Translate = str) -> str:
    """Return a value with its unit as it is printed."""
    return f"{number(one.value, one.decimals)} {unit_word(one.unit, _)}".rstrip()


def sides(
    quantity: str, value: float | None, _: Translate = str, *, bound: str = "", rate: bool = False
) -> list[str]:
    """Return a value in its own unit first; a `rate` is per hour. Empty for none, or for an unknown quantity.

    >>> sides("pore_pressure", 98.0665)[:3], sides("water_level", 1.0, rate=True)
    (['98.07 kPa', '10.000 m H₂O', '1.0000 kgf/cm²'], ['1.000 m/h', '3.28 ft/h'])
    """
    if value is None or quantity not in QUANTITIES:
        return []
    per = "/" + _("h") if rate else ""
    return [f"{BOUND_SIGNS[bound]}{shown(one, _)}{per}" for one in spoken(value, QUANTITIES[quantity].unit)]
