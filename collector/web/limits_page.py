"""/limits: who proposed, approved and objected to which set of limits, what it changes, which one is in force."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.present import LimitsNow, limits_now
from collector.store import StoreReader
from collector.web.words import Moment, moment
from seepline.sets.change import Change, changes
from seepline.sets.limit_set import LimitSet
from seepline.sets.register import Proposal, Register, Word, status_of
from seepline.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One person's word on a set."""

    word: Word
    when: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCard:
    """One set as the page shows it; `since` is when it comes or came into force."""

    id: str
    status: str
    kind: str
    digest: str
    limits: LimitSet
    proposer: Said
    approvals: tuple[Said, ...]
    objections: tuple[Said, ...]
    changes: tuple[Change, ...]
    follows: str
    since: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsPage:
    """The whole page, the newest set first."""

    limits: LimitsNow
    sets: tuple[SetCard, ...]


def limits_page(site: Site, store: StoreReader, at_ms: int) -> LimitsPage:
    """Return the page as data."""
    register, zone = store.register(), ZoneInfo(site.info.timezone)
    return LimitsPage(
        limits=limits_now(site, register, at_ms),
        sets=tuple(_card(register, one, at_ms, zone) for one in reversed(register.proposals)),
    )


def _card(register: Register, one: Proposal, at_ms: int, zone: ZoneInfo) -> SetCard:
    before = register.find(one.follows)
    return SetCard(
        id=one.id,
        status=status_of(register, one, at_ms),
        kind=one.kind,
        digest=one.digest,
        limits=one.limits,
        proposer=_said(one.proposer, zone),
        approvals=tuple(_said(word, zone) for word in one.approvals),
        objections=tuple(_said(word, zone) for word in one.objections),
        changes=changes(before.limits, one.limits) if before else (),
        follows=one.follows,
        since=None if one.effective_ms is None or one.dropped else moment(one.effective_ms, zone),
    )


def _said(word: Word, zone: ZoneInfo) -> Said:
    return Said(word=word, when=moment(word.at_ms, zone))
