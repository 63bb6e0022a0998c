"""What the collector's answer means for the rows of a batch: a table and its parsing. Pure."""

import json
import re
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import NamedTuple

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 60.0
LONGEST_TOLD_S = 3600.0
HOLD_S = 60.0


class Action(Enum):
    """What to do with a batch that was sent."""

    SENT = "sent"
    REJECTED = "rejected"  # the listed lines are dead letters, the others are stored
    HALVE = "halve"  # one line is bad and the server does not say which
    HOLD = "hold"  # not the batch is wrong but the configuration: a person must act
    RETRY = "retry"


_ACTIONS = {
    204: Action.SENT,
    408: Action.RETRY,
    413: Action.HALVE,
    422: Action.HALVE,
    429: Action.RETRY,
}  # 500 and above: retry; anything else, the 200 of a hotel's login page too: hold


class Refusal(NamedTuple):
    """The body of a 400: reasons by line number (1-based), and the message."""

    reasons: dict[int, str]
    message: str


def action_for(status: int, body: bytes, lines: int) -> tuple[Action, Refusal]:
    """Return what to do after an answer to a batch of so many lines.

    A 400 from something that is no line-protocol server (a proxy, a wrong port) holds the batch: only a server
    that speaks of `code` has read the lines.
    """
    refusal = Refusal({}, f"status {status}")
    if status == 400:
        known = read_refusal(body, lines)
        if known is None:
            return Action.HOLD, refusal
        return (Action.REJECTED if known.reasons else Action.HALVE), known
    if status >= 500:
        return Action.RETRY, refusal
    return _ACTIONS.get(status, Action.HOLD), refusal


def read_refusal(body: bytes, lines: int) -> Refusal | None:
    """Return what a 400 says; None when it is not the answer of a line-protocol server.

    A list that names a line outside the batch is not believed, as if there were none. InfluxDB 3 says `error` and
    `data` instead of `code` and `message`, and its list counts otherwise.
    """
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    if isinstance(said.get("error"), str) and isinstance(said.get("data"), list):
        return Refusal({}, said["error"])
    if not isinstance(said.get("code"), str):
        return None
    message = str(said.get("message", ""))
    try:
        reasons = {int(entry["line"]): str(entry["reason"]) for entry in said.get("rejected") or ()}
    except (TypeError, KeyError, ValueError):
        reasons = {}
    return Refusal(reasons if all(1 <= line <= lines for line in reasons) else {}, message)


def told_s(retry_after: str | None, date: str | None) -> float:
    """Return for how long a server asks to be left alone, 0.0 when it does not say.

    A date is read against the server's own `Date`, for this machine's clock may be wrong (RFC 9110, 10.2.3).

    >>> told_s("7", None), told_s("?", None)
    (7.0, 0.0)
    >>> told_s("Thu, 26 Nov 2026 11:00:30 GMT", "Thu, 26 Nov 2026 11:00:00 GMT")
    30.0
    """
    if re.fullmatch(r"\d{1,9}", retry_after or ""):
        return float(retry_after or 0)
    try:
        wait = parsedate_to_datetime(retry_after or "") - parsedate_to_datetime(date or "")
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, wait.total_seconds())


def retry_s(failures: int, asked_s: float, luck: float) -> float:
    """Return the pause before the next try; `luck` in [0, 1) spreads gateways that failed together.

    >>> retry_s(1, 0.0, 0.0), retry_s(1, 0.0, 0.999) < 0.5, retry_s(99, 0.0, 0.0), retry_s(1, 7.0, 0.0)
    (0.25, True, 30.0, 7.0)
    """
    own_s: float = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(failures - 1, 16))
    return max(min(asked_s, LONGEST_TOLD_S), own_s * (0.5 + luck / 2))


def watermark_of(header: str | None, outbox: str) -> int | None:
    """Return n of 'Seepline-Committed: <outbox id>:<n>', None when it is absent or about another outbox.

    >>> watermark_of("0a1b:12", "0a1b"), watermark_of("ffff:12", "0a1b"), watermark_of(None, "0a1b")
    (12, None, None)
    """
    found = re.fullmatch(r"([^:]+):(\d{1,18})", header or "")
    return int(found[2]) if found and found[1] == outbox else None


def resume_point(body: bytes, outbox: str) -> int | None:
    """Return the watermark in the answer to a question for it; 0 when the collector does not know this outbox."""
    try:
        said = json.loads(body)
        same, committed = said["outbox"] == outbox, int(said["committed"])
    except (ValueError, TypeError, KeyError):
        return None
    return committed if same else 0
