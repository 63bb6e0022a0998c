"""Why a bundle is refused: one class for each reason, one sentence for each bundle.

BundleError
|- Damaged            these bytes are no bundle, or not all of one
|- ForeignSigner      another key than the service key of the policy signed it
|- OldNumber          its number is not above that of the last one accepted
|- ForeignSite        it is that of another site
|- UnreadableSite     its site file has problems
|- NotKept            it is right, and cannot be written to this disk
`- Unapproved         a set of limits has not the approvals that the policy asks for
   |- NoRule              no rule of the policy is about this set
   |- StrayApproval       an approval of a set that the site file does not hold
   |- UnknownPerson       the policy does not name who signed
   |- WrongRole           the role of who signed may not approve this set
   |- ExpiredAppointment  who signed was not appointed at that time
   |- ForgedApproval      the signature is not this person's over this set
   |- DoubleApproval      one person signed twice
   |- MissingApproval     too few signed, or none of a role that must
   |- RefusedAct          an act on a set that does not count by this machine's policy
   `- OtherRegister       the acts make other limits than the bundle says
"""


class BundleError(Exception):
    """A bundle is refused; what was in force stays."""


class Damaged(BundleError):
    """These bytes are no bundle, or not all of one."""


class ForeignSigner(BundleError):
    """Another key than the policy's service key signed it."""


class OldNumber(BundleError):
    """Its number is not above that of the last one accepted."""


class ForeignSite(BundleError):
    """It is the bundle of another site."""


class UnreadableSite(BundleError):
    """Its site file has problems."""


class NotKept(BundleError):
    """It cannot be written to this disk."""


class Unapproved(BundleError):
    """A set of limits has not the approvals that the policy asks for."""


class NoRule(Unapproved):
    """No rule of the policy is about this set."""


class StrayApproval(Unapproved):
    """An approval of a set that the site file does not hold."""


class UnknownPerson(Unapproved):
    """The policy does not name who signed."""


class WrongRole(Unapproved):
    """The role of who signed may not approve this set."""


class ExpiredAppointment(Unapproved):
    """Who signed was not appointed at that time."""


class ForgedApproval(Unapproved):
    """The signature is not this person's over this set."""


class DoubleApproval(Unapproved):
    """One person signed a set twice."""


class MissingApproval(Unapproved):
    """Too few signed, or none of a role that must."""


class RefusedAct(Unapproved):
    """An act on a set does not count by this machine's policy."""


class OtherRegister(Unapproved):
    """The acts in it make other limits than it says."""
