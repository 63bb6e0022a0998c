"""When a logger that sleeps between its scans is awake, and how long one of several may be served. Pure.

    logger   ──zz── scan ▓▓▓ listen ▓▓▓ ──────────── zzz ──────────── scan ▓▓▓ listen ▓▓▓ ── zzz
    gateway          ↑ opens      ↑ closes

Source: docs/window-protocol.md. The logger's own answer says when it scans next, in its own time; the gateway
reckons with how far that clock stood from its own. Before the first answer scans are looked for at even multiples
of the interval, where loggers scan by themselves.
"""

from typing import NamedTuple

OPENS_AFTER_MS = 2000  # the scan's time, beside measuring
WIRE_MS = 1500  # one vibrating wire is measured so long
MOST_WIRES = 16  # looked for while nobody knows how many there are
TRIES = 3
TRIES_APART_S = 0.3
MOST_WINDOWS = 12  # a logger that is spoken with stays awake for so many windows at most
PREAMBLE_S = 1.2  # at least 1 s is asked for
AFTER_PREAMBLE_S = 0.05
SECOND_CALL_S = 1.0  # a start that reads the DS3231 takes up to 1.6 s
AGAIN_S = 1.0  # after a call that nobody answered, while the window is open
CALLS_WHILE_WELL = 4  # in one window; a logger that missed several is called once in each
WELL_UP_TO = 3


class Habit(NamedTuple):
    """What is known of a logger's sleep. `next_scan_ms` is by its own clock, 0 unknown; `offset_ms` its lead."""

    scan_s: int
    window_s: int
    next_scan_ms: int = 0
    offset_ms: int = 0
    wires: int | None = None


class Window(NamedTuple):
    """When a logger listens, in the gateway's site time, and the scan (by the logger's clock) before it."""

    scan_ms: int
    opens_ms: int
    closes_ms: int


def window_of(scan_ms: int, habit: Habit) -> Window:
    """Return the window after the scan at `scan_ms` of the logger's clock.

    >>> window_of(900_000, Habit(900, 5, offset_ms=-400, wires=4))
    Window(scan_ms=900000, opens_ms=908400, closes_ms=913400)
    >>> window_of(900_000, Habit(900, 5))  # before the first answer
    Window(scan_ms=900000, opens_ms=902000, closes_ms=931000)
    """
    opens_ms = scan_ms - habit.offset_ms + OPENS_AFTER_MS + WIRE_MS * (habit.wires or 0)
    measuring_ms = WIRE_MS * MOST_WIRES if habit.wires is None else 0
    return Window(scan_ms, opens_ms, opens_ms + measuring_ms + 1000 * habit.window_s)


def next_window(now_ms: int, habit: Habit) -> Window:
    """Return the window that is open at `now_ms` or opens next.

    >>> four = Habit(900, 5, next_scan_ms=910_000, wires=4)  # ten seconds after an even multiple: event mode
    >>> next_window(0, four).scan_ms, next_window(930_000, four).scan_ms
    (910000, 1800000)
    """
    told = window_of(habit.next_scan_ms, habit)
    if habit.next_scan_ms and now_ms <= told.closes_ms:
        return told
    scan_ms = 1000 * habit.scan_s
    lag_ms = told.closes_ms - told.scan_ms
    return window_of(-((lag_ms - now_ms) // scan_ms) * scan_ms, habit)


def missed(expected: Window, now_ms: int, habit: Habit) -> int:
    """Return how many windows have closed since the one that was expected, that one included.

    >>> day = Habit(900, 5, wires=0)
    >>> [missed(window_of(900_000, day), now_ms, day) for now_ms in (905_000, 907_001, 1_806_000, 1_807_001)]
    [0, 1, 1, 2]
    """
    if now_ms <= expected.closes_ms:
        return 0
    return max(1, round((next_window(now_ms, habit).scan_ms - expected.scan_ms) / 1000 / habit.scan_s))


def calls_in_window(missed_before: int) -> int:
    """Return how often a logger is called in one window: less when it did not answer in those before.

    >>> [calls_in_window(missed) for missed in (0, 3, 4)]
    [4, 4, 1]
    """
    return CALLS_WHILE_WELL if missed_before <= WELL_UP_TO else 1


def stay_s(window_s: int, waiting: int, rate: float) -> float:
    """Return how long one logger may be served, in real seconds, while `waiting` others listen for us.

    Alone, to its end: requests keep it awake for `MOST_WINDOWS`. With others, its share of one window.

    >>> stay_s(5, 0, 1.0), stay_s(5, 1, 1.0), stay_s(5, 9, 1.0)
    (60.0, 2.5, 0.5)
    """
    return window_s / rate * (1.0 / (waiting + 1) if waiting else MOST_WINDOWS)


def awake_s(window_s: int, rate: float) -> float:
    """Return how long a logger is surely awake after an answer, in real seconds: half a window, less a margin.

    >>> awake_s(5, 1.0)
    2.0
    """
    return 0.4 * window_s / rate
