"""A gauge's answer to the air accepted: as its signature, and as a factor of correction only if chosen so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import ENGINEERS
from seepline.convert import assignment_at, calibration_at, kind_of
from seepline.quality.air import TEST, pressure_of, takes_air_off
from seepline.site import Site

_LEAST = 0.001  # of a tolerance: less than a fit can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class BarometricFactor:
    """What `seepline quality barometric` fitted, what change of it is to be told, and whether it corrects.

    Times are those of the quiet period. It counts from the time of its signature on.
    """

    point: str
    barometer: str
    response_kpa_per_kpa: float
    tolerance_kpa_per_kpa: float
    fitted_from_ms: int
    fitted_to_ms: int
    pairs: int
    use_as_factor: bool
    reason: str


def _rules(body: BarometricFactor, site: Site) -> Iterator[str]:
    yield from _place_faults(body, site)
    for name, low, high in (("response_kpa_per_kpa", 0.0, 1.0), ("tolerance_kpa_per_kpa", _LEAST, 1.0)):
        if not low <= getattr(body, name) <= high:
            yield f"{name}: found {getattr(body, name):g}; expected {low:g} to {high:g}"
    if body.fitted_from_ms >= body.fitted_to_ms:
        yield f"fitted_to_ms: found {body.fitted_to_ms}; expected a time after fitted_from_ms"
    if body.pairs < 2:
        yield f"pairs: found {body.pairs}; expected those that the fit was made of"
    if not body.reason.strip():
        yield "reason: found nothing; expected why"
    if body.use_as_factor:
        yield from _factor_faults(body, site)


def _place_faults(body: BarometricFactor, site: Site) -> Iterator[str]:
    if not pressure_of(site, body.point, body.fitted_to_ms):
        yield f"point: found {body.point[:64]!r}; expected a point whose gauge measured water pressure then"
    beside = assignment_at(site, body.barometer, body.fitted_to_ms)
    if beside is None or TEST.neighbour_quantity not in kind_of(site, beside).quantities:
        yield f"barometer: found {body.barometer[:64]!r}; expected a point with a barometer then"


def _factor_faults(body: BarometricFactor, site: Site) -> Iterator[str]:
    assignment = assignment_at(site, body.point, body.fitted_to_ms)
    sheet = calibration_at(site, assignment.instrument, body.fitted_to_ms) if assignment else None
    if not takes_air_off(sheet):
        yield "use_as_factor: found true; expected a sheet with a barometric term: write one with its zero first"
    if body.response_kpa_per_kpa == 0:
        yield "response_kpa_per_kpa: found 0, as a factor; expected above 0, or a sheet without the term"


KINDS: Mapping[str, ActKind] = {
    "barometric_factor": ActKind("a gauge's answer to the air accepted", ENGINEERS, BarometricFactor, _rules)
}
