"""Least squares of one ringing wire and the lines beside it, on the few complex outputs of the band-pass.

A tone is (a, s): the exponential a exp(s m), m = 0 ... 60, s = decay + j turn per output of HOP samples. The
wire is damped; a line (hum harmonic, drive) is not. Lines farther than 6 Hz from the wire are found one by one
in what is left and fitted in turn. A line nearer than that hides under the wire's own peak: it is fitted
together with the wire, and where another mains harmonic is in sight its frequency is not fitted but taken from
that one, because the two together are worth little otherwise (the bound is in bench/vw_estimator.py).
"""

import math

from firmware.vibrating_wire import kernels
from firmware.vibrating_wire.kernels import HOP, POINTS

SAMPLE_HZ = 16000
LINES = 3  # taken out beside the wire
_LINE_OUT = 14.0  # peak over mean power of what is left: one in thousands for noise alone
_DECAY_START = -0.03  # per output: about 0.13 s
_NEAR_POINTS = 12  # of the outputs' transform: 6 Hz
_TURN_PER_HZ = 2 * math.pi * HOP / SAMPLE_HZ
_MAINS_OFF_HZ = 0.25  # how far the mains may be from its nominal frequency
_NEAR_HZ = 12.0


def take_apart(y: list, centre: int, mains_hz: int, room) -> tuple:
    """Return the wire and the lines beside it, each (a, s); `centre` is the band-pass's grid point."""
    grid = 2 * math.pi * (centre % 8) / 8  # the grid's own turn per output
    _, turn = _highest(y, grid, 48, 0, room)  # the wire is within 23 Hz of its grid point
    wire = fit(y, complex(_DECAY_START, turn), 6, True)
    lines: list = []
    hidden, rest = None, taken_out(y, wire)
    for most, out in ((1, 2 * _NEAR_POINTS), (2, 2 * _NEAR_POINTS), (LINES, _NEAR_POINTS)):
        known = len(lines)
        if hidden and known == 2:
            break  # the two and the hidden one are what the time allows
        wire, hidden, rest = add_lines(rest, wire, hidden, lines, (most, out), room)
        if len(lines) > known and not hidden:
            wire, hidden, rest = _uncover(rest, wire, lines, centre, mains_hz)
    if lines:
        wire, hidden, rest = settle(rest, wire, hidden, lines, 2 if hidden else 1)
    return wire, lines + [hidden] if hidden else lines


def _uncover(rest: list, wire: tuple, lines: list, centre: int, mains_hz: int) -> tuple:
    """Return the wire, the line hidden under its peak (None without one that explains enough) and what is left.

    The hidden line's turn is foretold again as the others settle; lines that crept under the peak give way to it.
    """
    turn = _hidden_turn(wire, lines, centre, mains_hz)
    if turn is None:
        return wire, None, rest
    own = taken_out(rest, wire, 1)
    for line in [line for line in lines if abs(line[1].imag - wire[1].imag) < _NEAR_HZ * _TURN_PER_HZ]:
        own = taken_out(own, line, 1)
        lines.remove(line)
    alone = fit(own, wire[1], 2, True)
    without = taken_out(own, alone)
    both, hidden, left = _with_hidden(own, wire, turn)
    if _power(without) < _power(left) * (1 + _LINE_OUT / len(own)):
        return alone, None, without
    for _ in range(2):
        turn = _hidden_turn(both, lines, centre, mains_hz) or turn
        both, hidden, left = _with_hidden(own, both, turn)
        both, hidden, left = settle(left, both, hidden, lines, 1)
        own = taken_out(taken_out(left, both, 1), hidden, 1)
    return both, hidden, left


