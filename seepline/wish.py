"""A wish: scans that a logger shall make at once, or fast scans for some minutes; gateway and collector share it.

WishRefused                 what was told is no wish: every fault in one sentence

{"id": .., "logger": .., "kind": "repeat" | "fast", "amount": .., "expires_at_ms": ..}
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

REPEAT, FAST = "repeat", "fast"
MOST = {REPEAT: 3, FAST: 60}  # scans; minutes. The logger itself allows an hour of both together a day
_ID_CHARS = 64
_LATEST_MS = 2**53


class WishRefused(Exception):  # noqa: N818 - says what it is
    """The wish cannot be granted: one sentence that names what is wrong."""


class Wish(NamedTuple):
    """`amount` scans to repeat, or minutes of fast scans, of a logger of the site; void after `expires_at_ms`."""

    id: str
    logger: str
    kind: str
    amount: int
    expires_at_ms: int


def wish_of(said: Mapping[str, Any]) -> Wish:
    """Return the wish that a JSON object tells.

    Raises
    ------
    WishRefused
        When it is none.

    >>> wish_of({"id": "a", "logger": "toe", "kind": "repeat", "amount": 2, "expires_at_ms": 5}).amount
    2
    """
    kind = said.get("kind")
    faults = [f"{name} is missing" for name in Wish._fields if name not in said]
    if kind not in (REPEAT, FAST):
        faults.append(f"kind is {kind!r}: expected repeat or fast")
    elif not _is_within(said.get("amount"), 1, MOST[str(kind)]):
        faults.append(f"amount is {said.get('amount')!r}: expected 1 to {MOST[str(kind)]}")
    if not _is_within(said.get("expires_at_ms"), 0, _LATEST_MS):
        faults.append(f"expires_at_ms is {said.get('expires_at_ms')!r}: expected UTC milliseconds")
    if not isinstance(said.get("id"), str) or not 0 < len(said["id"]) <= _ID_CHARS:
        faults.append(f"id is {said.get('id')!r}: expected 1 to {_ID_CHARS} characters")
    if faults:
        raise WishRefused("this is no wish: " + "; ".join(faults))
    return Wish(said["id"], str(said["logger"]), str(kind), int(said["amount"]), int(said["expires_at_ms"]))


def _is_within(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
