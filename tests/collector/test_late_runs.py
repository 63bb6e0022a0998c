"""Late readings of one alarm are one row, and nothing of them is lost."""

from hypothesis import given
from hypothesis import strategies as st

from collector.late_runs import alone, gathered
from collector.store import StoredEvent

KINDS = ("late", "level", "returned")


def event(number: int, kind: str = "late", point: str = "P1", value: float | None = 1.0, **more) -> StoredEvent:
    about = {"quantity": "pore_pressure", "direction": "above", "threshold_set": "s1"} | more
    return StoredEvent(
        id=str(number), kind=kind, time_ms=number, arrived_ms=100 + number, point=point, logger="", level_from=0,
        level_to=3, value=value, limit_value=0.5, late=kind == "late", text="", **about,
    )  # fmt: skip


def test_late_readings_of_an_alarm_are_one_until_something_else_happens_to_it():
    found = gathered(
        [
            event(9, value=2.0),
            event(8, point="P2"),  # of another alarm: it parts nothing
            event(7, value=5.0),
            event(6, value=3.0, threshold_set="s2"),
            event(5, "returned"),
            event(4, value=1.0, threshold_set="s2"),
        ]
    )
    assert [(one.event.id, one.readings, one.first_ms, one.last_ms) for one in found] == [
        ("7", 2, 7, 9),
        ("8", 1, 8, 8),
        ("6", 1, 6, 6),
        ("5", 1, 5, 5),
        ("4", 1, 4, 4),
    ]


def test_the_worst_stands_for_them_in_the_direction_of_the_rule():
    falling = [event(number, value=value, direction="below") for number, value in enumerate((3.0, 1.0, 2.0))]
    (run,) = gathered(falling)
    assert (run.event.value, run.readings) == (1.0, 3)


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(("P1", "P2")), st.floats(0, 9)), max_size=30))
def test_none_is_lost_and_none_is_told_twice(rows):
    events = [event(number, *row) for number, row in enumerate(rows)]
    found = gathered(events)
    assert sum(one.readings for one in found) == len(events)
    assert {one.event.id for one in found} <= {one.id for one in events}
    assert all(one.readings == 1 for one in found if one.event.kind != "late")
    assert [one.event for one in alone(events)] == events
