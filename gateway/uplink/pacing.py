"""How fast and how much at once: a cap in bytes per second, and batches of some seconds on any link. Pure."""

from typing import NamedTuple

BATCH_S = 4.0  # a live row waits at most for one batch of the backlog
FIRST_ROWS = 50
LEAST_ROWS = 5
MOST_ROWS = 1000
_BURST_S = 1.0


class Bucket(NamedTuple):
    """A token bucket: `allowed` bytes may go at `at_s`; a negative number is a debt."""

    bytes_per_s: float
    allowed: float
    at_s: float


def full_bucket(bytes_per_s: float, at_s: float) -> Bucket:
    """Return a bucket that holds one second's bytes, as many as it ever holds."""
    return Bucket(bytes_per_s, bytes_per_s * _BURST_S, at_s)


def take(bucket: Bucket, count: int, now_s: float) -> Bucket:
    """Return the bucket after `count` bytes; it may be in debt, for what came in cannot be refused.

    >>> take(full_bucket(1000, 0.0), 1500, 0.0)
    Bucket(bytes_per_s=1000, allowed=-500.0, at_s=0.0)
    """
    gained = max(0.0, now_s - bucket.at_s) * bucket.bytes_per_s
    most = bucket.bytes_per_s * _BURST_S
    return Bucket(bucket.bytes_per_s, min(most, bucket.allowed + gained) - count, now_s)


def wait_s(bucket: Bucket, now_s: float) -> float:
    """Return how long until nothing is owed.

    >>> wait_s(take(full_bucket(1000, 0.0), 1500, 0.0), 0.1)
    0.4
    """
    return max(0.0, -bucket.allowed / bucket.bytes_per_s - max(0.0, now_s - bucket.at_s))


def next_rows(rows: int, sent: int, took_s: float) -> int:
    """Return the next batch's rows after one of `sent` rows (at most `rows`) took so long.

    At most doubled and at least quartered; a batch that was not full says nothing about a larger one.

    >>> next_rows(50, 50, 0.2), next_rows(200, 200, 8.0), next_rows(200, 3, 0.1), next_rows(200, 3, 6.0)
    (100, 100, 200, 5)
    """
    wanted = sent * min(2.0, max(0.25, BATCH_S / max(took_s, 0.001)))
    if sent < rows and wanted >= sent:
        return rows
    return int(min(MOST_ROWS, max(LEAST_ROWS, wanted)))
