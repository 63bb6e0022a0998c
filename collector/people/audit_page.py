"""/audit: the chain of acts with its heads, by person and kind, and who signed in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.acts.table import KeptAct
from collector.people.act_words import body_words
from collector.people.answers import Office, seen_by
from collector.people.log import newest
from collector.people.paths import SEES_SIGN_INS
from collector.people.shown import HAPPENED_WORDS, Done, done
from collector.web.words import Moment, moment
from seepline.acts.chain import Head, policy_of
from seepline.acts.document import read_accepted
from seepline.acts.keys import KeyRing
from seepline.acts.kinds import KINDS

_MOST_ACTS, _MOST_HEADS, _MOST_DONE = 100, 30, 100
POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Chain:
    """What pages ask the journal: entries before a line, by person and kind; heads of days; further keys."""

    before: Callable[[int, int, str, str], Awaitable[list[KeptAct]]]
    heads: Callable[[int], Awaitable[list[Head]]]
    ring: Callable[[], Awaitable[KeyRing]]


@dataclass(frozen=True, slots=True)
class ActRow:
    """One entry of the chain."""

    line: int
    when: Moment
    person: str
    name: str
    role: str
    kind: str
    told: str
    body: tuple[tuple[str, str], ...]
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """The whole page; `older` is the line before which the next page goes on, 0 at the end."""

    acts: tuple[ActRow, ...]
    older: int
    heads: tuple[Head, ...]
    done: tuple[Done, ...]
    sees_all: bool
    person: str
    kind: str
    persons: tuple[str, ...]
    kinds: tuple[str, ...]


def routes(office: Office, chain: Chain) -> list[Route]:
    """Return the route of /audit?person=&kind=&before=."""

    async def audit(request: Request) -> Response:
        asked = request.query_params
        person, kind, before = (asked.get(key, "")[:64] for key in ("person", "kind", "before"))
        line = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else 2**62
        kept = await chain.before(line, _MOST_ACTS + 1, person, kind)
        heads = await chain.heads(_MOST_HEADS)
        page = await run_in_threadpool(_page, office, request, (kept, heads), (person, kind))
        return await run_in_threadpool(office.shell.page, request, "audit.html", page, words=HAPPENED_WORDS)

    return [Route("/audit", audit)]


def _page(
    office: Office, request: Request, found: tuple[list[KeptAct], list[Head]], asked: tuple[str, str]
) -> AuditPage:
    zone, visitor, (kept, heads) = ZoneInfo(office.shell.site.info.timezone), seen_by(request).visitor, found
    sees_all = visitor.role in SEES_SIGN_INS
    whose = asked[0] if sees_all else visitor.person
    policy = office.desk.policy.now()
    return AuditPage(
        acts=tuple(_row(one, zone) for one in kept[:_MOST_ACTS]),
        older=kept[_MOST_ACTS - 1].line if len(kept) > _MOST_ACTS else 0,
        heads=tuple(heads),
        done=tuple(done(one, zone) for one in newest(office.desk.book, _MOST_DONE, whose)),
        sees_all=sees_all,
        person=asked[0],
        kind=asked[1],
        persons=tuple(policy.persons) if policy else (),
        kinds=(*sorted(KINDS), POLICY),
    )


def _row(one: KeptAct, zone: ZoneInfo) -> ActRow:
    when = moment(one.arrival_ms, zone)
    if policy_of(one.text):
        return ActRow(one.line, when, "", "", "", POLICY, "", (), one.chain)
    accepted = read_accepted(one.text)
    told = KINDS[accepted.act.kind].told if accepted.act.kind in KINDS else ""
    about = (accepted.act.person, accepted.name, accepted.role, accepted.act.kind, told)
    return ActRow(one.line, when, *about, tuple(body_words(accepted.act.body, zone)), one.chain)