def add_lines(rest: list, wire: tuple, hidden: tuple | None, lines: list, most: tuple, room) -> tuple:
    """Take up to most[0] lines out of `rest`, none within most[1] points of the wire; return what settles then."""
    while len(lines) < most[0]:
        excess, turn = _highest(rest, wire[1].imag, POINTS // 2, most[1], room)
        if excess < _LINE_OUT:
            break
        lines.append(fit(rest, complex(0, turn), 3, False))
        wire, hidden, rest = settle(taken_out(rest, lines[-1]), wire, hidden, lines, 1)
    return wire, hidden, rest


def settle(rest: list, wire: tuple, hidden: tuple | None, lines: list, rounds: int) -> tuple:
    """Fit each tone again to what the others leave, `rounds` times; `lines` is changed in place."""
    for _ in range(rounds):
        own = taken_out(rest, wire, 1)
        if hidden:
            alone = taken_out(taken_out(taken_out(own, hidden, 1), wire), hidden)
            refined = fit(taken_out(alone, hidden, 1), hidden[1], 1, False)
            wire, hidden, rest = _with_hidden(taken_out(own, hidden, 1), wire, refined[1].imag)
        else:
            wire = fit(own, wire[1], 1, True)
            rest = taken_out(own, wire)
        for number in range(len(lines)):
            own = taken_out(rest, lines[number], 1)
            lines[number] = fit(own, lines[number][1], 1, False)
            rest = taken_out(own, lines[number])
    return wire, hidden, rest


def _with_hidden(own: list, wire: tuple, turn: float) -> tuple:
    wire, line = fit_both(own, wire[1], turn, 1)
    return wire, line, taken_out(taken_out(own, wire), line)


def _power(y: list) -> float:
    return sum([value.real * value.real + value.imag * value.imag for value in y])


def _hidden_turn(wire: tuple, lines: list, centre: int, mains_hz: int) -> float | None:
    """Return the turn of the mains harmonic within 12 Hz of the wire, foretold by the strongest in sight."""
    wire_hz = frequency_hz(wire[1], centre)
    best = None
    for a, s in lines:
        line_hz = frequency_hz(s, centre)
        order = round(line_hz / mains_hz)
        is_mains = abs(line_hz / order - mains_hz) < _MAINS_OFF_HZ
        if is_mains and abs(line_hz - wire_hz) > _NEAR_HZ and (best is None or abs(a) > best[0]):
            best = abs(a), line_hz / order
    if best is None:
        return None
    off_hz = round(wire_hz / best[1]) * best[1] - wire_hz
    return wire[1].imag + off_hz * _TURN_PER_HZ if abs(off_hz) < _NEAR_HZ else None


def frequency_hz(s: complex, centre: int) -> float:
    """Return the frequency of a tone seen through the band-pass at `centre`, in single precision."""
    return centre * (SAMPLE_HZ / POINTS) + beyond_grid(s, centre) / _TURN_PER_HZ


def beyond_grid(s: complex, centre: int) -> float:
    """Return the turn per output by which a tone differs from the band-pass's centre."""
    turn = s.imag - 2 * math.pi * (centre % 8) / 8
    return turn - 2 * math.pi * round(turn / (2 * math.pi))


def fit(y: list[complex], s: complex, steps: int, damped: bool) -> tuple[complex, complex]:
    """Return a and s of the exponential a exp(s m) nearest to `y`, from a start `s`.

    With g = exp(s m): a = <g, y> / <g, g>, and the step of s is the least-squares coefficient of m g over a. The
    Gram matrix of g and m g is real, since both turn alike.
    """
    a = 0j
    for _ in range(steps):
        size = math.exp(s.real)
        ratio, back = size * size, complex(size * math.cos(s.imag), -size * math.sin(s.imag))
        conjugate, m = 1 + 0j, 0
        c0 = c1 = 0j
        for value in y:
            part = conjugate * value
            c0 += part
            c1 += m * part
            conjugate *= back
            m += 1
        g0, g1, g2 = _moments(ratio, len(y))
        a = c0 / g0
        step = (c1 * g0 - c0 * g1) / (g0 * g2 - g1 * g1) / a if a else 0j
        s += complex(within(step.real, 0.05) if damped else 0.0, within(step.imag, 0.1))
        s = complex(max(-0.25, min(s.real, 0.02)), s.imag)
    return a, s


def taken_out(y: list[complex], tone: tuple, sign: int = -1) -> list[complex]:
    """Return `y` less one exponential (plus, with sign 1)."""
    a, s = tone
    size = math.exp(s.real)
    ratio = complex(size * math.cos(s.imag), size * math.sin(s.imag))
    a, left = sign * a, []
    for value in y:
        left.append(value + a)
        a *= ratio
    return left


def _moments(ratio: float, count: int) -> tuple[float, float, float]:
    """Return the sums over m < count of ratio^m, m ratio^m and m^2 ratio^m."""
    if ratio == 1.0:
        n = float(count)
        return n, n * (n - 1) / 2, n * (n - 1) * (2 * n - 1) / 6
    g0 = g1 = g2 = 0.0
    weight = 1.0
    for m in range(count):
        part = m * weight
        g0 += weight
        g1 += part
        g2 += m * part
        weight *= ratio
    return g0, g1, g2


def fit_both(y: list, s: complex, turn: float, steps: int) -> tuple:
    """Return the wire and a line of known turn, fitted together: amplitudes linear, only s iterated."""
    a = line_a = 0j
    onward = complex(math.cos(turn), math.sin(turn))
    for _ in range(steps):
        size = math.exp(s.real)
        back = complex(size * math.cos(s.imag), -size * math.sin(s.imag))
        g, line, m = 1 + 0j, 1 + 0j, 0  # g is the conjugate of exp(s m)
        g0 = g1 = g2 = h0 = h1 = c0 = c1 = c2 = 0j
        for value in y:
            weight = abs(g) * abs(g)
            g0 += weight
            g1 += m * weight
            g2 += m * m * weight
            part = g * line
            h0 += part
            h1 += m * part
            part = g * value
            c0 += part
            c1 += m * part
            c2 += complex(line.real, -line.imag) * value
            g *= back
            line *= onward
            m += 1
        n = len(y)
        # the line's amplitude eliminated, then the two unknowns of the wire
        k0, k1 = h0 / n, h1 / n
        b0, b1 = c0 - k0 * c2, c1 - k1 * c2
        q00 = g0 - k0 * complex(h0.real, -h0.imag)
        q01 = g1 - k0 * complex(h1.real, -h1.imag)
        q10 = complex(q01.real, -q01.imag)
        q11 = g2 - k1 * complex(h1.real, -h1.imag)
        det = q00 * q11 - q01 * q10
        a = (b0 * q11 - b1 * q01) / det
        step = (b1 * q00 - b0 * q10) / det / a
        line_a = (c2 - a * complex(h0.real, -h0.imag) - step * a * complex(h1.real, -h1.imag)) / n
        s += complex(within(step.real, 0.05), within(step.imag, 0.1))
        s = complex(max(-0.25, min(s.real, 0.02)), s.imag)
    return (a, s), (line_a, complex(0, turn))


def _highest(y: list[complex], around: float, reach: int, out: int, room) -> tuple[float, float]:
    """Return peak over mean power of the outputs' transform, and the peak's turn per output.

    Looked at: `reach` points of the transform either side of the turn `around`, less the `out` nearest.
    """
    largest = max([max(abs(value.real), abs(value.imag)) for value in y]) or 1.0
    real, imaginary, places = room.real, room.imaginary, kernels.PLACES
    kernels.clear(real)
    kernels.clear(imaginary)
    scale = 10000 / largest
    for m in range(len(y)):
        real[places[m]] = int(scale * y[m].real)
        imaginary[places[m]] = int(scale * y[m].imag)
    kernels.transform(real, imaginary)
    room.span[0], room.span[1], room.span[2] = round(around * POINTS / (2 * math.pi)) % POINTS, reach, out
    kernels.strongest(real, imaginary, room.span, room.found)
    best, power, total = room.found
    return power * 2 * (reach - out) / (total or 1), 2 * math.pi * best / POINTS


def within(value: float, most: float) -> float:
    """Return the value held between -most and most."""
    return max(-most, min(value, most))
