"""One point per channel, for a database; read back with the collector's own strict parser."""

import pytest

from collector.line_protocol import parse
from gateway.outbox.backlog import Row
from gateway.uplink.batch import Batch, compose, long, refused
from gateway.uplink.lines import names_of
from gateway.uplink.long_form import NoTime, long_lines, point_of
from seepline.wire import event
from seepline.wire import record as wire
from seepline.wire import status as bits

NOW_MS = 1_451_635_200_000


def a_row(record, sequence: int, **changes) -> Row:
    return Row(sequence, record(501, 77, sequence, **changes), None, received_ms=NOW_MS)


def test_a_record_of_two_channels_is_two_points_that_say_the_same(site, record):
    row = a_row(record, 3)
    good, bad = parse("\n".join(long(row, names_of(site))).encode())
    assert bad == []
    assert [one.tags["channel"] for one in good] == ["frequency", "thermistor"]
    for one in good:
        assert one.tags.items() >= {"site": "dam", "logger": "logger-1", "block": "0"}.items()
        assert one.fields["ring"] == 77
        assert one.fields["seq"] == 3
    assert good[0].fields["value"] == 2800.003
    assert good[0].time == good[1].time == (1_450_000_800 + 3 * 900) * 1000


def test_a_missing_value_is_a_point_with_its_status_only():
    (point,), _ = parse(
        long_lines("raw,site=s,logger=l,block=0 f_status=4i,ring=1i,seq=2i,tq=2i 9", None)[0].encode()
    )
    assert point.fields == {"status": 4, "ring": 1, "seq": 2, "tq": 2}


def test_without_a_time_the_arrival_stands_in_and_is_the_same_each_time(site, record):
    row = a_row(record, 3, utc_s=0)
    assert long(row, names_of(site)) == long(row, names_of(site))
    (point, _), _ = parse("\n".join(long(row, names_of(site))).encode())
    assert (point.time, point.fields["tq"]) == (NOW_MS, 3)


def test_a_machine_that_did_not_know_the_time_stamps_nothing(site, record):
    row = a_row(record, 3, utc_s=0)._replace(received_ms=12_000)
    batch, (dead,) = compose([row], names_of(site), long)
    assert batch == Batch((), ())
    assert "time is not known" in dead.reason
    with pytest.raises(NoTime):
        long_lines("raw,site=s,logger=l f=1.0,ring=1i,seq=2i,tq=0i", None)


def test_a_scan_in_which_nothing_was_due_is_done_without_being_sent(site):
    head = (501, 0, 1, 2, 77, 3, 13, 1_451_635_200, 0, 60, wire.PAYLOAD_VW, 2)
    idle = [wire.missing_vw(bits.NOT_DUE)] * 2
    row = Row(9, wire.encode(wire.Record(*head, wire.encode_vw(idle))), None, received_ms=NOW_MS)
    assert compose([row], names_of(site), long) == (Batch((), (), (9,)), [])


def test_what_a_logger_says_of_itself_is_a_point_per_value(site):
    said = event.Event(event.FAST_SCAN, 2, (1, 0, wire.MISSING_I32, 10))
    head = (501, event.EVENT_BLOCK, 1, 2, 77, 3, 13, 1_451_635_200, 0, 60, wire.PAYLOAD_EVENT, 4)
    row = Row(1, wire.encode(wire.Record(*head, event.encode_event(said))), None, received_ms=NOW_MS)
    points = [point_of(line) for line in long(row, names_of(site))]
    assert len(set(points)) == len(points) == 4


def test_a_batch_is_halved_between_rows_and_a_refused_line_takes_its_row_along(site, record):
    batch, _ = compose([a_row(record, n) for n in (1, 2, 3)], names_of(site), long)
    assert batch.rows == (1, 1, 2, 2, 3, 3)
    assert (batch.half(0).rows, batch.half(1).rows) == ((1, 1), (2, 2, 3, 3))
    uneven = Batch((1, 1, 1, 2), ("a", "b", "c", "d"))
    assert (uneven.half(0).rows, uneven.half(1).rows) == ((1, 1, 1), (2,))
    (dead,) = refused(batch, {4: "field type conflict", 3: "too old"})
    assert (dead.outbox_sequence, dead.reason) == (2, "too old")
    assert dead.line == "\n".join(batch.lines[2:4])
