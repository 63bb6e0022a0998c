"""Whether a bundle may come into force: the one check, the same where it is made and where it is used. Pure.

    service key's signature -> number above the last -> site -> every set's approvals

No clock is asked: a Raspberry Pi has none that can be believed at its start. Appointments are held against the
time that the person signed as theirs, and that against the time of the bundle.
"""

from dataclasses import dataclass

from seepline.bundle import document
from seepline.bundle.approvals import check_sets
from seepline.bundle.document import Bundle, time_ms
from seepline.bundle.errors import ExpiredAppointment, ForeignSigner, ForeignSite, OldNumber, UnreadableSite
from seepline.bundle.policy import Policy
from seepline.signatures import is_signed_by
from seepline.site import Site
from seepline.site_file import SiteError, parse_site

_CLOCKS_DIFFER_MS = 600_000


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle that may come into force, with its site."""

    bundle: Bundle
    site: Site


def verify(data: bytes, policy: Policy, last_number: int) -> Verified:
    """Return a bundle that may follow the bundle `last_number` (0: none was ever accepted).

    Raises
    ------
    seepline.bundle.errors.BundleError
        Of the class that says why not, with one sentence.
    """
    signature, content = document.opened(data)
    if not is_signed_by(policy.service_key, signature, document.signed_bytes(content)):
        raise ForeignSigner("the bundle is not signed by the service key of the policy, or was changed since")
    bundle = document.read(content)
    if bundle.number <= last_number:
        raise OldNumber(
            f"the bundle has number {bundle.number}; expected one above {last_number}, accepted before"
        )
    site = _site(bundle, policy)
    for one in bundle.approvals:
        if one.signed_at_ms > time_ms(bundle.made_at) + _CLOCKS_DIFFER_MS:
            raise ExpiredAppointment(
                f"set {one.set}: {one.person} signed it on {one.signed_at}, after the bundle was made"
            )
    check_sets(site, bundle.approvals, policy)
    return Verified(bundle, site)


def _site(bundle: Bundle, policy: Policy) -> Site:
    try:
        site = parse_site(bundle.site, f"bundle {bundle.number}")
    except SiteError as error:
        first, more = error.problems[0], len(error.problems) - 1
        rest = f", and {more} more" if more else ""
        raise UnreadableSite(f"the site file of bundle {bundle.number} has problems: {first}{rest}") from error
    if not policy.site == bundle.site_id == site.info.id:
        raise ForeignSite(
            f"the bundle names site {bundle.site_id} and holds the file of {site.info.id}; the policy of"
            f" this machine is for {policy.site}"
        )
    return site
