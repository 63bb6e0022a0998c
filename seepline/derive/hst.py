"""Pond, rain, season and time: what a reading should be by its own past, and by how much it differs.

The regression is that of seepline.derive.regression, trained by seepline.derive.training over the window that the
declaration names, at night, and never again unless the readings of that window change. The pond is felt behind a
lag. What lies outside of what the training saw is suspect: a regression knows nothing there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from seepline.derive.formula import (
    DATE,
    NOT_NEGATIVE,
    Formula,
    Given,
    Made,
    Parameters,
    utc_ms,
    within,
)
from seepline.derive.regression import DAY_MS, Day, residual
from seepline.derive.training import Trained, felt_m, spell_of
from seepline.instruments.kind import Fault
from seepline.reading import Quality

_YEAR_S = 366 * 86_400
RESIDUALS = {
    "pore_pressure": "pore_pressure_residual",
    "piezometric_elevation": "level_residual",
    "water_level": "level_residual",
    "flow": "flow_residual",
}


def _day(given: Given) -> Day:
    spell = spell_of(given.parameters)
    pond_m = felt_m(given.known("pond"), spell.lag_d)
    return Day((given.time_ms - spell.reference_ms) / DAY_MS, pond_m, given.values["rain"])


def _made(given: Given, in_sigmas: bool) -> Made:
    trained = given.trained
    if given.time_ms < spell_of(given.parameters).to_ms:
        return Made(None, f"in training until {given.text('trained_to')}", quality=Quality.NOT_EVALUATED)
    if trained is None:
        return Made(None, "not trained yet: that is done at night", quality=Quality.NOT_EVALUATED)
    if trained.fit is None:
        return Made(None, trained.reason, quality=Quality.FAIL)
    day = _day(given)
    left = residual(trained.fit, day, given.values["value"])
    unseen = _unseen(trained, day)
    quality = Quality.SUSPECT if unseen else Quality.GOOD
    if not in_sigmas:
        return Made(left, unseen, quality=quality)
    if not trained.fit.sigma:
        return Made(None, "the training left no scatter to compare with", quality=Quality.NOT_EVALUATED)
    return Made(left / trained.fit.sigma, unseen, quality=quality)


def _unseen(trained: Trained, day: Day) -> str:
    """Return what of a day lies outside of what the training saw, '' when nothing does."""
    for name, value, unit, span in (
        ("pond", day.pond_m, "m", trained.pond_m),
        ("rain", day.rain_mm, "mm", trained.rain_mm),
    ):
        if not span.holds(value):
            return f"{name} of {value:g} {unit} is outside the trained {span.low:g} to {span.high:g}"
    return ""


def _residual(given: Given) -> Made:
    return _made(given, in_sigmas=False)


def _sigmas(given: Given) -> Made:
    return _made(given, in_sigmas=True)


def _training_fits(quantity: str, inputs: Mapping[str, str], given: Parameters) -> Iterator[Fault]:
    of = inputs.get("value", "")
    if quantity != "residual_sigmas" and RESIDUALS.get(of, quantity) != quantity:
        yield Fault("quantity", repr(quantity), f"{RESIDUALS[of]}, the residual of {of}")
    begin, end = (utc_ms(str(given.get(name, ""))) for name in ("trained_from", "trained_to"))
    if begin is not None and end is not None and end <= begin:
        yield Fault("parameters.trained_to", repr(given["trained_to"]), "a time after trained_from")
    lag_d, window_s = given.get("lag_d"), given.get("window_s")
    if isinstance(lag_d, int | float) and isinstance(window_s, int | float) and window_s < 3 * 86_400 * lag_d:
        found = f"{window_s:g} s for a lag of {lag_d:g} d"
        yield Fault("parameters.window_s", found, "three times the lag or more: what is older is forgotten")


_RESIDUAL = Formula(
    name="hst_residual",
    meaning="measured minus expected from lagged pond, rain, season and time; trained at night",
    source="Willm and Beaujoint (1967), reduced for earth dams; trained over a frozen window",
    quantities=tuple(dict.fromkeys(RESIDUALS.values())),
    compute=_residual,
    inputs={
        "value": tuple(RESIDUALS),
        "pond": ("water_level",),
        "rain": ("antecedent_rain", "rain_24h", "rain_72h"),
    },
    parameters={
        "trained_from": DATE,
        "trained_to": DATE,
        "reference": DATE,
        "lag_d": NOT_NEGATIVE,
        "window_s": within(60, _YEAR_S, "s"),
        "least_days": within(10, 20_000, "days"),
    },
    series=("pond",),
    rising={"value": 1},
    collector_only=True,
    trained=True,
    check=_training_fits,
)

ROWS = (
    _RESIDUAL,
    replace(
        _RESIDUAL,
        name="hst_sigmas",
        meaning="the same in standard deviations of the training's daily readings",
        quantities=("residual_sigmas",),
        compute=_sigmas,
    ),
)
