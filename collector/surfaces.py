"""Who signed which response surface: an act under the table's own digest, so that an edited table is unsigned."""

from dataclasses import dataclass

from collector import events
from collector.kept import Kept
from collector.store import StoredEvent
from collector.store_writing import StoreWriter
from seepline.acts.document import AcceptedAct
from seepline.acts.surfaces import ResponseSurface, surface_of
from seepline.derive.stability import digest
from seepline.site import Site
from seepline.site_derived import Derived


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed, and by which act."""

    name: str = ""
    act: str = ""


class Surfaces:
    """The signatures of one site's response surfaces."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._signed = Kept("surface", Signed, Signed)

    def load(self, store: StoreWriter) -> None:
        """Take up what the store holds."""
        self._signed.load(store)

    def save(self, store: StoreWriter) -> None:
        """Write what changed into the store's open transaction."""
        self._signed.save(store)

    def sign(self, accepted: AcceptedAct, body: ResponseSurface) -> Derived:
        """Keep a signature whose act was checked; return the declaration."""
        self._signed.put(body.digest, Signed(accepted.name, accepted.id))
        derived = surface_of(self._site, body)
        assert derived is not None  # noqa: S101 - the act's rules have seen to it
        return derived

    def signed_by(self, derived: Derived) -> str:
        """Return who signed a declaration as it stands, '' while nobody has."""
        return self._signed.get(digest(self._site.info.id, derived)).name


def told(accepted: AcceptedAct, body: ResponseSurface, derived: Derived, arrived_ms: int) -> StoredEvent:
    """Return the event that a surface was signed."""
    text = f"{accepted.name} ({accepted.role}) signed {derived.label} of {derived.point}: {body.reason}"
    times = (accepted.act.signed_at_ms, arrived_ms)
    return events.by_person(accepted.id, "surface", (derived.point, derived.quantity), times, text)
