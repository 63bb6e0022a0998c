"""The demo's verdict: exit code 0 only when all of it holds, so each single thing that does not must tip it."""

from dataclasses import replace

import pytest

from seepline.cli.demo.checks import Comparison, Count
from seepline.cli.demo.report import TOE, Verdict, verdict

CLIMB = tuple({"level_to": level} for level in (1, 2, 3))
GOOD = Verdict(
    counts=(Count("mvd116", 1344, 1344, 0), Count("pond", 200, 200, 0)),
    comparison=Comparison(scans=1344, expected_scans=1344, compared=5376, beyond_tolerance=0, worst=5e-7),
    read=1544,
    stored_twice=0,
    conflicts=0,
    climb=CLIMB,
    alarms=CLIMB,
    interpreter="MicroPython",
    told="eva",
)


def test_it_passes_when_all_of_it_holds():
    assert GOOD.passed


@pytest.mark.parametrize(
    "what",
    [
        {"counts": (Count("mvd116", 1344, 1343, 1),)},
        {"counts": (Count("mvd116", 0, 0, 0),)},
        {"stored_twice": 1},
        {"conflicts": 1},
        {"comparison": replace(GOOD.comparison, beyond_tolerance=1)},
        {"comparison": replace(GOOD.comparison, scans=1343, compared=5372)},
        {"comparison": replace(GOOD.comparison, compared=5375)},
        {"climb": CLIMB[:2]},
        {"climb": ()},
        {"told": ""},
        {"climb": (CLIMB[2], CLIMB[1], CLIMB[0])},
    ],
    ids=["lost", "empty flash", "twice", "conflict", "wrong value", "scan missing", "value missing", "not red",
         "no alarm", "nobody told", "in another order"],
)  # fmt: skip
def test_one_thing_that_does_not_hold_is_enough_to_fail(what):
    assert not replace(GOOD, **what).passed


def event(time_ms: int, level: int, kind: str = "level", direction: str = "above") -> dict:
    point, quantity = TOE
    about = {"point": point, "quantity": quantity, "direction": direction}
    return {**about, "time_ms": time_ms, "level_to": level, "kind": kind}


@pytest.mark.parametrize(
    ("events", "climbed"),
    [
        ([event(1, 1), event(2, 2), event(3, 3)], True),
        ([event(3, 3), event(1, 1, "late"), event(2, 2, "late"), event(4, 3, "late")], True),
        ([event(1, 1), event(3, 3)], False),
        ([event(1, 2), event(2, 1), event(3, 3)], False),
        ([event(1, 1), event(2, 2, direction="below"), event(3, 3)], False),
    ],
    ids=["live", "two told late", "a level left out", "in another order", "another limit"],
)
def test_the_climb_is_each_level_reached_for_the_first_time(events, climbed):
    state = {"events": events, "counts": {"journal_rows": 1, "raw_records": 1, "conflicts": 0}}
    assert verdict((), GOOD.comparison, {"loggers": {}}, state, "MicroPython").climbed is climbed
