"""The short way from lines to rows gives what the long way gives, or nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.ingest import _read
from collector.line_protocol import PER_MS, parse
from collector.quick_lines import QuickLines
from collector.raw_lines import rows

NUMBER = st.one_of(
    st.floats(allow_nan=True).map(repr),
    st.integers(-(2**40), 2**40).map(str),
    st.sampled_from(
        ["1", "-0", "1.", ".5", "1e5", "1e-7", "1e999", "1_0", "nan", "0x1", "", "1i", "-1i", "1u", "t"]
    ),
)
WHOLE = st.one_of(st.integers(-2, 2**33).map(lambda n: f"{n}i"), st.sampled_from(["1", "1.0", "65535i", "65536i"]))
NAME = st.sampled_from(["f", "t", "f_status", "t_status", "_status", "p.1-a", "b c", "ring", "boot", "seq", "tq"])
FIELD = st.builds(lambda name, text: f"{name}={text}", NAME, st.one_of(NUMBER, WHOLE))
HEAD = st.sampled_from(
    [
        "raw,site=dam,logger=a", "raw,site=dam,logger=a,block=0", "raw,site=dam,logger=a,block=300", "raw",
        "raw,logger=a,site=dam", "raw,site=other,logger=a", "raw,site=dam,logger=a,block=0,more=1",
        "other,site=dam",
    ]
)  # fmt: skip
STAMP = st.one_of(st.integers(-5, 2**64).map(str), st.sampled_from(["", "1450000000000", "7258118400000", "1i"]))
LINE = st.builds(
    lambda head, fields, stamp: f"{head} {','.join(fields)} {stamp}",
    HEAD,
    st.lists(FIELD, min_size=1, max_size=6),
    STAMP,
)
GOOD = (
    "raw,site=dam,logger=a,block=0 f0=2880.123,t0=3000.5,t0_status=8i,ring=7i,boot=1i,seq=9i,tq=2i 1450000000000"
)


@given(text=LINE, precision=st.sampled_from(sorted(PER_MS)))
@example(text=GOOD, precision="ms")
@example(text="raw,site=dam,logger=a f=1=2,g 5", precision="ms")
@example(text="raw,site=dam,logger=a a=1=b,2 5", precision="ms")
def test_the_short_way_gives_the_row_of_the_long_way_or_none(text, precision):
    found = QuickLines("dam", precision).row(4, text)
    lines, _ = parse(b"\n\n\n" + text.encode())
    expected, _ = rows(lines, precision, "dam")
    assert found is None or [found] == expected


def test_a_line_of_our_own_gateways_goes_the_short_way():
    row = QuickLines("dam", "ms").row(1, GOOD)
    assert (row.logger, row.block, row.ring, row.seq, row.time_ms) == ("a", 0, 7, 9, 1450000000000)
    assert [(one.channel, one.value, one.status) for one in row.values] == [("f0", 2880.123, 0), ("t0", 3000.5, 8)]


@pytest.mark.parametrize("foreign", ["raw,site=dam,logger=a f=1e999 7", "raw,site=dam,logger=a\\ b f=1 7", "\xe9"])
def test_rows_and_refusals_keep_the_order_of_their_lines(foreign):
    good, refused = _read(f"{GOOD}\n{foreign}\n# remark\n\n{GOOD} \n{GOOD}".encode("latin-1"), "ms", "dam")
    assert [row.line for row in good] == [1, 5, 6]
    assert [one.line for one in refused] == [2]
