"""The line protocol between people's tools and a running gateway: one JSON object a line, over a Unix socket.

    {"bus": "bus1", "address": 7, "pdu": "0300000002"}  ->  {"pdu": "030453454550"}
    {"wish": {"id": .., "logger": .., "kind": "repeat", "amount": 3, "expires_at_ms": ..}}  ->  {"accepted": true}
    {"act": "<JSON of a signed act>"}                  ->  {"done": ..}
                                                    or  {"refused": 2, "message": ..}   the logger's exception
                                                        {"no_answer": ..}               nothing right was heard
                                                        {"error": ..}                   the gateway will not

`bus` is "" where the gateway has only one. Who may speak is decided by the socket's mode.
"""

import json
from typing import Any

NAME = "gateway.sock"  # in the gateway's data directory
MOST_BYTES = 4096


class LineError(ValueError):
    """What came over the socket is no line of this protocol."""


def line_of(said: dict[str, Any]) -> bytes:
    r"""Return a JSON object as one line.

    >>> line_of({"bus": "", "address": 1, "pdu": "11"})
    b'{"bus":"","address":1,"pdu":"11"}\n'
    """
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def said_in(line: bytes) -> dict[str, Any]:
    """Return the JSON object of a line.

    Raises
    ------
    LineError
        When it is none.
    """
    try:
        said = json.loads(line)
    except ValueError as error:
        raise LineError(f"expected one JSON object a line ({error})") from error
    if not isinstance(said, dict):
        raise LineError("expected one JSON object a line")
    return said
