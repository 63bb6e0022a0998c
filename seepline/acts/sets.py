"""Acts on sets of limits: submit, approve, object, withdraw. What they lead to stands in seepline.sets.life."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seepline.acts.kind import ActKind
from seepline.acts.roles import APPROVERS, INSPECTOR, PROPOSERS
from seepline.sets.set_file import SetError, parse_set
from seepline.sets.set_rules import is_date
from seepline.sets.site_fit import site_problems
from seepline.site import Site
from seepline.site_rules.values import has_text, shown

_DIGEST_CHARS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSubmit:
    """A proposed set: the text of its SET.toml."""

    toml: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetApprove:
    """An approval of a set, by its id and the SHA-256 of its text.

    The legal approval may be an act of its own, on paper or in the container of a national electronic signature:
    `act_title`, `act_number`, `act_date` (ISO) and `act_sha256` name it, all of them or none.
    """

    set: str
    digest: str
    act_title: str = ""
    act_number: str = ""
    act_date: str = ""
    act_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetObject:
    """An objection to a set, with its reason."""

    set: str
    digest: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWithdraw:
    """A set that shall not be, the one that shall be instead, and the reason."""

    set: str
    digest: str
    successor: str
    reason: str


def _submit_rules(body: SetSubmit, _site: Site) -> Iterator[str]:
    try:
        parse_set(body.toml)
    except SetError as error:
        yield from map(str, error.problems)


def _submit_fits(body: SetSubmit, site: Site) -> Iterator[str]:
    yield from map(str, site_problems(parse_set(body.toml), site))


def _digest(text: str) -> Iterator[str]:
    if len(text) != _DIGEST_CHARS or any(digit not in "0123456789abcdef" for digit in text):
        yield f"digest: found {shown(text)}; expected the SHA-256 of the set's text: 64 hex digits"


def _approve_rules(body: SetApprove, _site: Site) -> Iterator[str]:
    yield from _digest(body.digest)
    about = {key: getattr(body, key) for key in ("act_title", "act_number", "act_date", "act_sha256")}
    if not any(about.values()):
        return
    yield from (
        f"{key}: found nothing; expected all four keys of the act, or none" for key in about if not about[key]
    )
    if body.act_date and not is_date(body.act_date):
        yield f"act_date: found {shown(body.act_date)}; expected a day such as 2026-11-20"
    if body.act_sha256:
        yield from (text.replace("digest", "act_sha256", 1) for text in _digest(body.act_sha256))


def _reason_rules(body: SetObject | SetWithdraw, _site: Site) -> Iterator[str]:
    yield from _digest(body.digest)
    if not has_text(body.reason):
        yield "reason: found nothing; expected why, in words"


KINDS: Mapping[str, ActKind] = {
    "set_submit": ActKind("a proposed set of limits", PROPOSERS, SetSubmit, _submit_rules, _submit_fits),
    "set_approve": ActKind("an approval of a set of limits", APPROVERS, SetApprove, _approve_rules),
    "set_object": ActKind("an objection to a set of limits", APPROVERS | {INSPECTOR}, SetObject, _reason_rules),
    "set_withdraw": ActKind("a set of limits withdrawn", PROPOSERS, SetWithdraw, _reason_rules),
}
