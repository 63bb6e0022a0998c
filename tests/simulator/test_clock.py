import pytest

from seepline.wire.site_clock import ClockError, iso_ms
from simulator import clock

TEXT = "2016-01-01T07:45:00Z@900"


def test_clock_without_anchor_starts_with_the_simulator():
    now_ms = iso_ms("2026-11-20T12:00:00.123Z")
    anchored = clock.anchored({"SEEPLINE_CLOCK": TEXT}, now_ms)
    assert anchored == TEXT + "@2026-11-20T12:00:00.123Z"
    assert clock.start_ms(anchored, now_ms + 60_000) == iso_ms("2016-01-01T07:45:00Z")


def test_clock_with_anchor_is_passed_on():
    whole = TEXT + "@2026-11-20T12:00:00Z"
    assert clock.anchored({"SEEPLINE_CLOCK": whole}, 0) == whole


def test_without_a_site_clock_the_site_runs_in_real_time():
    assert clock.anchored({}, 5) is None
    assert clock.start_ms(None, 5) == 5


def test_text_that_is_no_clock_is_refused():
    with pytest.raises(ClockError, match="expected"):
        clock.anchored({"SEEPLINE_CLOCK": "tomorrow"}, 0)
