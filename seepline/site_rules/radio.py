"""A bus whose line is partly radio says all that the gateway must know to wait for it."""

from collections.abc import Iterator, Mapping

from seepline.site_rules.draft import Draft, Problem, one_of
from seepline.site_rules.values import Row, is_number, printed, shown

_LONGEST_REQUEST_BYTES = 24  # the time, two records of history: a request must not come in two pieces


def _up_to(most: float, value: object) -> bool:
    return is_number(value) and 0 <= float(str(value)) <= most


_ROWS: Mapping[str, Row] = {
    "latency_s": (lambda value: _up_to(30, value), "0 to 30 seconds, how late a frame starts to come out"),
    "packet_bytes": (
        lambda value: type(value) is int and value >= _LONGEST_REQUEST_BYTES,
        f"{_LONGEST_REQUEST_BYTES} bytes or more, the modem's packet",
    ),
    "gap_s": (lambda value: _up_to(10, value), "0 to 10 seconds, the pause between two packets of a frame"),
    "broadcast": (lambda value: isinstance(value, bool), "true or false, whether what is sent to all reaches all"),
}


def radio_segments_are_told_whole(draft: Draft) -> Iterator[Problem]:
    """Check the keys of `radio`: all of them, no others, each in its range."""
    for bus in draft.site.buses:
        if not bus.radio:
            continue
        for key in bus.radio.keys() - _ROWS.keys():
            yield Problem(draft.path(bus, "radio", printed(key)), "an unknown key", one_of(list(_ROWS), key))
        for key, (fits, expected) in _ROWS.items():
            if not fits(bus.radio.get(key)):
                found = shown(bus.radio[key]) if key in bus.radio else "nothing"
                yield Problem(draft.path(bus, "radio", key), found, expected)


RULES = (radio_segments_are_told_whole,)
