"""The door for acts: checked here once, journalled, acted on by the engine.

POST /api/v1/acts     one act as JSON -> 201 with its id | 200 known already | 400 no act | 403 it does not count
GET  /api/v1/acts     ?after=LINE&limit= -> accepted acts in their order, with the links of the chain
GET  /api/v1/acts/ID  whether it was judged, and the events of its turn: what followed, or why it had no effect;
                      `said` is an event's sentence in the reader's language (?lang=), `text` as it is kept

DIR/policy.toml says who may do what; without it every act is refused. It is read anew for each act.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collector.acts.followed import Followed
from collector.acts.table import KeptAct
from collector.answers import AnswerError, unavailable
from collector.asked import piece, piece_of
from collector.body import BodyError, read_body
from collector.journal import JournalUnavailableError
from collector.notify.sentences import said
from collector.web.shell import language_of
from seepline.acts.check import checked
from seepline.acts.document import AcceptedAct, accepted_text, read_act
from seepline.acts.errors import ActRefused, BadBody, DamagedAct
from seepline.acts.keys import NO_KEYS, KeyRing
from seepline.bundle.policy import PolicyError, read_policy
from seepline.site import Site

POLICY_NAME = "policy.toml"


async def _no_further_keys() -> KeyRing:
    return NO_KEYS


@dataclass(frozen=True, slots=True)
class Desk:
    """What the door needs: whom it serves, where the policy lies, and the journal behind the database thread."""

    site: Site
    policy: Path
    append: Callable[[str, str, str, int], Awaitable[bool]]  # id and text of an act, text of the policy, now
    after: Callable[[int, int], Awaitable[list[KeptAct]]]
    now_ms: Callable[[], int]
    followed: Callable[[str], Awaitable[Followed | None]]
    ring: Callable[[], Awaitable[KeyRing]] = _no_further_keys


def routes(desk: Desk) -> list[Route]:
    """Return the routes of the door."""
    one_at_a_time = asyncio.Lock()  # an act is written behind the very entries under which it was checked

    async def post(request: Request) -> Response:
        try:
            data = await _body(request)
            async with one_at_a_time:
                accepted, policy = await _accepted(desk, data)
                new = await desk.append(accepted.id, accepted_text(accepted), policy, desk.now_ms())
        except AnswerError as error:
            return error.response
        except JournalUnavailableError as error:
            return unavailable(str(error)).response
        return JSONResponse({"id": accepted.id, "new": new}, 201 if new else 200)

    async def listed(request: Request) -> Response:
        try:
            asked = piece(request)
        except ValueError as error:
            return AnswerError(400, "invalid", str(error)).response
        found = await desk.after(asked.after, asked.limit + 1)
        rows = [(one.line, asdict(one) | {"text": json.loads(one.text)}) for one in found]
        return piece_of(request, asked, rows)

    async def one(request: Request) -> Response:
        found = await desk.followed(request.path_params["act"])
        if found is None:
            return AnswerError(404, "not found", "no such act was accepted").response
        language = language_of(request)
        events = [asdict(one) | {"said": said(one.kind, one.text, language).text} for one in found.events]
        return JSONResponse({"judged": found.judged, "events": events})

    return [
        Route("/api/v1/acts", post, methods=["POST"]),
        Route("/api/v1/acts", listed),
        Route("/api/v1/acts/{act}", one),
    ]


async def _body(request: Request) -> bytes:
    try:
        return await read_body(request.stream(), request.headers.get("Content-Encoding", ""))
    except BodyError as error:
        raise AnswerError(error.status, error.code, str(error)) from error


async def _accepted(desk: Desk, data: bytes) -> tuple[AcceptedAct, str]:
    """Return the act in a body when it counts, and the policy under which it does. Raises AnswerError."""
    try:
        return await run_in_threadpool(_check, desk, data, await desk.ring())
    except (DamagedAct, BadBody) as error:
        raise AnswerError(400, "invalid", str(error)) from error
    except ActRefused as error:
        raise AnswerError(403, "refused", str(error)) from error
    except PolicyError as error:
        raise AnswerError(403, "no policy", f"nobody may act here: {error.problems[0]}") from error


def _check(desk: Desk, data: bytes, ring: KeyRing) -> tuple[AcceptedAct, str]:
    policy = read_policy(desk.policy)
    return checked(read_act(data), policy, desk.site, desk.now_ms(), ring), policy.text
