"""The signed bundle: made by a person with the service key, handed to each gateway that asks with its token.

DIR/bundle    the newest one
GET /api/v1/gateways/{id}/bundle    200 with an ETag | 304 for one that If-None-Match names | 404 none made yet

BundleNotMadeError    it cannot be made: one sentence
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.answers import AnswerError, gateway_itself
from collector.set_acts import set_acts
from collector.store import STORE_NAME, StoreReader
from collector.whole_file import replace_file
from seepline.acts.document import act_text, read_accepted
from seepline.bundle import document
from seepline.bundle.document import Approval, Bundle, BundledAct, Decided
from seepline.bundle.errors import Damaged
from seepline.bundle.policy import Policy
from seepline.bundle.verification import Verified, verify
from seepline.sets.register import begin_ms
from seepline.signing_key import SigningKey
from seepline.site_file import parse_site

FILE_NAME = "bundle"


class BundleNotMadeError(Exception):
    """A bundle cannot be made."""


def make(
    path: Path, text: str, approvals: Path, policy: Policy, key: SigningKey, made_ms: int, number: int | None
) -> Verified:
    """Make the bundle of a site file's text, check it as a gateway will, and put it in the place of the last one.

    Its number is one above that of the bundle in `path`, or `number` when there is none or it was lost.

    Raises
    ------
    seepline.site_file.SiteError, seepline.bundle.errors.BundleError
        When a gateway would refuse it: nothing is written.
    BundleNotMadeError
        When approvals or the last bundle cannot be read, or the new one cannot be written.
    """
    last = _last_number(path)
    site = parse_site(text, "SITE.toml")
    sets = {one.id for one in site.threshold_sets}
    bundle = Bundle(
        number=last + 1 if number is None else number,
        made_at=document.time_text(made_ms),
        site_id=site.info.id,
        site=text,
        policy=policy.digest,
        approvals=tuple(one for one in _read_approvals(approvals, site.info.id) if one.set in sets),
        **_register(path.with_name(STORE_NAME)),
    )
    content = document.payload(bundle)
    data = document.sealed(content, key.sign(document.signed_bytes(content)))
    found = verify(data, policy, last)
    try:
        replace_file(path, data)
    except OSError as error:
        raise BundleNotMadeError(f"{path} cannot be written ({error.strerror})") from error
    return found


def _register(store: Path) -> dict[str, Any]:
    """Return the acts on sets that the collector's store holds, and what they decided."""
    if not store.exists():
        return {}
    reader = StoreReader(store)
    try:
        acts = [(read_accepted(one.text).act, one.arrived_ms) for one in set_acts(reader)]
        decided = [(one.id, begin_ms(one)) for one in reader.register().decided]
    except sqlite3.Error as error:
        raise BundleNotMadeError(f"{store} cannot be read ({error}): start the collector once") from error
    return {
        "acts": tuple(BundledAct(act=act_text(act), arrived_ms=at_ms) for act, at_ms in acts),
        "decided": tuple(Decided(set=name, effective_ms=at_ms) for name, at_ms in decided),
    }


def _last_number(path: Path) -> int:
    try:
        return document.read(document.opened(path.read_bytes())[1]).number
    except FileNotFoundError:
        return 0
    except (OSError, Damaged) as error:
        raise BundleNotMadeError(f"{path} is no bundle any more ({error}): remove it and give --number") from error


def _read_approvals(folder: Path, site: str) -> Iterator[Approval]:
    """Yield the approvals of a site in a folder, in the order of their names."""
    for path in sorted(folder.glob("*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            if said.pop("site") == site:
                yield Approval(**said)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BundleNotMadeError(
                f"{path} is no approval ({error}): expected what `seepline sign` wrote"
            ) from error


def routes(path: Path, gateway_of: Callable[[str], str | None]) -> list[Route]:
    """Return the route by which gateways fetch the bundle in `path`."""

    async def bundle(request: Request) -> Response:
        try:
            gateway_itself(gateway_of, request)
        except AnswerError as error:
            return error.response
        data = await run_in_threadpool(_read, path)
        if data is None:
            return AnswerError(404, "not found", "no bundle was made yet").response
        headers = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "Cache-Control": "no-cache"}
        known = {tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")}
        if headers["ETag"] in known:
            return Response(status_code=304, headers=headers)
        return Response(data, headers=headers, media_type="application/octet-stream")

    return [Route("/api/v1/gateways/{gateway}/bundle", bundle)]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
