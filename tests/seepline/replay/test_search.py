"""The search in arrays gives exactly the events of `alarm.step` over every reading."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seepline import alarm
from seepline.alarm import AlarmState
from seepline.reading import Quality, Reading
from seepline.replay.search import Series, level_events, rates
from seepline.site import Threshold
from seepline.thresholds import rate_per_hour

SCAN_MS = 900_000
# Values that lie at, beside and within the deadband of the limits 10, 20 and 30.
AROUND = [*(limit + step for limit in (10.0, 20.0, 30.0) for step in (-2.0, -1.0, -0.5, 0.0, 0.5)), 0.0, 45.0]
MORE = {  # of the extended machine, where this rule has such keys
    name: values
    for name, values in {"delay_s": (0, 900, 2700), "off_count": (1, 2, 3), "off_s": (0, 1800)}.items()
    if name in Threshold.__dataclass_fields__
}


def rule(direction: str = "above", **more: object) -> Threshold:
    limits = (-10.0, -20.0, -30.0) if direction == "below" else (10.0, 20.0, 30.0)
    known = dict(zip(("yellow", "orange", "red"), limits, strict=True))
    about = {"set": "s", "point": "P1", "quantity": "pore_pressure", "direction": direction, **known}
    return Threshold(**about | {"deadband": 1.0, "delay_count": 1} | more)


@st.composite
def rules(draw: st.DrawFn) -> Threshold:
    direction = draw(st.sampled_from(("above", "below", "rate_up", "rate_down")))
    more = {name: draw(st.sampled_from(values)) for name, values in MORE.items()}
    if direction.startswith("rate"):
        more["rate_window_s"] = draw(st.sampled_from((900, 1800, 3600)))
    deadband = draw(st.sampled_from((0.0, 1.0, 5.0)))
    return rule(direction, delay_count=draw(st.integers(1, 4)), deadband=deadband, **more)


@st.composite
def readings(draw: st.DrawFn) -> list[Reading]:
    """Runs of readings, as real ones come: long calm, short storms, gaps, and some that are not judged."""
    found, time_ms = [], 0
    for _ in range(draw(st.integers(1, 12))):
        value, length = draw(st.sampled_from(AROUND)), draw(st.integers(1, 30))
        for _ in range(length):
            time_ms += SCAN_MS * draw(st.sampled_from((1, 1, 1, 1, 2, 9)))
            found.append(
                reading(time_ms, value + draw(st.sampled_from((0.0, 0.0, 0.25))), draw(st.integers(0, 9)) > 0)
            )
    return found


def reading(time_ms: int, value: float, judged: bool = True) -> Reading:
    return Reading(
        point="P1",
        instrument="vw",
        quantity="pore_pressure",
        time_ms=time_ms,
        value=value,
        quality=Quality.GOOD,
        calibration="vw:1",
        judged=judged,
        inputs=(f"a:7:{time_ms // SCAN_MS}",),
    )


def mirrored(threshold: Threshold, found: list[Reading]) -> list[Reading]:
    if threshold.direction != "below":
        return found
    return [reading(one.time_ms, -one.value, one.judged) for one in found]


def stepped(threshold: Threshold, found: list[Reading]) -> list[alarm.Event]:
    state, events = AlarmState(), []
    for one in found:
        state, new = alarm.step("dam", state, one, threshold, one.time_ms)
        events += new
    return events


def searched(threshold: Threshold, found: list[Reading]) -> tuple[list[alarm.Event], int]:
    """Return the events, and how many readings were asked for whole."""
    judged = [one for one in found if one.judged]
    by_time, asked = {one.time_ms: one for one in judged}, []
    series = Series(
        np.array([one.time_ms for one in judged], np.int64), np.array([one.value for one in judged], np.float64)
    )
    events = level_events("dam", threshold, series, lambda at_ms: asked.append(at_ms) or by_time[at_ms])
    return events, len(asked)


@settings(max_examples=120, deadline=None)
@given(rules(), readings())
@example(rule(delay_count=2), [reading(n * SCAN_MS, value) for n, value in enumerate((25, 15, 15, 25, 25, 0), 1)])
def test_every_event_is_that_of_plain_steps(threshold, found):
    found = mirrored(threshold, found)
    assert searched(threshold, found)[0] == stepped(threshold, found)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(rules(), readings())
def test_every_event_is_that_of_plain_steps_in_many_more_cases(threshold, found):
    found = mirrored(threshold, found)
    assert searched(threshold, found)[0] == stepped(threshold, found)


@settings(max_examples=40, deadline=None)
@given(rules().filter(lambda one: one.rate_window_s is not None), readings())
def test_rates_are_those_of_the_judgement_to_the_last_bit(threshold, found):
    judged = [one for one in found if one.judged]
    series = Series(
        np.array([one.time_ms for one in judged], np.int64), np.array([one.value for one in judged], np.float64)
    )
    window_ms = threshold.rate_window_s * 1000
    for place, (one, rate) in enumerate(zip(judged, rates(series, threshold).tolist(), strict=True)):
        samples = [(b.time_ms, b.value) for b in judged[: place + 1] if b.time_ms >= one.time_ms - window_ms]
        expected = rate_per_hour(threshold, tuple(samples))
        assert rate == expected if expected is not None else rate != rate


def test_a_calm_year_asks_for_no_reading_and_steps_almost_none(monkeypatch):
    counted, plain_step = [], alarm.step
    monkeypatch.setattr(alarm, "step", lambda *about: counted.append(1) or plain_step(*about))
    calm = [reading(n * SCAN_MS, 5.0) for n in range(1, 35_041)]
    assert searched(rule(), calm) == ([], 0)
    assert len(counted) < 10
