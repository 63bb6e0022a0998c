"""What a logger says of itself: its identification registers, decoded for people and for machines."""

from collections.abc import Mapping
from dataclasses import dataclass

from fieldtool.clock import Clock, iso
from fieldtool.connection import Device, FieldError
from seepline.wire import record, registers

MODES = {0: "normal", 1: "safe mode: identification, log and update only"}
POWER_MODES = {0: "continuous", 1: "window"}
TIME_QUALITIES = {0: "never set", 1: "RTC", 2: "synced"}
# As machine.reset_cause() of MicroPython's ESP32 port; 100 as in the boot event.
RESET_CAUSES = {
    1: "power on", 2: "hard reset", 3: "watchdog", 4: "deep sleep", 5: "soft reset", 100: "brown-out inferred",
}  # fmt: skip
_NOT_MEASURED = record.MISSING_U16


@dataclass(frozen=True, slots=True)
class Identification:
    """The registers by name as in seepline/wire/registers.py, the blocks, and the laptop's time of the reading."""

    values: Mapping[str, int]
    blocks: Mapping[int, tuple[int, int]]  # block -> (payload type, channels)
    read_ms: int

    @property
    def serial(self) -> int:
        """The logger's id, `serial` in SITE.toml."""
        return self.values["logger_id"]

    @property
    def utc_ms(self) -> int:
        """The logger's clock, 0 when it never was set."""
        return self.values["utc_s"] * 1000 + self.values["utc_ms"]

    @property
    def clock_offset_ms(self) -> int | None:
        """How far the logger's clock is ahead of the laptop's, None when it never was set."""
        return self.utc_ms - self.read_ms if self.values["utc_s"] else None

    @property
    def records_held(self) -> int:
        """How many records the memory holds."""
        return self.values["newest_sequence"] - self.values["oldest_sequence"] + 1


async def identify(device: Device, clock: Clock) -> Identification:
    """Return the identification of the logger at the other end.

    Raises
    ------
    FieldError
        When nothing answers, or what answers is no Seepline logger of this register map.
    """
    before_ms = clock.now_ms()
    words = await device.read(0, registers.IDENTIFICATION_REGISTERS)
    return decode(words, (before_ms + clock.now_ms()) // 2)


def decode(words: list[int], read_ms: int) -> Identification:
    """Return the identification in registers 0 to 59."""
    values = {name: registers.field(words, name) for _, count, name in registers.IDENTIFICATION if count <= 2}
    if values["magic"] != registers.MAGIC:
        raise FieldError("What answers is no Seepline logger: check the address and what else is on this line.")
    if values["map_version"] != record.MAP_VERSION:
        raise FieldError(
            f"The logger has register map {values['map_version']}, this program knows {record.MAP_VERSION}:"
            " take the program of the logger's release."
        )
    directory = words[23 : 23 + registers.MAX_BLOCKS]
    blocks = {block: (entry >> 8, entry & 0xFF) for block, entry in enumerate(directory) if entry != 0xFFFF}
    return Identification(values, blocks, read_ms)


def as_dict(found: Identification) -> dict[str, object]:
    """Return the identification as one JSON object: the registers by name, with what follows from them."""
    rest = {name: number for name, number in found.values.items() if name != "magic"}
    return {
        **rest,
        "blocks": {
            str(block): {"payload": kind, "channels": count} for block, (kind, count) in found.blocks.items()
        },
        "clock": iso(found.utc_ms) if found.values["utc_s"] else None,
        "clock_offset_ms": found.clock_offset_ms,
        "records_held": found.records_held,
        "read_at": iso(found.read_ms),
    }


def as_rows(found: Identification) -> list[tuple[str, str]]:
    """Return the identification as (what, value in words) for a table."""
    v = found.values
    return [
        ("logger id", str(found.serial)),
        (
            "program",
            f"{v['firmware_version'] >> 8}.{v['firmware_version'] & 0xFF}, {_bundle(v['bundle_version'])}",
        ),
        ("mode", f"{MODES.get(v['mode'], v['mode'])}, {_power(v)}"),
        ("clock", _clock(found)),
        ("scans", f"every {v['scan_s']} s, {_blocks(found)}{_next_scan(v['next_scan_s'])}"),
        ("memory", _memory(found)),
        ("up", f"{_duration(v['uptime_s'])} since boot {v['boot']}, which was: {_cause(v)}"),
        ("supply", "not measured" if v["supply_mv"] == _NOT_MEASURED else f"{v['supply_mv'] / 1000:.2f} V"),
        ("configuration", _configuration(v)),
        ("key", f"fingerprint {v['key_fingerprint']:08x}" if v["key_fingerprint"] else "none"),
        ("frames", f"{v['frames_served']} answered, {v['frames_bad']} damaged since boot"),
        ("refused", f"{v['times_refused']} times, {v['commands_refused']} commands since boot"),
        *([("staged", f"{v['staged_bytes']} bytes wait for their commit")] if v["staged_bytes"] else []),
    ]


def _bundle(version: int) -> str:
    return f"bundle {version}" if version else "not from a bundle"


def _power(v: Mapping[str, int]) -> str:
    name = POWER_MODES.get(v["power_mode"], str(v["power_mode"]))
    return f"{name}, listens {v['window_s']} s after a scan" if v["window_s"] else name


def _clock(found: Identification) -> str:
    quality = TIME_QUALITIES.get(found.values["time_quality"], "unknown")
    if found.clock_offset_ms is None:
        return "never set"
    return f"{iso(found.utc_ms)}, {quality}, {found.clock_offset_ms / 1000:+.1f} s against this computer"


def _blocks(found: Identification) -> str:
    parts = [
        f"block {block}: {count} x {record.PAYLOADS[kind].name if kind in record.PAYLOADS else kind}"
        for block, (kind, count) in found.blocks.items()
    ]
    return ", ".join(parts) or "no channel configured"


def _next_scan(utc_s: int) -> str:
    return f", next at {iso(1000 * utc_s)}" if utc_s else ""


def _memory(found: Identification) -> str:
    v = found.values
    if found.records_held < 1:
        return f"ring {v['ring']}: empty, room for {v['capacity']} records"
    span = f"{v['oldest_sequence']} to {v['newest_sequence']}"
    return f"ring {v['ring']}: {found.records_held} of {v['capacity']} records, {span}"


def _cause(v: Mapping[str, int]) -> str:
    cause = RESET_CAUSES.get(v["reset_cause"], f"reset cause {v['reset_cause']}")
    return f"{cause}, task {v['last_reset_task']} stood" if v["last_reset_task"] else cause


def _configuration(v: Mapping[str, int]) -> str:
    if not v["config_generation"]:
        return "none stored over the line"
    return f"generation {v['config_generation']}, CRC {v['config_crc']:08x}"


def _duration(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    return f"{days} d {hours} h {rest // 60} min" if days else f"{hours} h {rest // 60} min"
