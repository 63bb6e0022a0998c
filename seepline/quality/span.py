"""Gross range: what nature allows (fail), and the span that an engineer declares for a point (suspect).

Source: QARTOD gross range test (IOOS, 2020). A value at an end of a span is inside it.
"""

from seepline.quality.flags import GOOD, Flag, fail, suspect
from seepline.quality.looks import Seen
from seepline.quantities import QUANTITIES


def gross_range(quantity: str, value: float) -> Flag:
    """Return FAIL for a value that nature does not allow; the value stays and is judged.

    >>> gross_range("temperature", 120.0)
    Flag(quality=<Quality.FAIL: 4>, reason='120 degC is outside the plausible range, -60 to 80 degC')
    """
    row = QUANTITIES[quantity]
    if row.is_plausible(value):
        return GOOD
    limits = f"{row.plausible_min:g} to {row.plausible_max:g} {row.unit}"
    return fail(f"{value:g} {row.unit} is outside the plausible range, {limits}")


def declared_range(seen: Seen, *, suspect_min: float, suspect_max: float) -> Flag:
    """Return SUSPECT for a value outside the span that is declared for the point."""
    if suspect_min <= seen.this.value <= suspect_max:
        return GOOD
    return suspect(f"range: {seen.this.value:g} is outside the declared {suspect_min:g} to {suspect_max:g}")
