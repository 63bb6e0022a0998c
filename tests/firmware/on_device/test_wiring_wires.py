"""Vibrating wires: from the input table through a coil that rings, the estimator and the driver to readings."""

import asyncio

import trial
from wired import Board, gone, together

from seepline.wire import status
from seepline.wire.record import MISSING_U32

WIRE = {"driver": "vibrating_wire", "at": ["0:0"], "coil": 1, "lowest_hz": 400, "highest_hz": 6000}
WIRE["nanovolt_per_count"] = 100
OTHER = dict(WIRE, coil=3, at=["0:1"])


def test_a_wire_rings_in_its_coil_and_its_thermistor_is_read_beside_it():
    rows = [["2923456/5781000/900/2000/4000/500/12"], ["2850000/2999000/300//3000//"]]
    board = Board(rows, ("vw",), [WIRE])
    first, second = [board.scan(number)[0] for number in range(2)]
    third = Board([["812345//"]], ("vw",), [dict(WIRE, coil=0)]).scan()[0]
    assert (first.status, second.status) == (0, 0)
    assert abs(first.frequency_mhz - 2923456) <= 5, first
    assert abs(first.agreement_mhz - 12) <= 5
    assert abs(second.frequency_mhz - 2850000) <= 5
    assert abs(first.thermistor_mohm - 5781000) <= 10
    assert abs(first.amplitude_uv - 900) <= 30
    assert abs(first.decay_e4 - 4000) <= 100
    assert abs(third.frequency_mhz - 812345) <= 20, third
    assert (third.status, third.thermistor_mohm) == (status.THERMISTOR_OPEN, MISSING_U32)


def test_a_wire_that_does_not_answer_and_a_cut_cable():
    found = gone(("vw",), WIRE, ["/5781000//////2"], [status.NO_SIGNAL])
    assert found[0].frequency_mhz == MISSING_U32
    assert abs(found[0].thermistor_mohm - 5781000) <= 10
    gone(("vw",), WIRE, [""], [status.NO_SIGNAL | status.THERMISTOR_OPEN])
    gone(("vw",), WIRE, ["2900000///////128"], [status.THERMISTOR_SHORT])


def test_coils_share_the_front_end_when_they_are_measured_at_once():
    board, found = together(("vw",), ["2900000/5000000/", "3100000/6000000/"], [WIRE, OTHER])
    for (one,), mhz, mohm in zip(found, (2900000, 3100000), (5000000, 6000000)):
        assert abs(one.frequency_mhz - mhz) <= 5, found
        assert abs(one.thermistor_mohm - mohm) <= 10, found
    assert board.fitted[0].places == ((0, 0),)


def test_a_reading_that_is_given_up_leaves_the_front_end_to_the_next_coil():
    board, _ = together(("vw",), ["2900000//", "3100000//"], [WIRE, OTHER])
    coil = board.bench.vibrating_wire_bus(1)

    async def hang(ms):
        await asyncio.sleep(100)

    async def given_up():
        coil.pause_ms = hang
        task = asyncio.create_task(board.fitted[0].driver.measure())
        await asyncio.sleep(0.01)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        return await asyncio.wait_for(board.fitted[1].driver.measure(), 5)

    found = asyncio.run(given_up())
    assert abs(found[0].frequency_mhz - 3100000) <= 5


trial.run(globals())
