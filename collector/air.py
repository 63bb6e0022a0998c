"""The answers to the air that engineers accepted: kept with their dates, and the site as judged with them."""

from dataclasses import asdict

from collector import events
from collector.kept import Kept
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.air import BarometricFactor
from seepline.acts.document import AcceptedAct
from seepline.quality.air import AirResponse, can_correct, with_responses
from seepline.site import Site

_NOBODY = AirResponse(
    point="",
    barometer="",
    response_kpa_per_kpa=0.0,
    tolerance_kpa_per_kpa=0.0,
    fitted_from_ms=0,
    fitted_to_ms=0,
    pairs=0,
    use_as_factor=False,
    valid_from_ms=0,
    accepted_by="",
    act="",
)


class AirResponses:
    """What was accepted for one site's gauges, by act."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = Kept("air", AirResponse, lambda: _NOBODY)

    def load(self, store: StoreWriter) -> None:
        """Take up what the store holds."""
        self._kept.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        self._kept.save(store)

    def judged_site(self) -> Site:
        """Return the site with everything that was accepted."""
        known = self._kept.by_name.values()
        return with_responses(self._site, known) if known else self._site

    def accept(self, accepted: AcceptedAct, body: BarometricFactor, arrived_ms: int) -> StoredEvent:
        """Keep what an act accepts, from its signature on; return what is told of it."""
        from_ms = accepted.act.signed_at_ms
        said = {name: value for name, value in asdict(body).items() if name != "reason"}
        one = AirResponse(**said, valid_from_ms=from_ms, accepted_by=accepted.name, act=accepted.id)
        self._kept.put(accepted.id, one)
        text = (
            f"{accepted.name} ({accepted.role}) accepted that {body.point} answers the air at {body.barometer} by "
            f"{body.response_kpa_per_kpa:.3f} kPa per kPa, give or take {body.tolerance_kpa_per_kpa:g}; "
            f"tested from {events.utc_text(from_ms)} on, {_use(self._site, one)}: {body.reason.strip()}"
        )
        return events.by_person(accepted.id, "air", (body.point, ""), (from_ms, arrived_ms), text)


def _use(site: Site, one: AirResponse) -> str:
    if not one.use_as_factor:
        return "corrects nothing"
    why_not = "corrects nothing, for the sheet has no barometric term then"
    return "corrects by it" if can_correct(site, one) else why_not
