"""/people: the persons of the policy, what each may do now, and whether they can sign in."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.people.answers import Office
from collector.people.book import Account, accounts
from collector.people.shown import ACCOUNT_WORDS
from collector.web.words import Moment, moment
from seepline.bundle.policy import Person, Policy
from seepline.site import valid_at

OnDuty = Callable[[int], tuple[str, ...]]  # who is on duty at a time, by person id


@dataclass(frozen=True, slots=True)
class Time:
    """One role of a person, from when and until when."""

    role: str
    organisation: str
    state: str
    since: Moment
    until: Moment | None
    is_now: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person; `account` is a word of ACCOUNT_WORDS."""

    person: Person
    times: tuple[Time, ...]
    account: str
    has_totp: bool
    on_duty: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The whole page; `policy` is false while there is no good policy file."""

    policy: bool
    rows: tuple[PersonRow, ...]
    on_duty: tuple[str, ...]


def nobody_on_duty(_at_ms: int) -> tuple[str, ...]:
    """Return who is on duty where no rota is kept."""
    return ()


def routes(office: Office, on_duty: OnDuty = nobody_on_duty) -> list[Route]:
    """Return the route of /people."""

    def people(request: Request) -> Response:
        now_ms = office.desk.site_ms()
        page = people_page(
            office.desk.policy.now(),
            accounts(office.desk.book),
            on_duty(now_ms),
            now_ms,
            ZoneInfo(office.shell.site.info.timezone),
        )
        return office.shell.page(request, "people.html", page, words=ACCOUNT_WORDS)

    return [Route("/people", people)]


def people_page(
    policy: Policy | None, known: dict[str, Account], on_duty: tuple[str, ...], now_ms: int, zone: ZoneInfo
) -> PeoplePage:
    """Return the page as data."""
    if policy is None:
        return PeoplePage(False, (), on_duty)
    rows = []
    for person in policy.persons.values():
        account = known.get(person.id)
        times = [person, *(one for one in policy.appointments if one.id == person.id and one is not person)]
        shown = tuple(_time(one, now_ms, zone) for one in dict.fromkeys(times))
        about = (account.state, account.has_totp) if account else ("", False)
        rows.append(PersonRow(person, shown, *about, person.id in on_duty))
    names = (policy.persons[one].name if one in policy.persons else one for one in on_duty)
    return PeoplePage(True, tuple(rows), tuple(names))


def _time(one: Person, now_ms: int, zone: ZoneInfo) -> Time:
    until = None if one.valid_to_ms is None else moment(one.valid_to_ms, zone)
    since, is_now = moment(one.valid_from_ms, zone), valid_at(one.valid_from_ms, one.valid_to_ms, now_ms)
    return Time(one.role, one.organisation, one.state, since, until, is_now)
