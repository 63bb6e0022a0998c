"""The rule by which rows may go, on readings whose extremes are known."""

from gateway.outbox.packing import Row
from gateway.outbox.thinning import WINDOW_MS, kept_rows
from seepline.wire import record as wire

T0_MS = 1_450_000_200_000


def scalar(row: int, value: int, at_ms: int = T0_MS, *, status: int = 0, serial: int = 501) -> Row:
    payload = wire.encode_scalar([wire.ScalarChannel(status, value)])
    time_s, ms = divmod(at_ms, 1000)
    return Row(row, wire.encode(wire.Record(serial, 0, 1, 2, 77, 1, row, time_s, ms, 9, 2, 1, payload)), None)


def scans(values: list[int], first: int = 1, **about) -> list[Row]:
    return [scalar(first + n, value, T0_MS + 10_000 * n, **about) for n, value in enumerate(values)]


def test_smallest_largest_and_last_of_ten_minutes_stay():
    assert kept_rows(scans([5, 9, 4, 6, 1, 7, 8])) == {2, 5, 7}


def test_every_logger_and_every_ten_minutes_has_its_own():
    rows = [*scans([5, 9, 4, 6]), *scans([3, 3, 1, 2], first=5, serial=502), scalar(9, 7, T0_MS + WINDOW_MS)]
    assert kept_rows(rows) == {2, 3, 4, 5, 7, 8, 9}


def test_what_says_something_of_itself_stays():
    rows = scans([5] * 6)
    rows[2] = scalar(3, 5, T0_MS + 20_000, status=1)
    assert kept_rows(rows) == {1, 3, 6}


def test_everything_around_an_event_of_a_logger_stays():
    event = Row(99, wire.encode(wire.Record(501, 255, 1, 2, 77, 1, 99, T0_MS // 1000, 0, 9, 3, 1, b"")), None)
    minutes = [scalar(n, 5, T0_MS + n * 60_000 + 1000) for n in range(1, 60)]
    kept = kept_rows([*minutes, event])
    assert {*range(1, 30), 99} <= kept
    assert not kept & set(range(31, 39))


def test_lines_are_thinned_by_their_fields():
    values = [5, 9, 4, 6, 1, 7, 8]
    rows = [
        Row(n, b"", None, f"raw,site=d\\ am,logger=k p={value},t=3.5,ring=1i,seq={n}i,tq=2i {T0_MS + n}")
        for n, value in enumerate(values, 1)
    ]
    assert kept_rows(rows) == {1, 2, 5, 7}  # the first for t, which never changes
    spoken = Row(8, b"", None, f"raw,site=dam,logger=k p_status=3i,ring=1i,seq=8i {T0_MS}")
    unreadable = Row(9, b"", None, "no line")
    assert {8, 9} <= kept_rows([*rows, spoken, unreadable])
