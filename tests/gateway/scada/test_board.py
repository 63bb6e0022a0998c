"""What the registers say: value, age, quality and level as the collector's own judgement gives them."""

import math
import struct
from dataclasses import replace

import pytest

from gateway.outbox.file import OutboxFull
from gateway.scada import register_map
from gateway.scada.board import InForce, level_code
from seepline.convert import convert_at
from seepline.reading import RawReading
from tests.gateway.scada.conftest import NOW_MS

SCAN_MS = 900_000
CALM, RED = 2900.0, 2400.0


def state(scada, name):
    one = next(one for one in register_map.STATE if one.name == name)
    return int.from_bytes(struct.pack(f">{one.words}H", *scada.board.read(one.start, one.words)), "big")


def row(scada, site, point, quantity="pore_pressure"):
    entry = next(one for one in register_map.entries(site) if (one.point, one.quantity) == (point, quantity))
    return struct.unpack(">fIHHHH", struct.pack(">8H", *scada.board.read(entry.address, 8)))[:5]


def shown(scada):
    while scada._following.follow():
        pass
    scada.refresh()


def toe(dam, hertz, time_ms=NOW_MS):
    dam.says("pond", time_ms, toe_frequency=hertz, toe_thermistor=3000.0)
    dam.says("pond", time_ms, block=1, barometer=2100.0)


def test_without_a_reading_everything_is_unknown_and_no_number_stands_in(dam, site):
    scada = dam.scada()
    shown(scada)
    value, age_s, quality, level, flags = row(scada, site, "TOE-P1")
    assert math.isnan(value)
    assert (age_s, quality, level, flags) == (0xFFFFFFFF, 9, 0, 0)
    assert (state(scada, "level"), state(scada, "grey"), state(scada, "valid")) == (0, 1, 0)
    assert state(scada, "newest_age_s") == 0xFFFFFFFF


def test_a_value_is_the_one_that_the_conversion_makes(dam, site):
    toe(dam, CALM)
    dam.clock.at_ms += 5_500
    scada = dam.scada()
    shown(scada)
    raw = {"pond/toe_frequency": CALM, "pond/toe_thermistor": 3000.0, "pond/barometer": 2100.0}
    assignment = site.assignments_by_point["TOE-P1"][0]
    readings = convert_at(site, assignment, NOW_MS, lambda name, at_ms, _: RawReading(name, at_ms, raw[name]))
    value, age_s, _, level, _ = row(scada, site, "TOE-P1")
    assert value == pytest.approx(next(one.value for one in readings if one.quantity == "pore_pressure"), rel=1e-6)
    assert (age_s, level) == (5, 1)
    assert state(scada, "newest_age_s") == 5


def test_the_level_rises_and_stays_when_the_instrument_fails_or_falls_silent(dam, site):
    scada = dam.scada()
    for scan in range(4):
        toe(dam, RED, NOW_MS + scan * SCAN_MS)
    dam.clock.at_ms = NOW_MS + 3 * SCAN_MS
    shown(scada)
    assert row(scada, site, "TOE-P1")[3] == 4
    assert state(scada, "level") == 4
    dam.says("pond", NOW_MS + 4 * SCAN_MS)  # no wire answers
    dam.clock.at_ms += SCAN_MS
    shown(scada)
    value, _, quality, level, _ = row(scada, site, "TOE-P1")
    assert math.isnan(value)
    assert (quality, level, state(scada, "level")) == (9, 4, 4)
    dam.clock.at_ms += 10 * 86_400_000
    shown(scada)
    value, age_s, quality, level, flags = row(scada, site, "TOE-P1")
    assert math.isnan(value)
    assert (quality, level, flags & 4) == (9, 4, 4)
    assert age_s == 10 * 86_400


def test_green_without_a_valid_reading_is_unknown(dam, site):
    toe(dam, CALM)
    scada = dam.scada()
    shown(scada)
    assert row(scada, site, "TOE-P1")[3] == 1
    dam.clock.at_ms += 1000 * site.logger_by_id["pond"].silence_s + 1
    shown(scada)
    assert math.isnan(row(scada, site, "TOE-P1")[0])
    assert row(scada, site, "TOE-P1")[3] == 0


def test_a_reading_that_comes_late_changes_neither_value_nor_level(dam, site):
    toe(dam, CALM, NOW_MS)
    scada = dam.scada()
    shown(scada)
    before = row(scada, site, "TOE-P1")
    toe(dam, RED, NOW_MS - SCAN_MS)
    shown(scada)
    assert row(scada, site, "TOE-P1") == before


def test_a_reading_dated_far_ahead_is_not_believed(dam, site):
    toe(dam, CALM, NOW_MS)
    toe(dam, RED, NOW_MS + 365 * 86_400_000)
    scada = dam.scada()
    shown(scada)
    _, age_s, _, level, _ = row(scada, site, "TOE-P1")
    assert (age_s, level) == (0, 1)


