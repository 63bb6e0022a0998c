"""As few requests as an instrument allows, and no value torn over two."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gateway.bus.exchange import Pace
from gateway.bus.merge import Span
from gateway.instruments.profile import REGISTERS, Field
from gateway.instruments.profile_file import read_profile
from gateway.instruments.requests import Read, reads_for, words_of

KELLER = read_profile("keller-30-40", Path(), {})
CAMPBELL = read_profile("campbell-table", Path(), {"word_order": "high_first"})
PACE = Pace(9600, 10, 0.005)

a_field = st.builds(
    Field, function=st.sampled_from([3, 4]), register=st.integers(0, 300), type=st.sampled_from(sorted(REGISTERS)),
    scale=st.just(1.0), unit=st.just("1"),
)  # fmt: skip


@given(
    st.dictionaries(st.text("abc", min_size=1), a_field, min_size=1, max_size=20),
    st.integers(4, 125),
    st.booleans(),
)
def test_each_value_lies_whole_in_one_request_within_the_limit(fields, most, read_gaps):
    device = replace(KELLER.device, most_registers=most, read_gaps=read_gaps)
    reads = reads_for(fields, device, PACE)
    memory = list(range(1000))
    found = {}
    for read in reads:
        assert read.span.length <= most
        found |= words_of(fields, read, memory[read.span.first : read.span.end])
    assert found == {name: memory[one.first : one.first + one.registers] for name, one in fields.items()}


def test_keller_is_asked_value_by_value_unless_its_firmware_allows_more():
    wanted = KELLER.with_faults(("p1", "tob1"))
    assert [read.span for read in reads_for(wanted, KELLER.device, PACE)] == [Span(2, 2), Span(8, 2)]
    newer = read_profile("keller-30-40", Path(), {"most_registers": 80})
    assert [read.span for read in reads_for(newer.with_faults(("p1", "p2")), newer.device, PACE)] == [Span(2, 4)]


def test_gaps_are_read_along_by_what_they_cost_on_the_wire():
    far = CAMPBELL.with_faults(("value1", "value7"))
    near = CAMPBELL.with_faults(("value1", "value6"))
    assert len(reads_for(far, CAMPBELL.device, PACE)) == 1
    assert len(reads_for(CAMPBELL.with_faults(("value1", "value9")), CAMPBELL.device, PACE)) == 2
    assert len(reads_for(near, replace(CAMPBELL.device, read_gaps=False), PACE)) == 2
    assert len(reads_for(CAMPBELL.with_faults(("value1", "value20")), CAMPBELL.device, None)) == 1


def test_coils_have_a_request_of_their_own():
    reads = reads_for(CAMPBELL.with_faults(("value1", "coil1", "coil8")), CAMPBELL.device, PACE)
    assert reads == (Read(1, Span(0, 8)), Read(3, Span(0, 2)))
    assert reads[0].request.answer_bytes == 6
    assert reads[0].words(bytes([1, 1, 0b1000_0001])) == [1, 0, 0, 0, 0, 0, 0, 1]
