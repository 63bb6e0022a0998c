"""Asks another collector for its state: GET /api/v1/state, once, without following anywhere.

NotToldError    it told nothing that can be used: one sentence
"""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from collector import outward
from collector.facilities.settings import Facility
from seepline.thresholds import Level

_TIMEOUT_S = 10.0
_MOST_BYTES = 4 * 1024 * 1024


class NotToldError(Exception):
    """A collector told nothing that can be used."""


class Told(NamedTuple):
    """What a collector says of its facility: worst level, coverage, its own time, silent loggers, exercise."""

    level: Level
    valid: int
    total: int
    grey: bool
    at_ms: int
    silent: int
    loggers: int
    limits: str
    provisional: bool
    exercise: bool


async def ask(one: Facility, folder: Path) -> Told:
    """Return what a facility's collector says of it; raises NotToldError."""
    try:
        trust = outward.trust(folder / one.ca_file if one.ca_file else None)
        answer = await outward.ask(_request(one, folder), trust)
    except (outward.NoAnswerError, OSError) as error:
        raise NotToldError(f"it cannot be reached: {error}") from error
    if answer.status != HTTPStatus.OK:
        raise NotToldError(f"it answers {answer.status}")
    if not answer.is_whole:
        raise NotToldError(f"its answer is longer than {_MOST_BYTES} bytes")
    try:
        return told(json.loads(answer.body), one.id)
    except (ValueError, RecursionError) as error:
        raise NotToldError("it answers no JSON") from error


def _request(one: Facility, folder: Path) -> outward.Request:
    headers = {"Accept": "application/json"}
    if one.token_file:
        headers["Authorization"] = f"Bearer {(folder / one.token_file).read_text(encoding='ascii').strip()}"
    return outward.Request("GET", f"{one.url.rstrip('/')}/api/v1/state", headers, _TIMEOUT_S, _MOST_BYTES)


def told(said: Any, site: str) -> Told:
    """Return what a state of the API says of a site; raises NotToldError when it is none, or another site's."""
    try:
        found, coverage, loggers = said["site"], said["coverage"], said["loggers"]
        state = Told(
            level=Level[str(said["level"]).upper()],
            valid=int(coverage["valid"]),
            total=int(coverage["total"]),
            grey=coverage["grey"] is True,
            at_ms=int(said["time_ms"]),
            silent=sum(one["silent"] is True for one in loggers),
            loggers=len(loggers),
            limits=str(said["limits"]["set"])[:200],
            provisional=said["limits"]["provisional"] is True,
            exercise=said.get("exercise") is not None,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotToldError("its answer is no state") from error
    if found != site:
        raise NotToldError(f"it keeps site {str(found)[:64]!r}, not {site}")
    return state