def test_the_order_of_a_scan_s_records_makes_no_difference(dam, site):
    dam.says("pond", NOW_MS, block=1, barometer=2100.0)
    dam.says("pond", NOW_MS, toe_frequency=CALM, toe_thermistor=3000.0)
    scada = dam.scada()
    shown(scada)
    first = row(scada, site, "TOE-P1")
    dam.rows.reverse()
    one_by_one = dam.scada()
    one_by_one._following._stored_after = lambda after, _: dam.rows[after : after + 1]
    dam.rows = [one._replace(outbox_sequence=number) for number, one in enumerate(dam.rows, 1)]
    assert one_by_one._following.follow()
    one_by_one.refresh()
    assert math.isnan(row(one_by_one, site, "TOE-P1")[0])  # withheld: its barometer has not come
    shown(one_by_one)
    assert row(one_by_one, site, "TOE-P1") == first


def test_a_line_of_another_instrument_is_read_as_a_record_is(dam, site):
    line = (
        f"raw,site=mukilteo-demo,logger=pond,block=1 level=12.5,barometer_status=1i,ring=9i,seq=4i,tq=2i {NOW_MS}"
    )
    dam.says_line(line)
    scada = dam.scada()
    shown(scada)
    point = next(one.point for one in site.assignments if "pond/level" in one.inputs.values())
    value, age_s, *_ = row(scada, site, point, "water_level")
    assert math.isfinite(value)
    assert age_s == 0


def test_a_row_that_cannot_be_read_is_told_once_and_stops_nothing(dam, site, caplog):
    for line in (
        "nonsense",
        "raw level=1 5",
        "raw,site=s,logger=pond level=1,x 5",
        "raw,site=s,logger=pond level=high 5",
    ):
        dam.says_line(line)
    dam.rows.append(dam.rows[0]._replace(outbox_sequence=5, raw=bytes(120), line=""))
    toe(dam, CALM)
    scada = dam.scada()
    shown(scada)
    assert math.isfinite(row(scada, site, "TOE-P1")[0])
    assert scada.status()["unread_rows"] == 5
    assert caplog.text.count("is not judged here") == 1


def test_a_disk_that_does_not_give_its_rows_is_told_once_and_read_on_later(dam, site, caplog):
    dam.says("mvd116", NOW_MS, vw_toe=2800.0)
    scada = dam.scada()

    def fails(after, limit):
        raise OutboxFull("the outbox's disk fails")

    scada._following._stored_after, works = fails, scada._following._stored_after
    assert not scada._following.follow()
    assert not scada._following.follow()
    assert [one.message for one in caplog.records] == [
        "the judgement of this gateway stands still: the outbox's disk fails"
    ]
    scada._following._stored_after = works
    assert scada._following.follow()


def test_after_a_restart_the_newest_rows_are_judged_again(dam, site):
    for scan in range(4):
        toe(dam, RED, NOW_MS + scan * SCAN_MS)
    dam.clock.at_ms = NOW_MS + 3 * SCAN_MS
    scada = dam.scada(newest_row=len(dam.rows))
    shown(scada)
    assert row(scada, site, "TOE-P1")[3] == 4


def test_the_heartbeat_stands_while_the_poller_does(dam):
    scada = dam.scada()
    for _ in range(3):
        scada.refresh()
    assert (state(scada, "heartbeat"), state(scada, "polling")) == (3, 1)
    dam.polling = False
    scada.refresh()
    assert (state(scada, "heartbeat"), state(scada, "polling")) == (3, 0)


def test_a_bundle_brings_its_limits_at_once_and_its_number(dam, site):
    toe(dam, CALM)
    scada = dam.scada()
    shown(scada)
    assert (state(scada, "limits"), state(scada, "bundle"), state(scada, "bundle_refused")) == (1, 0, 0)
    strict = tuple(replace(one, yellow=-90.0, orange=-80.0, red=-70.0, delay_count=1) for one in site.thresholds)
    strict_site = replace(site, thresholds=strict)
    scada._following.use(strict_site, register_map.site_of(strict_site, "gw1"))
    scada.use(7)
    toe(dam, CALM, NOW_MS + SCAN_MS)
    dam.clock.at_ms += SCAN_MS
    shown(scada)
    assert (state(scada, "limits"), state(scada, "bundle")) == (2, 7)
    assert row(scada, site, "TOE-P1")[3] == 4
    scada.refused()
    scada.refresh()
    assert (state(scada, "bundle"), state(scada, "bundle_refused")) == (7, 1)


def test_without_limits_in_force_no_level_is_claimed(dam, site):
    toe(dam, CALM)
    scada = dam.scada()
    scada._following.evaluator.use(replace(site, threshold_sets=(), thresholds=()))
    shown(scada)
    assert state(scada, "limits") == 0
    assert row(scada, site, "TOE-P1")[3] == 0


def test_names_stand_in_the_identification(dam):
    scada = dam.scada()
    words = scada.board.read(6, 32)
    text = struct.pack(">32H", *words)
    assert text[:32].rstrip(b"\0") == b"mukilteo-demo"
    assert text[32:].rstrip(b"\0") == b"gw1"


def test_registers_between_the_blocks_do_not_exist(dam):
    board = dam.scada().board
    assert board.read(0, 80) is not None
    for address, count in (
        (79, 2),
        (80, 1),
        (999, 1),
        (999, 2),
        (60_000, 1),
        (1000 + 32 * len(dam.site.points), 1),
    ):
        assert board.read(address, count) is None


def test_levels_are_coded_from_one():
    assert [level_code(None, True), InForce().source] == [0, 1]
