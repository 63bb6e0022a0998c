"""Which registers are read together: a gap is read along when asking twice would cost more. Pure.

Asking once more costs a request (8 bytes), the frame around an answer (5 bytes), two silences t3.5 and the
device's turn-round; a register that nobody wants costs two bytes. Over a radio asking again costs its latency
twice, and a register its share of the gap between packets.
"""

from collections.abc import Iterable
from typing import NamedTuple

from gateway.bus.exchange import Pace

_REQUEST_BYTES = 8
_ANSWER_FRAME_BYTES = 5
_REGISTER_BYTES = 2
MOST_REGISTERS = 125  # Modbus Application Protocol v1.1b3, 6.3


class Span(NamedTuple):
    """Registers that one request reads."""

    first: int
    length: int

    @property
    def end(self) -> int:
        """The register after the last."""
        return self.first + self.length


def cheapest_gap(pace: Pace) -> int:
    """Return the widest gap, in registers, that is cheaper to read along than to ask around.

    >>> [cheapest_gap(Pace(baud, 10, 0.005)) for baud in (9600, 19200, 115200)]
    [12, 14, 55]
    """
    again_s = (
        pace.trip_s(_REQUEST_BYTES) + pace.trip_s(_ANSWER_FRAME_BYTES) + 2 * pace.silence_s + pace.turn_round_s
    )
    gap_s = _REGISTER_BYTES * pace.radio.gap_s / pace.radio.packet_bytes if pace.radio else 0.0
    return int(again_s / (pace.wire_s(_REGISTER_BYTES) + gap_s))


def merged(wanted: Iterable[Span], gap: int, most: int = MOST_REGISTERS) -> list[Span]:
    """Return the fewest spans that read all wanted ones: gaps up to `gap` read along, none longer than `most`.

    A wanted span is never cut: its value would be of two moments.

    >>> merged([Span(0, 2), Span(10, 2), Span(40, 2)], 8)
    [Span(first=0, length=12), Span(first=40, length=2)]
    >>> merged([Span(0, 4), Span(4, 4)], 8, most=6)
    [Span(first=0, length=4), Span(first=4, length=4)]
    """
    spans: list[Span] = []
    for span in sorted(wanted):
        if spans and span.first - spans[-1].end <= gap and max(span.end, spans[-1].end) - spans[-1].first <= most:
            spans[-1] = Span(spans[-1].first, max(span.end, spans[-1].end) - spans[-1].first)
        else:
            spans.append(span)
    return spans
