"""Dashboards brought to a Grafana server: what is there already stays, what is not ours is never touched.

Pushing twice changes nothing. Ours is what bears our uid and our tag; anything else at one of our uids, and what
the server itself reads from files, is left alone and told.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple, Protocol

from dashboards.frame import TAG

FOLDER_UID, FOLDER_TITLE = "seepline", "Seepline"
_OF_THE_SERVER = ("id", "version")


class Found(Protocol):
    """A dashboard that a server has."""

    @property
    def dashboard(self) -> dict[str, Any]:
        """Return its JSON."""

    @property
    def provisioned(self) -> bool:
        """Tell whether files on the server are its source."""


class Server(Protocol):
    """What pushing needs of a server; dashboards.grafana_server has it."""

    def dashboard(self, uid: str) -> Found | None:
        """Return a dashboard, None when there is none."""

    def has_folder(self, uid: str) -> bool:
        """Tell whether there is a folder."""

    def make_folder(self, uid: str, title: str) -> None:
        """Make a folder."""

    def keep(self, dashboard: Mapping[str, Any], folder_uid: str, message: str) -> None:
        """Keep a dashboard over the version that it was made from."""


class Verdict(Enum):
    """What pushing a dashboard means."""

    SAME = "is there already"
    NEW = "is new"
    CHANGED = "has changed"
    NOT_OURS = "bears our uid but not our tag: left alone"
    FROM_FILES = "comes from files on the server: left alone"


class Step(NamedTuple):
    """One dashboard to push: what that means, and the difference line by line."""

    dashboard: dict[str, Any]
    verdict: Verdict
    difference: list[str]

    @property
    def to_do(self) -> bool:
        """Tell whether something has to be written."""
        return self.verdict in (Verdict.NEW, Verdict.CHANGED)


def plan(server: Server, texts: Mapping[str, str]) -> Iterator[Step]:
    """Yield what has to be done for each dashboard; nothing is written."""
    for name in sorted(texts):
        yield _step(server, json.loads(texts[name]))


def carry_out(server: Server, steps: list[Step], message: str) -> None:
    """Write what is new or has changed; make the folder when there is none."""
    to_do = [step for step in steps if step.to_do]
    if to_do and not server.has_folder(FOLDER_UID):
        server.make_folder(FOLDER_UID, FOLDER_TITLE)
    for step in to_do:
        server.keep(step.dashboard, FOLDER_UID, message)


def _step(server: Server, ours: dict[str, Any]) -> Step:
    found = server.dashboard(ours["uid"])
    if found is None:
        return Step(ours, Verdict.NEW, _difference({}, ours))
    if found.provisioned:
        return Step(ours, Verdict.FROM_FILES, [])
    if TAG not in found.dashboard.get("tags", ()):
        return Step(ours, Verdict.NOT_OURS, [])
    theirs = {key: value for key, value in found.dashboard.items() if key not in _OF_THE_SERVER}
    if theirs == ours:
        return Step(ours, Verdict.SAME, [])
    made_from = {key: found.dashboard[key] for key in _OF_THE_SERVER if key in found.dashboard}
    return Step({**ours, **made_from}, Verdict.CHANGED, _difference(theirs, ours))


def _difference(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> list[str]:
    before, after = _lines(theirs), _lines(ours)
    return list(difflib.unified_diff(before, after, "on the server", "from the code", lineterm="", n=1))


def _lines(dashboard: Mapping[str, Any]) -> list[str]:
    return json.dumps(dashboard, indent=1, sort_keys=True, ensure_ascii=False).splitlines()
