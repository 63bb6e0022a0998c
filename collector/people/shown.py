"""What the pages of people have in common: words, and one thing that happened with its time."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.people.log import Happened
from collector.web.words import Moment, moment, noted
from seepline.acts import roles

NO_CODES = noted(
    "Codes of authenticators cannot be checked: their key file is missing, or is another one."
    " Whoever keeps the server puts it back, as docs/people.md says."
)
HAPPENED_WORDS = {
    "signed in": noted("signed in"),
    "signed out": noted("signed out"),
    "refused": noted("sign-in refused"),
    "password set": noted("password set"),
    "invited": noted("invited"),
    "locked": noted("locked"),
    "unlocked": noted("unlocked"),
    "removed": noted("account removed"),
    "token made": noted("token made"),
    "token revoked": noted("token revoked"),
}
ACCOUNT_WORDS = {
    "": noted("no account"),
    "invited": noted("invited, no password yet"),
    "open": noted("can sign in"),
    "locked": noted("locked"),
}
ROLE_WORDS = {
    roles.OPERATOR: noted("operator"),
    roles.OBSERVER: noted("observer"),
    roles.RESPONSIBLE_ENGINEER: noted("responsible engineer"),
    roles.ENGINEER_OF_RECORD: noted("engineer of record"),
    roles.DEPUTY_ENGINEER_OF_RECORD: noted("deputy engineer of record"),
    roles.ACCOUNTABLE_EXECUTIVE: noted("accountable executive"),
    roles.INDEPENDENT_REVIEWER: noted("independent reviewer"),
    roles.INSPECTOR: noted("inspector"),
    roles.AUTHORITY: noted("authority"),
    roles.ADMINISTRATOR: noted("administrator"),
}
SAID_WORDS = (  # what is written beside it, in English; other texts are shown as they are
    noted("name or password"),
    noted("code"),
    noted("key of the authenticators"),
    noted("unknown name"),
    noted("everywhere"),
    noted("by invitation"),
    noted("password change"),
    noted("authenticator set up"),
    noted("by command"),
    noted("by the provider"),
)


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that happened to an account."""

    when: Moment
    person: str
    kind: str
    address: str
    said: str


def done(happened: Happened, zone: ZoneInfo) -> Done:
    """Return a row of the log as pages show it."""
    when = moment(happened.at_ms, zone)
    return Done(when, happened.person, happened.kind, happened.address, happened.said)
