"""Line protocol: what an independent writer writes is read back; anything else is refused line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from influxdb_client import Point, WritePrecision

from collector.line_protocol import parse, time_ms

# influxdb-client writes a tab or newline in a name as two characters, and leaves a backslash as it is
_NAME = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], blacklist_characters="\\"), min_size=1
)
_NUMBER = st.floats(allow_nan=False, allow_infinity=False)
_TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]))
_VALUE = st.one_of(_NUMBER, st.integers(-(2**63), 2**63 - 1), st.booleans(), _TEXT)


def _is_plain(name: str) -> bool:
    return name == name.strip() and not name.startswith("#") and '"' not in name


@given(
    measurement=_NAME.filter(_is_plain),
    tags=st.dictionaries(_NAME.filter(_is_plain), _NAME.filter(_is_plain), max_size=4),
    fields=st.dictionaries(_NAME.filter(_is_plain), _VALUE, min_size=1, max_size=4),
    time=st.integers(0, 2**62),
)
def test_what_influxdb_client_writes_is_read_back(measurement, tags, fields, time):
    point = Point(measurement).time(time, WritePrecision.MS)
    for key, value in tags.items():
        point.tag(key, value)
    for key, value in fields.items():
        point.field(key, value)
    (line,), refused = parse(point.to_line_protocol().encode())
    assert refused == []
    assert (line.measurement, line.tags, line.time) == (measurement, tags, time)
    assert line.fields == fields
    assert {key: type(value) for key, value in line.fields.items()} == {k: type(v) for k, v in fields.items()}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_more_lines_than_newlines(body):
    good, refused = parse(body)
    numbers = sorted([line.number for line in good] + [one.line for one in refused])
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= body.count(b"\n") + 1 for number in numbers)


@given(st.lists(st.binary(max_size=40).filter(lambda text: b"\n" not in text), max_size=6))
def test_garbage_before_and_after_never_takes_a_good_line_with_it(garbage):
    good, _ = parse(b"\n".join([*garbage, b"raw,site=s p=1.5 7", *garbage]))
    assert [line.fields for line in good if line.number == len(garbage) + 1] == [{"p": 1.5}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"raw p=nan", "expected a finite number"),
        (b"raw p=1e999", "expected a finite number"),
        (b"raw p=-inf", "expected a finite number"),
        (b"raw p=9223372036854775808i", "64 bits"),
        (b"raw p=1i,p=2i", "stands twice"),
        (b"raw,a=1,a=2 p=1", "stands twice"),
        (b"raw", "expected a space and fields"),
        (b"raw p=1 2 3", "timestamp"),
        (b"raw p=1 99999999999999999999", "timestamp"),
        (b"raw p", "expected key=value"),
        (b"raw p=1,", "expected key=value"),
        (b'raw p="open', "expected key=value"),
        (b",site=s p=1", "measurement"),
        (b"raw p=\xff", "UTF-8"),
        ("raw p=١".encode(), "expected a finite number"),
        (b"raw p=1_000", "expected a finite number"),
    ],
)
def test_a_broken_line_is_refused_with_what_was_expected(line, reason):
    good, (refused,) = parse(b"raw p=1\n" + line + b"\nraw p=2")
    assert [one.number for one in good] == [1, 3]
    assert refused.line == 2
    assert reason in refused.reason


def test_every_kind_of_field_value_is_read():
    (line,), _ = parse(rb'm f=-1.5e3,i=-3i,u=18446744073709551615u,yes=T,no=false,s="a \"b\" \\ , =c" -5')
    assert line.fields == {"f": -1500.0, "i": -3, "u": 2**64 - 1, "yes": True, "no": False, "s": 'a "b" \\ , =c'}
    assert line.time == -5


def test_a_long_line_of_backslashes_is_read_in_one_pass():
    good, refused = parse(b"raw,a=" + b"\\," * 100_000 + b" p")
    assert (len(good), len(refused)) == (0, 1)


def test_a_timestamp_is_rounded_down_to_milliseconds_in_every_precision():
    assert [time_ms(1_451_635_200_999_999_999, "ns"), time_ms(1_451_635_200_999_999, "us")] == [1451635200999] * 2
    assert [time_ms(1_451_635_200_999, "ms"), time_ms(1_451_635_200, "s")] == [1451635200999, 1451635200000]
