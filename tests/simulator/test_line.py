import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.wire import rtu
from simulator.faults import LineFaults
from simulator.line import BABBLER, GROUP_S, MASTER, Line, character_bits

BAUD = 115200
CHAR_S = 10 / BAUD


def play_out(line: Line, until_s: float = 10.0) -> list[tuple[float, str, bytes]]:
    """Let a fake clock jump from due time to due time; return [(time, listener, bytes)]."""
    heard = []
    while (due_s := line.next_due_s()) is not None and due_s <= until_s:
        heard += [(due_s, name, data) for name, data in line.deliver(due_s)]
    return heard


def said_to(heard: list[tuple[float, str, bytes]], name: str) -> bytes:
    return b"".join(data for _, listener, data in heard if listener == name)


def line_with(faults: LineFaults, *nodes: str, baud: int = BAUD) -> Line:
    line = Line(baud, "none", faults)
    for node in nodes:
        line.join(node)
    return line


@pytest.fixture
def line() -> Line:
    return line_with(LineFaults(), "1", "2")


@pytest.mark.parametrize(
    ("parity", "stop", "bits"), [("none", 1, 10), ("even", 1, 11), ("odd", 1, 11), ("none", 2, 11), ("odd", 2, 12)]
)
def test_character_has_its_parity_and_stop_bits(parity, stop, bits):
    assert character_bits(parity, stop) == bits


@pytest.mark.parametrize(
    ("baud", "parity", "duration_s"), [(9600, "even", 60 * 11 / 9600), (115200, "none", 60 / 11520)]
)
def test_last_byte_is_over_after_the_wire_time_of_all(baud, parity, duration_s):
    line = Line(baud, parity)
    line.join("1")
    line.speak(MASTER, bytes(60), 2.0)
    assert play_out(line)[-1][0] == pytest.approx(2.0 + duration_s)


@given(
    st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5),
    st.sampled_from([1200, 9600, 19200, 115200]),
)
def test_everyone_else_hears_every_byte_in_order_and_never_before_it_is_over(parts, baud):
    line = line_with(LineFaults(), "1", "2", baud=baud)
    for part in parts:
        line.speak("1", part, 0.0)
    heard = play_out(line, until_s=100)
    spoken = b"".join(parts)
    assert said_to(heard, MASTER) == said_to(heard, "2") == spoken
    assert said_to(heard, "1") == b""
    count = 0
    for time_s, _, data in (entry for entry in heard if entry[1] == "2"):
        count += len(data)
        assert time_s >= count * line.char_s - 1e-9
        assert len(data) == 1 or len(data) * line.char_s <= GROUP_S + 1e-9


def test_slow_line_delivers_single_characters():
    line = line_with(LineFaults(), "1", baud=9600)
    line.speak(MASTER, b"abc", 0.0)
    assert [data for _, _, data in play_out(line)] == [b"a", b"b", b"c"]


def test_bytes_that_follow_at_once_take_their_turn(line):
    line.speak(MASTER, b"a", 0.0)
    line.speak(MASTER, b"b", CHAR_S / 2)
    assert play_out(line)[-1][0] == pytest.approx(2 * CHAR_S)


def test_late_wake_up_delivers_all_that_is_over_and_notes_how_late(line):
    line.speak(MASTER, bytes(20), 0.0)
    assert b"".join(data for name, data in line.deliver(1.0) if name == "1") == bytes(20)
    assert line.statistics.worst_late_s == pytest.approx(1.0 - 11 * CHAR_S)


def test_idle_line_has_nothing_due(line):
    line.speak(MASTER, b"x", 0.0)
    play_out(line)
    assert line.next_due_s() is None


def test_two_talkers_at_once_garble_each_other(line):
    line.speak("1", b"answer of one", 0.0)
    line.speak("2", b"answer of two", 2 * CHAR_S)
    heard = play_out(line)
    assert said_to(heard, "2")[:1] == b"a"
    assert not set(enumerate(said_to(heard, "2")[3:])) & set(enumerate(b"answer of one"[3:]))
    assert len(said_to(heard, MASTER)) == 26
    assert line.statistics.collisions >= 20


def test_one_after_the_other_is_no_collision(line):
    line.speak("1", b"one", 0.0)
    play_out(line)
    line.speak("2", b"two", 3 * CHAR_S)
    assert said_to(play_out(line), MASTER) == b"two"
    assert line.statistics.collisions == 0


def test_node_that_leaves_takes_its_unsaid_bytes_along(line):
    line.speak("1", b"never finished", 0.0)
    line.leave("1")
    assert play_out(line) == []


def test_flips_invert_single_bits_and_are_counted():
    line = line_with(LineFaults(flip_rate=0.01), "1")
    line.speak("1", bytes(2000), 0.0)
    heard = said_to(play_out(line), MASTER)
    assert sum(byte.bit_count() for byte in heard) == line.statistics.flips > 100


def test_same_seed_gives_the_same_noise():
    def noise(seed):
        line = line_with(LineFaults(flip_rate=0.01, seed=seed), "1")
        line.speak("1", bytes(500), 0.0)
        return said_to(play_out(line), MASTER)

    assert noise(5) == noise(5) != noise(6)


