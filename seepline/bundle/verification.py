"""Whether a bundle may come into force: the one check, the same where it is made and where it is used. Pure.

    service key's signature -> number above the last -> site -> every act on a set -> the sets of the site file

The register of sets is made anew from the signed acts, under this machine's own policy. While a set of it is in
force the sets of the site file judge nothing and need no approval; before that they do, as ever.

No clock is asked: a Raspberry Pi has none that can be believed at its start. Appointments are held against the
time that the person signed as theirs, and that against the time of the bundle.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from seepline.acts.check import believed
from seepline.acts.document import read_act
from seepline.acts.errors import ActRefused
from seepline.bundle import document
from seepline.bundle.approvals import check_sets
from seepline.bundle.document import Bundle, time_ms, time_text
from seepline.bundle.errors import (
    ExpiredAppointment,
    ForeignSigner,
    ForeignSite,
    OldNumber,
    OtherRegister,
    RefusedAct,
    UnreadableSite,
)
from seepline.bundle.policy import Policy
from seepline.sets.by_act import step
from seepline.sets.in_force import with_register
from seepline.sets.life import SetRefused
from seepline.sets.register import Register
from seepline.signatures import is_signed_by
from seepline.site import Site
from seepline.site_file import SiteError, parse_site

_CLOCKS_DIFFER_MS = 600_000


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle that may come into force; its site has the sets of the register."""

    bundle: Bundle
    site: Site
    register: Register


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
    register = _register(bundle, policy, site)
    if register.in_force(time_ms(bundle.made_at)) is None:
        check_sets(site, bundle.approvals, policy, time_ms(bundle.made_at))
    return Verified(bundle, with_register(site, register), register)


def _register(bundle: Bundle, policy: Policy, site: Site) -> Register:
    register = Register()
    for one in bundle.acts:
        try:
            accepted = believed(read_act(one.act), policy, site, one.arrived_ms)
            register, _ = step(register, policy, accepted, one.arrived_ms)
        except (ActRefused, SetRefused) as error:
            raise RefusedAct(f"an act on a set of limits does not count here: {error}") from error
    made = [(one.id, one.effective_ms) for one in register.decided]
    said = [(one.set, one.effective_ms) for one in bundle.decided]
    if made != said:
        raise OtherRegister(
            f"by the policy of this machine the sets decided are {_shown(made)}; the bundle says {_shown(said)}"
        )
    return register


def _shown(sets: Sequence[tuple[str, int | None]]) -> str:
    return ", ".join(f"{name} from {time_text(at_ms or 0)}" for name, at_ms in sets) or "none"


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
