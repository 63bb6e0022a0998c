"""What stands in InfluxDB: the points of the contract."""

import pytest

from collector.export.lines import event_line, health_lines, profile_lines, reading_line, section_lines
from collector.line_protocol import parse
from collector.store import LoggerSeen, StoredEvent
from seepline.reading import Quality

T0_MS = 1_451_635_200_000


def test_a_reading_becomes_the_point_of_the_contract(dam, a_reading):
    (line,), _ = parse(reading_line(dam, a_reading()))
    assert (line.measurement, line.time) == ("reading", T0_MS)
    assert line.tags == {"site": "dam", "section": "A", "point": "P1", "quantity": "pore_pressure"}
    assert line.fields == {
        "value": 45.1, "quality": 1, "level": 1, "limit_yellow": 40.0, "limit_orange": 60.0, "calibration": "vw:1",
        "late": False,
    }  # fmt: skip
    (withheld,), _ = parse(reading_line(dam, a_reading(value=None, quality=Quality.MISSING)))
    assert "value" not in withheld.fields


def test_an_events_text_survives_quotes_and_backslashes(dam):
    text = 'P1: "green" \\ to yellow'
    event = StoredEvent(
        id="x", kind="level", time_ms=T0_MS, arrived_ms=T0_MS, point="P1", quantity="pore_pressure", logger="",
        level_from=0, level_to=1, value=45.0, limit_value=40.0, threshold_set="s1", direction="above", late=False,
        text=text,
    )  # fmt: skip
    (line,), _ = parse(event_line(dam, event))
    assert (line.fields, line.tags["kind"]) == ({"text": text, "level": 1}, "level")


def test_water_stands_in_the_section_where_the_page_draws_it(dam, a_reading):
    (line,), _ = parse(b"\n".join(section_lines(dam, a_reading(value=98.0665))))
    tip_m = dam.point_by_id["P1"].elevation_m
    assert (line.measurement, line.tags["line"], line.tags["point"]) == ("section_line", "heads", "P1")
    assert line.fields["elevation_m"] == pytest.approx(tip_m + 10.0)
    for nothing in (a_reading(quantity="temperature"), a_reading(value=None), a_reading(judged=False)):
        assert list(section_lines(dam, nothing)) == []


def test_profiles_stand_at_the_date_of_their_survey(dam):
    lines, _ = parse(b"\n".join(profile_lines(dam)))
    assert len(lines) == sum(len(one.line) for one in dam.profiles)
    assert {line.time for line in lines} == {one.valid_from_ms for one in dam.profiles}


def test_health_says_how_old_each_logger_s_last_word_is(dam):
    seen = [
        LoggerSeen(logger=name, last_ms=at, silent_since_ms=at) for name, at in (("a", T0_MS - 5000), ("b", None))
    ]
    lines, _ = parse(b"\n".join(health_lines(dam, seen, T0_MS)))
    assert {line.tags["device"]: line.fields for line in lines} == {
        "collector": {"age_s": 0.0, "silent": False},
        "a": {"age_s": 5.0, "silent": True},
    }
