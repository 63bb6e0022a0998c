"""Times of a logger: they run forward with its own sequence, lie in no future, and stand once.

A reading dated ahead is kept and not judged (seepline.alarm.is_ahead), and a second value for one time is kept as
a conflict (collector/journal_rows.py), so neither reaches this test. What is left: a clock that went back, so that
a later record carries an earlier time.
"""

from seepline.quality.flags import GOOD, Flag, not_evaluated, suspect
from seepline.quality.wire import Scan


def time_order(scan: Scan) -> Flag:
    """Return SUSPECT for a reading whose predecessor in time has a higher sequence number of the same ring."""
    if scan.before is None:
        return not_evaluated("time_order: no reading before")
    if not scan.this.identity or not scan.before.identity:
        return not_evaluated("time_order: the writer gives no sequence numbers")
    ring, sequence = _place(scan.this.identity)
    ring_before, sequence_before = _place(scan.before.identity)
    if ring != ring_before or sequence_before < sequence:
        return GOOD
    return suspect(f"time_order: record {sequence} is dated after record {sequence_before}, which was made later")


def _place(identity: str) -> tuple[str, int]:
    """Return the ring with its logger, and the sequence number, of 'logger:ring:sequence'."""
    ring, _, sequence = identity.rpartition(":")
    return ring, int(sequence)
