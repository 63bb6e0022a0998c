"""Which rows of a gateway's outbox are on disk: ranges, merged, and the watermark below which nothing is missing.

    Seepline-Outbox: <outbox id>:<a>-<b>,<a>-<b>,...        on a request: the rows that it carries
    Seepline-Committed: <outbox id>:<n>                     on the answer: rows 1 to n are all on disk

Outbox rows are numbered from 1.
"""

import re

Ranges = tuple[tuple[int, int], ...]

_HEADER = re.compile(r"([A-Za-z0-9._-]{1,64}):([0-9]{1,18}-[0-9]{1,18}(?:,[0-9]{1,18}-[0-9]{1,18})*)")


class OutboxHeaderError(ValueError):
    """The header Seepline-Outbox cannot be read."""


def read_header(text: str) -> tuple[str, Ranges]:
    """Return (outbox id, ranges) of a Seepline-Outbox header.

    >>> read_header("7f3a:1-3,9-9")
    ('7f3a', ((1, 3), (9, 9)))
    """
    found = _HEADER.fullmatch(text.strip())
    if found is None:
        raise OutboxHeaderError(f"Seepline-Outbox is {text[:80]!r}: expected <outbox id>:<a>-<b>,...")
    pairs = [part.split("-") for part in found[2].split(",")]
    ranges = tuple((int(first), int(last)) for first, last in pairs)
    if any(not 1 <= first <= last for first, last in ranges):
        raise OutboxHeaderError(f"Seepline-Outbox is {text[:80]!r}: expected 1 <= a <= b in every range")
    return found[1], ranges


def merged(ranges: Ranges) -> Ranges:
    """Return the same rows as few ranges in order.

    >>> merged(((4, 5), (1, 3), (9, 9), (2, 4)))
    ((1, 5), (9, 9))
    """
    whole: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if whole and first <= whole[-1][1] + 1:
            whole[-1] = (whole[-1][0], max(last, whole[-1][1]))
        else:
            whole.append((first, last))
    return tuple(whole)


def watermark(ranges: Ranges) -> int:
    """Return the highest n with all rows 1 to n in merged ranges.

    >>> watermark(((1, 5), (9, 9))), watermark(((2, 5),)), watermark(())
    (5, 0, 0)
    """
    return ranges[0][1] if ranges and ranges[0][0] == 1 else 0
