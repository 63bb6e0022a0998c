"""What stands in InfluxDB: the points of the contract."""

import sqlite3
from dataclasses import replace

import pytest

from collector.export.holes import nodes
from collector.export.lanes import Sources, lanes
from collector.export.lines import (
    event_line,
    health_lines,
    node_line,
    profile_lines,
    reading_line,
    section_lines,
)
from collector.export.raw import raw_lines, wiring_lines
from collector.line_protocol import parse
from collector.raw_lines import RawValue
from collector.store import LoggerSeen, StoredEvent
from collector.storm.bus_table import BusTable
from seepline.bus_report import BusReport, DeviceCounts
from seepline.reading import Quality
from seepline.site_derived import Derived

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
        "a": {"age_s": 5.0, "limit_s": float(dam.source_by_id["a"].silence_s), "silent": True},
    }


def test_an_estimate_carries_its_interval_and_an_open_end_is_no_field(dam, a_reading):
    reasons = ("interval 3.2 to open d; never an alarm alone",)
    (line,), _ = parse(reading_line(dam, a_reading(quantity="days_to_failure", value=4.0, reasons=reasons)))
    assert (line.fields["interval_from"], "interval_to" in line.fields) == (3.2, False)


def chain_of(dam, *heights_m):
    """The dam with nodes N1, N2, ... of one chain, 2 m apart, the first 2 m above its fixed end."""
    points = tuple(
        replace(dam.point_by_id["P1"], id=f"N{number}", elevation_m=height)
        for number, height in enumerate(heights_m, 1)
    )
    derived = tuple(
        Derived(
            point=one.id, quantity="displacement", formula="inclinometer_node", version=1,
            inputs={f"tilt{at}": f"S{at}/tilt" for at in range(1, number + 1)},
            parameters={"lengths_m": (2.0,) * number, "base_deg": (0.0,) * number, "sign": "R1-R0"},
        )
        for number, one in enumerate(points, 1)
    )  # fmt: skip
    return replace(dam, points=(*dam.points, *points), derived=derived)


@pytest.mark.parametrize(("heights_m", "above_m"), [((90.0, 92.0), (2.0, 4.0)), ((94.0, 92.0), (-2.0, -4.0))])
def test_the_nodes_of_a_chain_stand_at_their_height_above_its_fixed_end(dam, a_reading, heights_m, above_m):
    site = chain_of(dam, *heights_m)
    first = a_reading(point="N1", quantity="displacement", value=1.5)
    dead = a_reading(point="N2", quantity="displacement", value=None, quality=Quality.MISSING)
    other = a_reading(point="P1", quantity="displacement")
    found = list(nodes(site, sqlite3.connect(":memory:"), [first, dead, other]))
    assert [(one.hole, one.number, one.height_m, one.displacement_mm) for one in found] == [
        ("N1", 0, 0.0, 0.0),
        ("N1", 1, above_m[0], 1.5),
        ("N1", 2, above_m[1], None),
    ]
    (line,), _ = parse(node_line(site, found[2], "A"))
    assert line.tags == {"site": "dam", "section": "A", "hole": "N1", "node": "002"}
    assert line.fields == {"height_m": above_m[1], "quality": 9}


def test_raw_values_go_out_once_with_their_wire_and_their_delay(chain, rows):
    chain.take(rows.piezometer(0), at_ms=T0_MS + 2500)
    chain.take(rows.row("a", 0, (RawValue("f", 1.0, 0),), seq=2))
    lines, refused = parse(b"\n".join(raw_lines(chain.site, chain.journal.entries_after(0, 100))))
    assert refused == []
    assert [(one.measurement, one.tags["wire"], one.time) for one in lines] == [
        ("raw", "a:f", T0_MS),
        ("raw", "a:t", T0_MS),
    ]
    assert lines[0].tags == {"site": "dam", "logger": "a", "block": "0", "channel": "f", "wire": "a:f"}
    assert lines[0].fields == {"value": 2900.0, "delay_s": 2.5, "status": 0, "ring": 7, "seq": 1, "tq": 2}


def test_raw_values_that_are_switched_off_wait_in_the_journal(chain, rows):
    chain.take(rows.piezometer(0))
    given = Sources(chain.reader, lambda: T0_MS, chain.journal.entries_after, lambda _: [])
    assert "raw" not in {one.name for one in lanes(chain.site, given, raw=False)}
    (later,) = [one for one in lanes(chain.site, given) if one.name == "raw"]
    assert len(later.after(0, 1000).lines) == 2


def test_which_wire_is_which_input_of_a_point_is_told(dam):
    lines, _ = parse(b"\n".join(wiring_lines(dam)))
    told = {(one.tags["point"], one.tags["input"]): one.tags["wire"] for one in lines}
    assert told["P1", "frequency"] == "a:f"


def sources(chain, now_ms):
    return Sources(chain.reader, now_ms, lambda *_: [], BusTable(chain.folder / "bus.sqlite").after)


def test_what_gateways_count_of_their_buses_goes_out_once(chain):
    every = lanes(chain.site, sources(chain, lambda: T0_MS))
    buses = next(one for one in every if one.name == "buses")
    assert buses.after(0, 1000) is None
    table = BusTable(chain.folder / "bus.sqlite")
    for at_ms, crc in ((T0_MS, 0), (T0_MS + 600_000, 7)):
        counts = (DeviceCounts("a", "bus1", 40, {"crc": crc, "retries": 3}), DeviceCounts("b", "bus1", 40, {}))
        table.put("gw1", BusReport("r1", at_ms, counts), at_ms)
    first = buses.after(0, 1000)
    lines, refused = parse(b"\n".join(first.lines))
    assert (len(lines), refused, first.number) == (4, [], T0_MS + 600_000)
    assert lines[2].tags == {"site": "dam", "gateway": "gw1", "bus": "bus1", "device": "a"}
    assert lines[2].fields == {"ok": 40, "failed": 7}
    assert buses.after(first.number, 1000) is None


def test_what_the_site_declares_goes_out_again_when_it_says_something_else(chain):
    def declared(site):
        every = lanes(site, sources(chain, lambda: T0_MS))
        return next(one for one in every if one.name == "site")

    sent = declared(chain.site).after(0, 1000)
    assert declared(chain.site).after(sent.number, 1000) is None
    (moved, *others) = chain.site.assignments
    changed = replace(chain.site, assignments=(replace(moved, inputs={"frequency": "a/t"}), *others))
    assert declared(changed).after(sent.number, 1000).number != sent.number


def test_loggers_stand_each_ten_minutes_and_the_collector_each_minute(chain, rows):
    chain.take(rows.piezometer(0))
    every = lanes(chain.site, sources(chain, lambda: chain.now_ms))
    health, number, devices = next(one for one in every if one.name == "health"), 0, []
    for _ in range(11):
        chain.now_ms += 60_000
        parcel = health.after(number, 1000)
        number = parcel.number
        devices += [
            one.tags["device"] for one in parse(b"\n".join(parcel.lines))[0] if one.measurement == "health"
        ]
    assert (devices.count("collector"), devices.count("a")) == (11, 2)
