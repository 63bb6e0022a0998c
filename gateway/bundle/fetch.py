"""Asking the collector for the bundle after each contact: seldom more than a question, never a lower number.

GET /api/v1/gateways/{id}/bundle    If-None-Match: what is known -> 304 | 200 with a bundle | 404 none yet
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from gateway.bundle.cache import Cache
from gateway.clock import Clock
from gateway.outbox.file import OutboxError
from seepline.bundle.errors import BundleError
from seepline.bundle.verification import Verified

log = logging.getLogger(__name__)

ASK_EVERY_S = 60.0


class Answer(Protocol):
    """What is asked of an HTTP client's answer."""

    @property
    def status_code(self) -> int:
        """Its status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""

    @property
    def content(self) -> bytes:
        """Its whole body."""


class Client(Protocol):
    """What is asked of the HTTP client that the uplink lends after a contact."""

    def get(self, url: str, *, headers: Mapping[str, str]) -> Awaitable[Answer]:
        """Ask for what lies under a path."""


Note = Callable[[str, str, str, int], None]  # (kind, subject, text, at_ms): an event of the outbox


class Fetcher:
    """Keeps one gateway's bundle up to date. `accepted` and `refused` are called when something changed.

    `refusal` is '' or the sentence why the newest bundle that came, or that lies on the disk, is not in force.
    """

    def __init__(
        self,
        gateway: str,
        cache: Cache,
        clock: Clock,
        note: Note,
        accepted: Callable[[Verified], None],
        refused: Callable[[], None],
    ) -> None:
        self._path = f"/api/v1/gateways/{gateway}/bundle"
        self._cache = cache
        self._clock = clock
        self._note = note
        self._accepted = accepted
        self._refused = refused
        self._next_s = 0.0
        self._refused_sha256 = ""
        self.refusal = cache.refusal

    def begin(self) -> None:
        """Tell what the disk holds."""
        if self._cache.in_force is not None:
            self._accepted(self._cache.in_force)
        if self.refusal:
            self._tell("bundle_refused", self.refusal)
            self._refused()

    async def fetch(self, client: Client) -> None:
        """Ask once a minute at most; what the client raises passes through, and the next contact asks again."""
        now_s = asyncio.get_running_loop().time()
        if now_s < self._next_s:
            return
        known = [f'"{sha256}"' for sha256 in (self._cache.sha256, self._refused_sha256) if sha256]
        answer = await client.get(self._path, headers={"If-None-Match": ", ".join(known)} if known else {})
        self._next_s = now_s + ASK_EVERY_S
        if answer.status_code == 200:
            self._take(answer.content)
        elif answer.status_code == 304:
            self._unchanged(answer.headers.get("ETag", ""))
        elif answer.status_code != 404:
            log.warning("the collector answers %d when asked for the bundle", answer.status_code)

    def _take(self, data: bytes) -> None:
        try:
            found = self._cache.accept(data)
        except BundleError as error:
            self._refused_sha256 = hashlib.sha256(data).hexdigest()
            if self.refusal != str(error):
                self.refusal = str(error)
                self._tell("bundle_refused", self.refusal)
            self._refused()
            return
        self._well()
        self._tell("bundle_accepted", f"bundle {found.bundle.number} of {found.bundle.made_at} is in force")
        self._accepted(found)

    def _unchanged(self, etag: str) -> None:
        """End a refusal when the server has what is in force here again."""
        if self.refusal and etag == f'"{self._cache.sha256}"' and self._cache.in_force is not None:
            self._well()
            self._accepted(self._cache.in_force)

    def _well(self) -> None:
        self.refusal, self._refused_sha256 = "", ""

    def _tell(self, kind: str, text: str) -> None:
        try:
            self._note(kind, "bundle", text, self._clock.now_ms())
        except OutboxError as error:  # a full disk stops no judgement
            log.warning("%s: %s (not kept as an event: %s)", kind, text, error)

    def status(self) -> dict[str, object]:
        """Return this part of the status file."""
        found = self._cache.in_force
        return {
            "number": found.bundle.number if found else 0,
            "made_at": found.bundle.made_at if found else None,
            "sha256": self._cache.sha256,
            "highest_number": self._cache.mark.number,
            "refusal": self.refusal,
        }
