"""Merged requests read everything that was wanted, whole, and never cost more than asking one by one."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.bus.exchange import Pace, read_registers
from gateway.bus.merge import MOST_REGISTERS, Span, cheapest_gap, merged
from gateway.loggers.utilisation import exchange_s

spans = st.lists(st.builds(Span, st.integers(0, 400), st.integers(1, 20)), min_size=1, max_size=30)
bauds = st.sampled_from([9600, 19200, 115200])
paces = st.builds(Pace, bauds, st.sampled_from([10, 11]), st.just(0.005), radio=st.none())


def cost_s(pace: Pace, wanted: list[Span]) -> float:
    return sum(exchange_s(pace, read_registers(4, span.first, span.length)) for span in wanted)


@given(wanted=spans, pace=paces)
def test_every_wanted_register_is_read_within_one_request(wanted, pace):
    found = merged(wanted, cheapest_gap(pace))
    for span in wanted:
        assert any(one.first <= span.first and span.end <= one.end for one in found)
    assert all(one.length <= MOST_REGISTERS for one in found)


@given(wanted=spans, pace=paces)
def test_merging_never_costs_more_than_asking_for_each_alone(wanted, pace):
    assert cost_s(pace, merged(wanted, cheapest_gap(pace))) <= cost_s(pace, sorted(set(wanted))) + 1e-9
