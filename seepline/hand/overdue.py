"""When a reading by hand or a round should have come: silence of people is not safety either."""

from collections.abc import Iterator
from typing import NamedTuple

from seepline.site import Site
from seepline.site_hand import Hand, Round


class Duty(NamedTuple):
    """Something that people do again and again: 'point/method', or the id of a round."""

    name: str
    point: str
    overdue_ms: int
    from_ms: int
    words: str


def duties(site: Site, time_ms: int) -> Iterator[Duty]:
    """Yield what has to be done as the site declares it at a time."""
    for point, hands in site.hands_by_point.items():
        for method in dict.fromkeys(one.method for one in hands):
            declared = [one for one in hands if one.method == method]
            hand = _in_force(declared, time_ms)
            if hand is not None:
                words = f"{point} {method.replace('_', ' ')}"
                yield Duty(f"{point}/{method}", point, _ms(hand.overdue_h), declared[-1].valid_from_ms, words)
    for number, rounds in site.rounds_by_id.items():
        one = _in_force_round(rounds, time_ms)
        if one is not None:
            yield Duty(f"round {number}", "", _ms(one.overdue_h), rounds[-1].valid_from_ms, f"round {one.name}")


def _in_force(hands: list[Hand], time_ms: int) -> Hand | None:
    return next((one for one in hands if one.valid_from_ms <= time_ms), None)


def _in_force_round(rounds: tuple[Round, ...], time_ms: int) -> Round | None:
    return next((one for one in rounds if one.valid_from_ms <= time_ms), None)


def round_at(site: Site, number: str, time_ms: int) -> Round | None:
    """Return the check-list of a round that is in force at a time."""
    return _in_force_round(site.rounds_by_id.get(number, ()), time_ms)


def _ms(hours: float) -> int:
    return int(hours * 3_600_000)


def is_overdue(duty: Duty, last_ms: int | None, listening_since_ms: int, now_ms: int) -> bool:
    """Tell whether a duty is overdue: since the last time it was done, or since somebody could have been told.

    >>> dip = Duty("SP1/standpipe", "SP1", 3_600_000, 0, "SP1 standpipe")
    >>> is_overdue(dip, 0, 0, 3_600_000), is_overdue(dip, 0, 0, 3_600_001), is_overdue(dip, None, 9, 3_600_009)
    (False, True, False)
    """
    begin_ms = max(duty.from_ms, listening_since_ms) if last_ms is None else last_ms
    return now_ms - begin_ms > duty.overdue_ms
