from seepline.wire import record as wire
from simulator import flash_image


def record(sequence: int) -> bytes:
    payload = wire.encode_scalar([wire.ScalarChannel(0, sequence)])
    return wire.encode(wire.Record(116001, 0, 1, 0, 7, 1, sequence, 0, 0, 0, wire.PAYLOAD_SCALAR, 1, payload))


def block(header: bytes, *slots: bytes) -> bytes:
    return (header.ljust(16, b"\xff") + b"".join(slots)).ljust(4096, b"\xff")


def test_whole_records_are_found_and_torn_or_retired_ones_are_not(tmp_path):
    torn = record(3)[:60] + b"\xff" * 60
    image = tmp_path / "a.flash"
    image.write_bytes(
        block(b"SEEP", record(1), record(2), torn, bytes(120), record(4))
        + block(bytes(16), record(99))
        + block(b"SEEP", *[record(n) for n in range(5, 39)])
        + b"\xff" * 4096
    )
    assert [wire.decode(data).sequence for data in flash_image.records(image)] == [1, 2, 4, *range(5, 39)]
    assert flash_image.count(image) == 37


def test_logger_without_an_image_holds_nothing(tmp_path):
    assert flash_image.count(tmp_path / "none.flash") == 0
