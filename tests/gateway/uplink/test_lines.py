"""A record as line protocol: what is read back has the same bits, and what is missing has no value."""

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.uplink.lines import UnknownLogger, escape, estimate_ms, names_of, record_line
from seepline.wire import event
from seepline.wire import record as wire
from seepline.wire import status as bits


def vw(status: int, frequency_mhz: int, thermistor_mohm: int) -> wire.VwChannel:
    return wire.VwChannel(status, frequency_mhz, thermistor_mohm, 1, 1, 1, 1, 1, 0)


def line_of(
    site, *channels: wire.VwChannel, utc_s: int = 1_451_635_200, serial: int = 501, estimated_ms=None
) -> str:
    head = (serial, 0, 1, 2 if utc_s else 0, 77, 3, 12, utc_s, 250, 60, wire.PAYLOAD_VW, len(channels))
    return record_line(
        wire.encode(wire.Record(*head, wire.encode_vw(list(channels)))), estimated_ms, names_of(site)
    )


def fields_of(line: str) -> dict[str, str]:
    return dict(part.split("=") for part in line.split(" ")[1].split(","))


def test_a_whole_record_is_one_line(site):
    assert line_of(site, vw(0, 2_850_500, 3_012_345), vw(0, 2_900_001, 4_000_000)) == (
        "raw,site=dam,logger=logger-1,block=0 frequency=2850.5,thermistor=4000.0,ring=77i,boot=3i,seq=12i,tq=2i"
        " 1451635200250"
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(mhz=st.integers(0, 0xFFFFFFFE))
def test_a_value_read_back_has_the_same_bits(site, mhz):
    text = fields_of(line_of(site, vw(0, mhz, 1)))["frequency"]
    assert struct.pack(">d", float(text)) == struct.pack(">d", mhz / 1000)


def test_a_missing_value_has_no_field_and_its_status_says_why(site):
    fields = fields_of(line_of(site, wire.missing_vw(bits.NO_SIGNAL), vw(0, 1, 5_000)))
    assert "frequency" not in fields
    assert fields["frequency_status"] == f"{bits.NO_SIGNAL}i"
    assert fields["thermistor"] == "5.0"


def test_a_slot_that_the_record_lacks_is_missing(site):
    fields = fields_of(line_of(site, vw(0, 1000, 1)))
    assert fields["thermistor_status"] == f"{bits.MISSING}i"


def test_a_value_with_a_remark_carries_both(site):
    fields = fields_of(line_of(site, vw(bits.LOW_SIGNAL, 2_850_500, 1)))
    assert (fields["frequency"], fields["frequency_status"]) == ("2850.5", f"{bits.LOW_SIGNAL}i")


def test_without_a_clock_the_line_has_the_estimate_or_no_time(site):
    assert line_of(site, utc_s=0, estimated_ms=123).endswith("tq=0i 123")
    assert line_of(site, utc_s=0).endswith("tq=0i")


def test_time_is_estimated_by_uptime_within_one_boot_only(record):
    never_set = wire.decode(record(501, 77, 5, utc_s=0, boot=4))
    assert estimate_ms(never_set, 4, 1_000_000) == 1_000_000 + 60 * 5 * 1000
    assert estimate_ms(never_set, 5, 1_000_000) is None
    assert estimate_ms(wire.decode(record(501, 77, 5, boot=4)), 4, 1_000_000) is None


def test_a_logger_that_the_site_does_not_name_has_no_line(site):
    with pytest.raises(UnknownLogger, match="serial 999"):
        line_of(site, vw(0, 1, 1), serial=999)


@given(st.text("ab ,=", max_size=8))
def test_an_escaped_name_is_read_back(name):
    text, read = iter(escape(name)), ""
    for character in text:
        assert character not in " ,="
        read += next(text) if character == "\\" else character
    assert read == name


def test_an_event_record_goes_as_block_255_under_the_names_of_its_values(site):
    said = event.Event(event.FAST_SCAN, 2, (1, 0, wire.MISSING_I32, 10))
    head = (501, event.EVENT_BLOCK, 1, 2, 77, 3, 13, 1_451_635_200, 0, 60, wire.PAYLOAD_EVENT, 4)
    raw = wire.encode(wire.Record(*head, event.encode_event(said)))
    assert record_line(raw, None, names_of(site)) == (
        "raw,site=dam,logger=logger-1,block=255 fast_scan-1-0.detail=2.0,fast_scan-1-0.block=1.0,"
        "fast_scan-1-0.slot=0.0,fast_scan-1-0.minutes=10.0,ring=77i,boot=3i,seq=13i,tq=2i 1451635200000"
    )


def test_a_channel_that_was_not_due_has_no_field_at_all(site):
    fields = fields_of(line_of(site, wire.missing_vw(bits.NOT_DUE), vw(0, 1, 5_000)))
    assert sorted(fields) == ["boot", "ring", "seq", "thermistor", "tq"]
