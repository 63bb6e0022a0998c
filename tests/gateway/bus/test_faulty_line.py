"""Whatever is wrong with the line: what the master returns is what the device says, or it is an error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.bus.exchange import Pace, answer_words, read_registers, return_query, set_one_time
from gateway.bus.line import Line
from gateway.bus.master import BusError, Master, NoAnswer, NoBroadcast
from seepline.site_wiring import Bus as SiteBus
from seepline.site_wiring import Radio
from seepline.wire import rtu
from simulator.bus import Bus
from simulator.faults import NO_FAULTS, LineFaults

DEAD, MANY = 9, 8
shares = st.sampled_from([0.0, 0.0, 0.3, 1.0])

faults = st.builds(
    LineFaults,
    seed=st.integers(0, 10**6),
    flip_rate=st.sampled_from([0.0, 0.0, 1e-4, 1e-2]),
    drop_rate=st.sampled_from([0.0, 0.0, 1e-3, 5e-2]),
    late_ms=st.sampled_from([0.0, 0.0, 30.0, 95.0, 130.0, 200.0]),
    late_share=shares,
    duplicate_share=shares,
    silent_share=shares,
    wrong_device_share=shares,
    wrong_function_share=shares,
    short_share=shares,
    long_share=shares,
    stray_bytes=st.sampled_from([0, 0, 1, 7]),
    stray_after=st.sampled_from([0, 0, 1, 7]),
    echo=st.booleans(),
    chunk_ms=st.sampled_from([0.0, 0.0, 16.0]),
    radio_latency_ms=st.sampled_from([0.0, 0.0, 20.0]),
    radio_bytes=st.sampled_from([0, 0, 1, 5]),
    radio_gap_ms=st.sampled_from([1.0, 3.0]),
    stuck=st.sampled_from([False, False, False, True]),
    babble_ms=st.sampled_from([0.0, 0.0, 0.0, 15.0, 500.0]),
)
reads = st.tuples(st.sampled_from([1, 2, 3, DEAD]), st.sampled_from([3, 4]), st.integers(0, 99), st.integers(1, 4))
queries = st.tuples(st.sampled_from([1, 2, DEAD]), st.just(8), st.integers(0, 0xFFFF), st.just(0))
one_shape = st.lists(st.integers(0, 99), min_size=2, max_size=8).map(lambda places: [(1, 3, n, 2) for n in places])
questions = st.lists(reads | queries, min_size=1, max_size=8) | one_shape


async def asked(master, address, function, place, count):
    """Return what the master believes."""
    if function == rtu.DIAGNOSTICS:
        return await master.transact(address, return_query(place))
    return answer_words(await master.transact(address, read_registers(function, place, count)))


def truth(word, address, function, place, count):
    """Return what the device says, None where there is no device."""
    if address == DEAD:
        return None
    if function == rtu.DIAGNOSTICS:
        return return_query(place).pdu
    return [word(address, function, place + n) for n in range(count)]


def radio_of(faults):
    """Return the radio segment that the master is told of, None when all is cable."""
    if not faults.radio_latency_ms:
        return None
    packet_bytes, gap_s = faults.radio_bytes or 256, faults.radio_gap_ms / 1000
    return Radio(faults.radio_latency_ms / 1000, packet_bytes, gap_s, broadcast=False)


def never_a_wrong_value(desk, faults, questions):
    bus = desk.of(faults, radio=radio_of(faults))

    async def script():
        for question in questions:
            try:
                assert await asked(bus.master, *question) == truth(desk.word, *question)
            except BusError:
                continue
        bus.line.set_faults(NO_FAULTS)
        question = (1, 3, 50, 4)
        assert await asked(bus.master, *question) == truth(desk.word, *question)

    bus.run(script())


fixed = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@fixed
@given(faults=faults, questions=questions)
def test_never_a_wrong_value_and_right_again_when_the_fault_ends(desk, faults, questions):
    never_a_wrong_value(desk, faults, questions)


@pytest.mark.soak
@settings(fixed, max_examples=20_000, derandomize=False, print_blob=True)
@given(faults=faults, questions=questions)
def test_never_a_wrong_value_long(desk, faults, questions):
    never_a_wrong_value(desk, faults, questions)


# One fault alone, and whether answers still come through it.
ALONE = [
    ("bit flip", {"flip_rate": 0.01}, None),
    ("drop", {"drop_rate": 0.02}, None),
    ("delay", {"late_ms": 60}, True),
    ("late answer", {"late_ms": 150}, None),
    ("duplicate", {"duplicate_share": 1.0}, None),
    ("no answer", {"silent_share": 1.0}, False),
    ("wrong device", {"wrong_device_share": 1.0}, False),
    ("wrong function", {"wrong_function_share": 1.0}, False),
    ("short count", {"short_share": 1.0}, False),
    ("long count", {"long_share": 1.0}, False),
    ("stray before", {"stray_bytes": 5}, True),
    ("stray after", {"stray_after": 5}, True),
    ("echo", {"echo": True}, True),
    ("split at every byte", {"radio_bytes": 1, "radio_gap_ms": 3}, True),
    ("16 ms chunks", {"chunk_ms": 16}, True),
    ("stuck bus", {"stuck": True}, False),
    ("babbling device", {"babble_ms": 1.0}, False),
    ("device that says something now and then", {"babble_ms": 400.0}, None),
]


@pytest.mark.parametrize(("what", "fault", "comes_through"), ALONE, ids=[row[0] for row in ALONE])
def test_one_fault_alone(desk, what, fault, comes_through):
    bus, right = desk.of(LineFaults(**fault)), []

    async def script():
        for n in range(MANY):
            question = (1 + n % 3, 3 + n % 2, 5 * n, 4)
            try:
                right.append(await asked(bus.master, *question) == truth(desk.word, *question))
            except NoAnswer:
                continue
        bus.line.set_faults(NO_FAULTS)
        assert await asked(bus.master, 2, 4, 7, 3) == truth(desk.word, 2, 4, 7, 3)

    bus.run(script())
    assert all(right)
    assert comes_through is None or len(right) == (MANY if comes_through else 0)


@pytest.mark.parametrize(("what", "fault", "comes_through"), ALONE, ids=[row[0] for row in ALONE])
async def test_the_same_faults_over_a_real_port(desk, tmp_path, what, fault, comes_through):
    site_bus = SiteBus(id="bus1", gateway="g", baud=115_200, parity="none")
    bus = Bus(site_bus, tmp_path / "bus1.tty", [], LineFaults(**fault), {1: desk.device(1)})
    line = Line(str(bus.tty), 115_200, "none")
    line.open()
    try:
        master = Master(line, Pace(115_200, 10, 0.05))
        for count in (1, 2, 3):  # no two of one length: a busy machine is later than any quarantine
            try:
                assert await asked(master, 1, 3, 7, count) == truth(desk.word, 1, 3, 7, count)
            except NoAnswer:
                continue
        bus.set_faults(NO_FAULTS)
        pdu = await master.transact(1, read_registers(4, 9, 4), turn_round_s=5.0)
        assert answer_words(pdu) == truth(desk.word, 1, 4, 9, 4)
    finally:
        line.close()
        bus.close()


def test_an_answer_to_whoever_spoke_before_us_is_not_ours(desk):
    bus = desk.of()
    bus.line.join("another")
    bus.line.speak(
        "another", rtu.frame(1, bytes((3, 2)) + bytes(2)), 0.0065
    )  # as if it answered our first request
    answer, _ = bus.run(asked(bus.master, 1, 3, 10, 1))
    assert answer == truth(desk.word, 1, 3, 10, 1)
    assert bus.master.counters["late_drained"] == 1


@pytest.mark.parametrize("late_ms", [*range(80, 320, 20), *range(320, 338, 2)])  # the quarantine ends at 338
def test_a_late_answer_never_meets_the_next_request(desk, late_ms):
    bus = desk.of(LineFaults(late_ms=late_ms))

    async def script():
        for place in (10, 20, 30):
            try:
                assert await asked(bus.master, 1, 3, place, 2) == truth(desk.word, 1, 3, place, 2)
            except NoAnswer:
                continue

    bus.run(script())
    assert bus.line.statistics.collisions == 0


def test_a_dead_device_is_not_alive_because_we_hear_ourselves(desk):
    bus = desk.of(LineFaults(echo=True))
    read, garbled = bus.memory.read, []

    def with_a_garbled_echo():
        data = read()
        garbled.append(data)
        return bytes((data[0] ^ 1,)) + data[1:] if data else data

    async def script():
        bus.memory.read = with_a_garbled_echo
        assert await asked(bus.master, 1, 3, 10, 2) == truth(desk.word, 1, 3, 10, 2)
        bus.memory.read = read
        with pytest.raises(NoAnswer, match="timeout"):
            await bus.master.transact(DEAD, return_query(0xA537))

    bus.run(script())
    assert any(garbled)


def test_a_device_that_mirrors_is_believed_once_the_line_is_known(desk):
    for echo in (False, True):
        bus = desk.of(LineFaults(echo=echo))

        async def script(bus=bus):
            await asked(bus.master, 1, 3, 10, 2)
            return await bus.master.transact(2, return_query(0xA537))

        assert bus.run(script())[0] == return_query(0xA537).pdu


def test_each_device_has_its_own_turn_round_and_counts(desk):
    bus = desk.of(LineFaults(late_ms=500))

    async def script():
        with pytest.raises(NoAnswer):
            await asked(bus.master, 1, 3, 10, 2)
        return await bus.master.transact(2, read_registers(3, 10, 2), turn_round_s=0.6)

    answer, _ = bus.run(script())
    assert answer_words(answer) == truth(desk.word, 2, 3, 10, 2)
    one, two = bus.master.devices[1], bus.master.devices[2]
    assert (one.counters["timeout"], one.counters["retries"], one.counters["ok"]) == (2, 1, 0)
    assert (two.counters["ok"], two.counters["timeout"]) == (1, 0)
    assert 500 <= two.status()["turn_round_ms"]["median"] <= two.status()["turn_round_ms"]["max"] <= 512
    assert "turn_round_ms" not in one.status()


def test_a_device_gets_the_pause_that_it_needs_before_a_request(desk):
    bus = desk.of()

    async def script():
        await asked(bus.master, 1, 3, 10, 1)
        for _ in range(5):
            await bus.master.transact(2, read_registers(3, 10, 1), pause_s=1.0)

    assert 5.0 < bus.run(script())[1] < 5.6


RADIO = Radio(latency_s=0.15, packet_bytes=24, gap_s=0.08, broadcast=False)
RADIO_FAULTS = LineFaults(radio_latency_ms=150, radio_bytes=24, radio_gap_ms=80)


def test_a_radio_segment_is_waited_for_and_not_taken_for_a_dead_device(desk):
    over_radio, as_cable = desk.of(RADIO_FAULTS, radio=RADIO), desk.of(RADIO_FAULTS)

    async def script(master):
        return [await asked(master, address, 4, 10, 30) for address in (1, 2, 3)]

    assert over_radio.run(script(over_radio.master))[0] == [truth(desk.word, n, 4, 10, 30) for n in (1, 2, 3)]
    assert over_radio.master.counters == {"ok": 3}
    with pytest.raises(NoAnswer):
        as_cable.run(script(as_cable.master))


def test_a_late_answer_through_a_radio_is_drained_too(desk):
    bus = desk.of(LineFaults(radio_latency_ms=150, radio_bytes=24, radio_gap_ms=80, late_ms=130), radio=RADIO)

    async def script():
        for place in (10, 20, 30):
            with pytest.raises(NoAnswer):
                await asked(bus.master, 1, 3, place, 2)
        bus.line.set_faults(RADIO_FAULTS)
        return await asked(bus.master, 1, 3, 40, 2)

    assert bus.run(script())[0] == truth(desk.word, 1, 3, 40, 2)
    assert bus.line.statistics.collisions == 0


def test_a_frame_that_the_radio_sends_twice_answers_nothing_else(desk):
    bus = desk.of(LineFaults(radio_latency_ms=150, duplicate_share=1.0), radio=RADIO)

    async def script():
        return [await asked(bus.master, 1, 3, place, 2) for place in (10, 20, 30)]

    assert bus.run(script())[0] == [truth(desk.word, 1, 3, place, 2) for place in (10, 20, 30)]


def test_a_radio_that_carries_no_broadcast_gets_none_and_clocks_are_set_one_by_one(desk):
    bus = desk.of(RADIO_FAULTS, radio=RADIO)
    assert not bus.master.may_broadcast
    assert desk.of(radio=RADIO._replace(broadcast=True)).master.may_broadcast
    time = set_one_time(1_790_000_000_250)

    async def script():
        with pytest.raises(NoBroadcast):
            await bus.master.broadcast(time.pdu)
        return await bus.master.transact(2, time)

    assert bus.run(script())[0] == time.pdu[:5]
