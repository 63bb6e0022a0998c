"""Late readings of one alarm and level that are told together as one piece of news: first, last, worst, count."""

from collections.abc import Sequence
from dataclasses import replace

from collector.events import utc_text
from collector.late_runs import is_worse
from seepline.notices.notice import Notice
from seepline.thresholds import Level

Piece = tuple[str, ...]


def piece_of(notice: Notice) -> Piece:
    """Return what is equal for notices that are one piece of news; () for one that stands alone."""
    if notice.kind != "late" or notice.level < Level.ORANGE:
        return ()
    return notice.point, notice.quantity, notice.direction, notice.threshold_set, notice.level.name


def merged(notices: Sequence[Notice]) -> list[Notice]:
    """Return notices with those that are one piece of news as one, in the order of the first of each."""
    pieces: dict[Piece, list[Notice]] = {}
    for number, one in enumerate(notices):
        pieces.setdefault(piece_of(one) or (str(number),), []).append(one)
    return [as_one(some) for some in pieces.values()]


def as_one(notices: Sequence[Notice]) -> Notice:
    """Return one notice of late readings of an alarm and level: the worst, which says how many it stands for."""
    worst = notices[0]
    for one in notices[1:]:
        if one.value is not None and is_worse(one.direction, one.value, worst.value):
            worst = one
    if len(notices) == 1:
        return worst
    first_ms, last_ms = min(one.time_ms for one in notices), max(one.time_ms for one in notices)
    arrived_ms = max(one.arrived_ms for one in notices)
    many = replace(worst, readings=len(notices), first_ms=first_ms, last_ms=last_ms, arrived_ms=arrived_ms)
    return replace(many, text=_sentence(many))


def _sentence(notice: Notice) -> str:
    unit = notice.unit + (" per hour" if notice.direction.startswith("rate") else "")
    values = [f"{one:.6g} {unit}".rstrip() for one in (notice.value, notice.limit) if one is not None]
    worst = " against ".join(values) or "unknown"
    return (
        f"{notice.point} {notice.quantity}: {notice.level.name.lower()}, late: {notice.readings} readings from"
        f" {utc_text(notice.first_ms)} to {utc_text(notice.last_ms)}, worst {worst}"
        f" ({notice.direction}) at {utc_text(notice.time_ms)}; the last came {utc_text(notice.arrived_ms)}."
    )
