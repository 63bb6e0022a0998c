"""The identification registers as the logger packs them, against the map that masters read them by."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # the logger's program is no installed package

from firmware import image
from firmware.facts import Facts
from firmware.settings import Block, Settings
from firmware.timekeeping import Keeper
from firmware.traffic import BAD, SERVED, Traffic
from seepline.wire import registers
from seepline.wire.record import MAP_VERSION, PAYLOADS


class Clock:
    quality = 2
    tolerance_ms = 0

    def utc_ms(self) -> int:
        return 1_700_000_000_123

    def uptime_ms(self) -> int:
        return 77_000


class Ring:
    ring, oldest, newest, capacity = 4711, 100_001, 100_000, 100_003

    def read(self, sequence: int) -> None:
        return None


def test_every_field_stands_in_its_register() -> None:
    facts, keeper, traffic = Facts(), Keeper(Clock()), Traffic()
    for number, name in enumerate(sorted(vars(facts))):
        setattr(facts, name, 200 + number)
    for kind, count in ((SERVED, 31), (BAD, 32)):
        for _ in range(count):
            traffic.count(kind)
    keeper.refused = 33
    block = Block(5, 2, PAYLOADS[2], ("voltage",) * 3)
    settings = Settings(116002, 2, 19200, 900, 5, 11000, "none", "continuous", 50, [block], (), ())
    shown = image.Image(settings, Ring(), keeper, traffic, (6, 3), facts)
    data = shown.registers(0, registers.IDENTIFICATION_REGISTERS)
    words = [data[at] << 8 | data[at + 1] for at in range(0, len(data), 2)]
    found = {name: registers.field(words, name) for _, count, name in registers.IDENTIFICATION if count <= 2}
    assert found == {
        **vars(facts),
        "magic": registers.MAGIC,
        "map_version": MAP_VERSION,
        "firmware_version": image.FIRMWARE_VERSION,
        "logger_id": 116002,
        "ring": 4711,
        "boot": 6,
        "oldest_sequence": 100_001,
        "newest_sequence": 100_000,
        "capacity": 100_003,
        "uptime_s": 77,
        "utc_s": 1_700_000_000,
        "utc_ms": 123,
        "time_quality": 2,
        "scan_s": 900,
        "block_count": 1,
        "reset_cause": 3,
        "frames_served": 31,
        "frames_bad": 32,
        "times_refused": 33,
    }
    directory = words[23 : 23 + registers.MAX_BLOCKS]
    assert directory == [2 << 8 | 3 if number == 5 else 0xFFFF for number in range(registers.MAX_BLOCKS)]
