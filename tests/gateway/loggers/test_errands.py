"""Requests of people: in their turn, bounded, answered or refused in words; and what is passed on at all."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bus.exchange import Pace, read_history, read_registers, write_registers
from gateway.bus.line import PortError
from gateway.bus.master import NoAnswer
from gateway.loggers import errands as module
from gateway.loggers.errands import MOST_WAITING, ErrandRefused, Errands
from gateway.loggers.passing import request_of

REQUEST = read_registers(3, 0, 2)


class Line:
    """A master that answers as it is told, and remembers the order."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    pace = Pace(9600, 10, 0.1)

    async def transact(self, address, request, *, turn_round_s):
        self.asked.append(address)
        answer = self.answers.pop(0) if self.answers else b"\x03\x00"
        if isinstance(answer, Exception):
            raise answer
        return answer


async def asleep(address):
    """Nobody sleeps."""


async def test_errands_are_done_one_at_a_time_in_their_order():
    errands, line = Errands(), Line(b"one", b"two")
    asked = [asyncio.ensure_future(errands.ask(address, REQUEST)) for address in (7, 8)]
    await asyncio.sleep(0)
    assert await errands.do_one(line, asleep)
    assert [task.done() for task in asked] == [False, False]  # told at the loop's next turn
    assert await asked[0] == b"one"
    assert not asked[1].done()
    assert await errands.do_one(line, asleep)
    assert await asked[1] == b"two"
    assert not await errands.do_one(line, asleep)
    assert line.asked == [7, 8]


async def test_a_failure_is_the_asker_s_and_the_bus_goes_on():
    errands, line = Errands(), Line(NoAnswer("nothing"), b"good")
    asked = [asyncio.ensure_future(errands.ask(7, REQUEST)) for _ in range(2)]
    await asyncio.sleep(0)
    assert await errands.do_one(line, asleep)
    assert await errands.do_one(line, asleep)
    with pytest.raises(NoAnswer):
        await asked[0]
    assert await asked[1] == b"good"


async def test_a_port_that_goes_is_told_to_the_asker_and_to_the_bus():
    errands, line = Errands(), Line(PortError("the adapter is gone"))
    asked = asyncio.ensure_future(errands.ask(7, REQUEST))
    await asyncio.sleep(0)
    with pytest.raises(PortError):
        await errands.do_one(line, asleep)
    with pytest.raises(ErrandRefused, match="the adapter is gone"):
        await asked


async def test_who_went_away_is_not_asked_for_and_the_queue_is_bounded():
    errands, line = Errands(), Line()
    asked = [asyncio.ensure_future(errands.ask(n, REQUEST)) for n in range(1, MOST_WAITING + 1)]
    await asyncio.sleep(0)
    with pytest.raises(ErrandRefused, match="wait for this bus already"):
        await errands.ask(9, REQUEST)
    for task in asked[:-1]:
        task.cancel()
    await asyncio.sleep(0)
    assert await errands.do_one(line, asleep)
    assert line.asked == [MOST_WAITING]
    assert await asked[-1] == b"\x03\x00"


async def test_a_bus_that_never_gets_to_it_says_so(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    with pytest.raises(ErrandRefused, match="is its port open"):
        await Errands().ask(7, REQUEST)


async def test_waiting_ends_when_somebody_asks():
    errands = Errands()
    waiting = asyncio.ensure_future(errands.wait(60))
    await asyncio.sleep(0)
    asked = asyncio.ensure_future(errands.ask(7, REQUEST))
    await waiting
    await errands.do_one(Line(), asleep)
    await asked


@pytest.mark.parametrize(
    "request_",
    [
        read_registers(3, 0, 60),
        read_registers(4, 1000, 62),
        write_registers(200, [1, 2, 3, 4]),
        read_history([7]),
        read_history([7, 8]),
    ],
)
def test_what_our_tools_ask_is_passed_on_as_they_would_ask_it(request_):
    assert request_of(7, request_.pdu.hex()) == (7, request_)


@given(st.binary(max_size=300), st.one_of(st.integers(-5, 300), st.none(), st.text()))
def test_anything_else_is_refused_in_words(pdu, address):
    with contextlib.suppress(ErrandRefused):
        found, request = request_of(address, pdu.hex())
        assert 1 <= found <= 247
        assert request.pdu == pdu
        assert pdu[0] in (3, 4, 6, 8, 16, 20)
        assert 5 < request.answer_bytes <= 256
