"""The register of a facility's sets: who proposed, approved, objected, what was decided, what is in force when.

    submitted -> decided -> in force -> superseded
        |`-> withdrawn (names its successor)      what is decided ends only by a successor
        `--> overtaken (another set was decided on: submit anew, on top of that one)

These are the words; seepline.sets.life makes one register of another. Which set is in force at a time is a
function of the register alone, so that collector, gateway and a dossier without a server find the same.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from seepline.sets.change import Kind, changes, kind_of
from seepline.sets.limit_set import LimitSet
from seepline.sets.set_file import parse_set

Status = Literal["submitted", "approved", "in force", "superseded", "withdrawn", "overtaken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one person said of a set: `role`, `organisation` and `state` are those of that time."""

    person: str
    name: str
    role: str
    organisation: str
    state: str
    at_ms: int
    act: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One set and what became of it.

    `kind` is what it does to the sets that stood when it was last looked at. `effective_ms` None: not decided.
    `dropped`: it was decided and never came into force, another decided one did before. `announced`: it was told
    that it is in force.
    """

    id: str
    text: str
    digest: str
    follows: str
    kind: Kind
    proposer: Word
    approvals: tuple[Word, ...] = ()
    objections: tuple[Word, ...] = ()
    decided_ms: int | None = None
    effective_ms: int | None = None
    dropped: bool = False
    withdrawn_for: str = ""
    overtaken_by: str = ""
    announced: bool = False

    @property
    def limits(self) -> LimitSet:
        """The set itself."""
        return parsed(self.text)

    @property
    def is_open(self) -> bool:
        """Whether it can still be decided."""
        return not (self.effective_ms is not None or self.withdrawn_for or self.overtaken_by)


@dataclass(frozen=True, slots=True)
class Register:
    """Every set ever submitted, in the order in which they came."""

    proposals: tuple[Proposal, ...] = ()

    def find(self, set_id: str) -> Proposal | None:
        """Return the proposal of a set."""
        return next((one for one in self.proposals if one.id == set_id), None)

    def with_one(self, changed: Proposal) -> "Register":
        """Return the register with a proposal in the place of that of its id."""
        return Register(tuple(changed if one.id == changed.id else one for one in self.proposals))

    @property
    def decided(self) -> tuple[Proposal, ...]:
        """The sets that are, were or will be in force, in the order of their effect."""
        found = [one for one in self.proposals if one.effective_ms is not None and not one.dropped]
        return tuple(sorted(found, key=begin_ms))

    @property
    def head(self) -> str:
        """The set that was decided last: what a new one follows. '' before the first."""
        return self.decided[-1].id if self.decided else ""

    @property
    def newest_ms(self) -> int:
        """When the newest word was said that stands here; 0 before the first."""
        words = (word for one in self.proposals for word in (one.proposer, *one.approvals, *one.objections))
        return max((word.at_ms for word in words), default=0)

    def in_force(self, at_ms: int) -> Proposal | None:
        """Return the set in force at a time; None before the first: then the facility's provisional limits are."""
        begun = [one for one in self.decided if begin_ms(one) <= at_ms]
        return begun[-1] if begun else None

    def standing(self, at_ms: int) -> tuple[Proposal, ...]:
        """Return the set in force at a time and those decided to come: what no tightening may fall behind."""
        now = self.in_force(at_ms)
        return tuple(one for one in self.decided if one is now or begin_ms(one) > at_ms)


def begin_ms(one: Proposal) -> int:
    """Return when a decided set comes into force."""
    return one.effective_ms or 0


@lru_cache(64)
def parsed(text: str) -> LimitSet:
    """Return the set in a text that was accepted before."""
    return parse_set(text)


def kind_on(register: Register, limits: LimitSet, at_ms: int) -> Kind:
    """Return what a set would do to every set that stands: the most careful of the answers."""
    kinds = {kind_of(changes(one.limits, limits)) for one in register.standing(at_ms)}
    careful: tuple[Kind, ...] = ("loosens", "changes", "same", "tightens")
    return next((kind for kind in careful if kind in kinds), "first")


def status_of(register: Register, one: Proposal, at_ms: int) -> Status:
    """Return where a set stands in its life at a time."""
    if one.effective_ms is None:
        return "withdrawn" if one.withdrawn_for else "overtaken" if one.overtaken_by else "submitted"
    if one.dropped:
        return "superseded"
    if one.effective_ms > at_ms:
        return "approved"
    return "in force" if register.in_force(at_ms) is one else "superseded"


def announced(register: Register, at_ms: int) -> tuple[Register, tuple[Proposal, ...]]:
    """Return the register, and the sets that have come into force by a time and were not told yet."""
    due = tuple(one for one in register.decided if begin_ms(one) <= at_ms and not one.announced)
    for one in due:
        register = register.with_one(replace(one, announced=True))
    return register, due
