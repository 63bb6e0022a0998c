"""The register of sets of limits, for people and machines. Nothing here changes anything.

    GET /api/v1/sets           every set: where it stands, what it changes, who said what, what is missing; and why
                               acts on sets had no effect, by the id of the act
    GET /api/v1/sets/{id}      the text of its SET.toml, as signed

Times are UTC milliseconds since 1970.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from collector.answers import AnswerError
from collector.etag import tagged
from collector.present import limits_now
from collector.set_acts import without_effect
from collector.store import StoreReader
from seepline.bundle.policy import Policy, PolicyError, read_policy
from seepline.sets.change import Change, changes
from seepline.sets.demand import missing
from seepline.sets.register import Proposal, Register, status_of
from seepline.sets.ruling import ruling_of
from seepline.site import Site


def routes(site: Site, reader: StoreReader, policy: Path, now_ms: Callable[[], int]) -> list[Route]:
    """Return the routes of the register."""

    def listed(request: Request) -> Response:
        register, at_ms, rules = reader.register(), now_ms(), _policy(policy)
        sets = [set_json(register, one, rules, at_ms) for one in register.proposals]
        refused = {act: one.text for act, one in without_effect(reader).items()}
        now = asdict(limits_now(site, register, at_ms))
        return tagged(request, {"limits": now, "sets": sets, "without_effect": refused})

    def text(request: Request) -> Response:
        one = reader.register().find(request.path_params["set"])
        if one is None:
            return AnswerError(404, "not found", "no such set was submitted").response
        return PlainTextResponse(one.text)

    return [Route("/api/v1/sets", listed), Route("/api/v1/sets/{set}", text)]


def set_json(register: Register, one: Proposal, policy: Policy | None, at_ms: int) -> dict[str, object]:
    """Return one set as JSON: `changes` are against the set that it follows, `missing` by the policy of today."""
    before = register.find(one.follows)
    rules = ruling_of(register, policy, one, at_ms).rules if policy and one.is_open else ()
    found = changes(before.limits, one.limits) if before else ()
    return {
        "set": one.id,
        "digest": one.digest,
        "follows": one.follows,
        "status": status_of(register, one, at_ms),
        "kind": one.kind,
        "reason": one.limits.head.reason,
        "effective_ms": one.effective_ms,
        "withdrawn_for": one.withdrawn_for,
        "overtaken_by": one.overtaken_by,
        "changes": [_change(one) for one in found],
        "proposer": asdict(one.proposer),
        "approvals": [asdict(word) for word in one.approvals],
        "objections": [asdict(word) for word in one.objections],
        "missing": missing(rules, one.approvals),
    }


def _change(one: Change) -> dict[str, str]:
    return {"place": one.place, "before": one.before, "after": one.after, "verdict": one.verdict}


def _policy(path: Path) -> Policy | None:
    try:
        return read_policy(path)
    except PolicyError:
        return None
