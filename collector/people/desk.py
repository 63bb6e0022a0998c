"""Who is who: accounts, the policy's persons as they are now, and the two clocks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from collector.people.book import Book
from collector.people.log import Happened, note
from collector.people.seal import KeyFile
from seepline.bundle.policy import Person, Policy, PolicyError, read_policy
from seepline.site import valid_at


class PolicyFile:
    """The policy as the running collector sees it: read again when its file has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._policy: Policy | None = None

    def now(self) -> Policy | None:
        """Return the policy, None while there is no good one: then nobody can sign in."""
        stamp = self._stat()
        if stamp != self._stamp:
            self._policy, self._stamp = self._read(), stamp
        return self._policy

    def _stat(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _read(self) -> Policy | None:
        try:
            return read_policy(self._path)
        except PolicyError:
            return None


@dataclass(frozen=True, slots=True)
class Desk:
    """What sign-in needs. `now_ms` is real time, `site_ms` the site's clock, by which persons are appointed."""

    site_id: str
    book: Book
    policy: PolicyFile
    now_ms: Callable[[], int]
    site_ms: Callable[[], int]
    key: KeyFile

    def person(self, person_id: str) -> Person | None:
        """Return a person who is appointed now, None for every other name."""
        policy, at_ms = self.policy.now(), self.site_ms()
        found = policy.person_at(person_id, at_ms) if policy else None
        return found if found and valid_at(found.valid_from_ms, found.valid_to_ms, at_ms) else None

    def note(self, person: str, kind: str, address: str, said: str = "") -> None:
        """Write down what happened to an account."""
        note(self.book, Happened(self.now_ms(), person, kind, address, said))