def test_late_answer_starts_late_and_the_master_is_never_late():
    line = line_with(LineFaults(late_ms=250), "1")
    line.speak(MASTER, b"q", 0.0)
    assert play_out(line)[0][0] == pytest.approx(CHAR_S)
    line.speak("1", b"a", 1.0)
    assert play_out(line)[0][0] == pytest.approx(1.25 + CHAR_S)


def test_duplicate_answer_comes_twice_with_a_silence_between():
    line = line_with(LineFaults(duplicate_share=1.0), "1")
    line.speak("1", b"answer", 0.0)
    heard = play_out(line)
    assert said_to(heard, MASTER) == b"answeranswer"
    assert heard[-1][0] == pytest.approx(12 * CHAR_S + 0.00175)


def test_silent_node_says_nothing():
    line = line_with(LineFaults(silent_share=1.0), "1")
    line.speak("1", b"answer", 0.0)
    assert play_out(line) == []


def test_stray_bytes_come_right_before_the_answer():
    line = line_with(LineFaults(stray_bytes=3), "1")
    line.speak("1", b"answer", 0.0)
    heard = said_to(play_out(line), MASTER)
    assert len(heard) == 9
    assert heard.endswith(b"answer")


def test_dropped_bytes_leave_the_rest_in_order():
    line = line_with(LineFaults(drop_rate=0.3), "1")
    spoken = bytes(range(256))
    line.speak("1", spoken, 0.0)
    heard = said_to(play_out(line), MASTER)
    assert list(heard) == sorted(heard)
    assert len(heard) == 256 - line.statistics.dropped < 256


def test_echo_lets_the_sender_hear_itself():
    line = line_with(LineFaults(echo=True), "1")
    line.speak(MASTER, b"question", 0.0)
    assert said_to(play_out(line), MASTER) == b"question"


def test_usb_adapter_hands_over_whole_chunks_to_the_master_only():
    line = line_with(LineFaults(chunk_ms=16), "1", "2")
    line.speak("1", bytes(100), 0.0)
    heard = play_out(line)
    assert [len(data) for _, name, data in heard if name == MASTER] == [100]
    assert len([data for _, name, data in heard if name == "2"]) > 5


ANSWER = rtu.frame(3, bytes((4, 4, 1, 2, 3, 4)))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"wrong_device_share": 1.0}, rtu.frame(4, ANSWER[1:-2])),
        ({"wrong_function_share": 1.0}, rtu.frame(3, bytes((3, 4, 1, 2, 3, 4)))),
        ({"short_share": 1.0}, rtu.frame(3, bytes((4, 2, 1, 2)))),
    ],
)
def test_answer_of_another_kind_is_right_in_itself(fault, said):
    line = line_with(LineFaults(**fault), "1")
    line.speak("1", ANSWER, 0.0)
    assert said_to(play_out(line), MASTER) == said


def test_answer_with_a_register_too_many_says_so_itself():
    line = line_with(LineFaults(long_share=1.0), "1")
    line.speak("1", ANSWER, 0.0)
    heard = said_to(play_out(line), MASTER)
    assert (heard[:7], len(heard), rtu.crc_fits(heard)) == (bytes((3, 4, 6, 1, 2, 3, 4)), 11, True)


def test_only_answers_are_falsified():
    line = line_with(LineFaults(wrong_device_share=1.0, stray_after=2), "1")
    line.speak(MASTER, ANSWER, 0.0)
    assert said_to(play_out(line), "1") == ANSWER


def test_stray_bytes_come_right_after_the_answer():
    line = line_with(LineFaults(stray_after=3), "1")
    line.speak("1", ANSWER, 0.0)
    heard = said_to(play_out(line), MASTER)
    assert (heard[:-3], len(heard)) == (ANSWER, len(ANSWER) + 3)


def test_stuck_line_carries_nothing_either_way():
    line = line_with(LineFaults(stuck=True), "1")
    line.speak(MASTER, b"question", 0.0)
    line.speak("1", b"answer", 1.0)
    assert said_to(play_out(line), MASTER) == said_to(play_out(line), "1") == b""
    assert line.statistics.dropped == 14


def test_babbler_talks_unasked_until_the_fault_ends():
    line = line_with(LineFaults(babble_ms=500), "1")
    heard = [time_s for time_s, name, _ in play_out(line, until_s=9.9) if name == MASTER]
    assert len({round(time_s / 0.5) for time_s in heard}) == 20
    line.set_faults(LineFaults())
    assert BABBLER not in line._talkers
    assert play_out(line) == []


def test_radio_lets_a_frame_out_late_and_with_gaps():
    line = line_with(LineFaults(radio_latency_ms=100, radio_bytes=4, radio_gap_ms=50), "1")
    line.speak("1", b"0123456789", 0.0)
    heard = [(time_s, data) for time_s, name, data in play_out(line) if name == MASTER]
    assert [data for _, data in heard] == [b"0123", b"4567", b"89"]
    expected_s = [0.1 + 4 * CHAR_S, 0.15 + 8 * CHAR_S, 0.2 + 10 * CHAR_S]
    assert [time_s for time_s, _ in heard] == pytest.approx(expected_s)
    assert line.quiet_from_s == pytest.approx(expected_s[-1])
