"""Least squares of exponentials on the few complex outputs of the band-pass, one Gauss-Newton step at a time.

A tone is (a, s): the exponential a exp(s m), m = 0, 1, ..., s = decay + j turn per output. The wire is damped; a
line (hum harmonic, drive) is not. One step, or one pass over the outputs, is what is done without a pause.
"""

import math


async def fit(y: list[complex], s: complex, steps: int, damped: bool, pause) -> tuple[complex, complex]:
    """Return a and s of the exponential a exp(s m) nearest to `y`, from a start `s`."""
    tone = 0j, s
    for _ in range(steps):
        tone = step(y, (0j, tone[1]), damped)
        await pause(0)
    return tone


def step(rest: list[complex], tone: tuple, damped: bool) -> tuple[complex, complex]:
    """Return the tone one step nearer to the sum of itself and `rest`.

    With g = exp(s m): a = <g, y> / <g, g>, and the step of s is the least-squares coefficient of m g over a. The
    Gram matrix of g and m g is real, since both turn alike.
    """
    a, s = tone
    back = exp(complex(s.real, -s.imag))
    conjugate, m = 1 + 0j, 0
    c0 = c1 = 0j
    for value in rest:
        part = conjugate * value
        c0 += part
        c1 += m * part
        conjugate *= back
        m += 1
    g0, g1, g2 = moments(2 * s.real, m)
    c0 += a * g0
    c1 += a * g1
    a = c0 / g0
    return a, _moved(s, (c1 * g0 - c0 * g1) / (g0 * g2 - g1 * g1) / a if a else 0j, damped)


def step_both(y: list[complex], s: complex, turn: float) -> tuple[tuple, tuple]:
    """Return a damped tone and a line of known turn, fitted together: amplitudes linear, one step of s."""
    back, line_back = exp(complex(s.real, -s.imag)), exp(complex(0, -turn))
    apart = exp(complex(s.real, turn - s.imag))
    g, line, part, m = 1 + 0j, 1 + 0j, 1 + 0j, 0  # conjugates of the two tones; the first's by the other
    h0 = h1 = c0 = c1 = c2 = 0j
    for value in y:
        h0 += part
        h1 += m * part
        seen = g * value
        c0 += seen
        c1 += m * seen
        c2 += line * value
        g *= back
        line *= line_back
        part *= apart
        m += 1
    g0, g1, g2 = moments(2 * s.real, m)
    # the line's amplitude eliminated, then the two unknowns of the damped tone
    k0, k1 = h0 / m, h1 / m
    b0, b1 = c0 - k0 * c2, c1 - k1 * c2
    q00 = g0 - k0 * _conjugate(h0)
    q01 = g1 - k0 * _conjugate(h1)
    q10 = _conjugate(q01)
    q11 = g2 - k1 * _conjugate(h1)
    det = q00 * q11 - q01 * q10
    a = (b0 * q11 - b1 * q01) / det
    onward = (b1 * q00 - b0 * q10) / det / a
    line_a = (c2 - a * _conjugate(h0) - onward * a * _conjugate(h1)) / m
    return (a, _moved(s, onward, True)), (line_a, complex(0, turn))


def taken_out(y: list[complex], tone: tuple, sign: int = -1) -> list[complex]:
    """Return `y` less one exponential (plus, with sign 1)."""
    a, ratio = sign * tone[0], exp(tone[1])
    left = []
    for value in y:
        left.append(value + a)
        a *= ratio
    return left


def exchange(y: list[complex], back: tuple, out: tuple) -> None:
    """Put one exponential back into `y` and take another out, in place: memory is scarce."""
    a, ratio = back[0], exp(back[1])
    b, other_ratio = out[0], exp(out[1])
    m = 0
    for value in y:
        y[m] = value + a - b
        a *= ratio
        b *= other_ratio
        m += 1


def power(y: list[complex]) -> float:
    """Return the sum of squares."""
    total = 0.0
    for value in y:  # no list: it would be another kilobyte
        total += value.real * value.real + value.imag * value.imag
    return total


def energy(tone: tuple, count: int) -> float:
    """Return the sum of squares of the tone's first `count` values."""
    a, s = tone
    return abs(a) * abs(a) * moments(2 * s.real, count)[0]


def moments(growth: float, count: int) -> tuple[float, float, float]:
    """Return the sums over m < count of r^m, m r^m and m^2 r^m, where r = exp(growth)."""
    n = float(count)
    if abs(growth) < 1e-3:  # the closed forms below lose single precision; to the first order in `growth`
        g1, g2 = n * (n - 1) / 2, n * (n - 1) * (2 * n - 1) / 6
        return n + growth * g1, g1 + growth * g2, g2 + growth * g1 * g1
    r, last = math.exp(growth), math.exp(growth * n)
    left = 1 - r
    g0 = (1 - last) / left
    g1 = (r * g0 - n * last) / left
    return g0, g1, (r * (g0 + 2 * g1) - n * n * last) / left


def exp(value: complex) -> complex:
    size = math.exp(value.real)
    return complex(size * math.cos(value.imag), size * math.sin(value.imag))


def within(value: float, most: float) -> float:
    """Return the value held between -most and most."""
    return max(-most, min(value, most))


def _conjugate(value: complex) -> complex:
    return complex(value.real, -value.imag)


def _moved(s: complex, onward: complex, damped: bool) -> complex:
    """Return `s` one step on, no farther than a step may go, and damped as a wire can be."""
    real = s.real + within(onward.real, 0.05) if damped else 0.0
    return complex(max(-0.25, min(real, 0.02)), s.imag + within(onward.imag, 0.1))
