"""The logger's register map: what any Modbus master may read or write, and where.

Reads: identification from register 0 and one live block per 64 registers from 1000, by function code 3 or 4.
History: function code 20, two records at most. Writes: the named registers only; anything else is exception 2.
Sealed commands: any number of words to register 320 (seepline/wire/seal.py).
"""

from seepline.wire.record import RECORD_REGISTERS

MAGIC = 0x53454550  # "SEEP"

# (register, words, name, meaning): docs/register-map.md is made from this table.
IDENTIFICATION = (
    (0, 2, "magic", "0x53454550, ASCII SEEP"),
    (2, 1, "map_version", "version of this map"),
    (3, 1, "firmware_version", "major << 8 | minor"),
    (4, 2, "logger_id", "given at commissioning (serial in SITE.toml)"),
    (6, 1, "ring", "random, drawn when the ring was formatted"),
    (7, 1, "boot", "boot count"),
    (8, 2, "oldest_sequence", "oldest record held"),
    (10, 2, "newest_sequence", "newest record held; one below oldest when the ring is empty"),
    (12, 2, "capacity", "records the ring can hold"),
    (14, 2, "uptime_s", "seconds since boot"),
    (16, 2, "utc_s", "UTC seconds since 1970, 0 = never set"),
    (18, 1, "utc_ms", "milliseconds of that second"),
    (19, 1, "time_quality", "0 never set, 1 RTC, 2 synced"),
    (20, 2, "scan_s", "scan interval, s"),
    (22, 1, "block_count", "live blocks, at 1000 + 64 k"),
    (23, 16, "block_directory", "per block: payload type << 8 | channel count; 0xFFFF = no such block"),
    (39, 1, "reset_cause", "as machine.reset_cause()"),
    (40, 1, "frames_served", "frames answered since boot, modulo 65536"),
    (41, 1, "frames_bad", "frames with a wrong CRC since boot, modulo 65536"),
    (42, 1, "mode", "0 normal, 1 safe mode: identification, log and update only"),
    (43, 1, "config_generation", "counts the configurations, 0 = none stored"),
    (44, 2, "config_crc", "CRC-32 of the configuration's JSON"),
    (46, 2, "bundle_version", "version of the running program bundle, 0 = not from a bundle"),
    (48, 2, "key_fingerprint", "first 32 bits of SHA-256 of the device key, as in seal.py; 0 = no key"),
    (50, 1, "times_refused", "times over the line refused since boot"),
    (51, 1, "commands_refused", "sealed commands refused since boot"),
    (52, 1, "power_mode", "0 continuous, 1 window"),
    (53, 1, "window_s", "listens so long after each scan; 0 = always"),
    (54, 2, "next_scan_s", "UTC seconds of the next scan, 0 = not known"),
    (56, 1, "supply_mv", "supply at the last scan, 0xFFFF = not measured"),
    (57, 1, "last_reset_task", "which task the watchdog found standing, 0 = none"),
    (58, 2, "staged_bytes", "bytes staged of what is being sent to the logger"),
)
IDENTIFICATION_REGISTERS = 60
MAX_BLOCKS = 16

LIVE_BASE = 1000
LIVE_STRIDE = 64
LIVE_HEARTBEAT = 60  # offset: counts up once a second while the logger runs
LIVE_AGE_S = 61  # offset: age of the record in seconds, 0xFFFF = older or unknown
LIVE_REGISTERS = 62

# What sealed commands use (seepline/wire/seal.py). Nonce and result are read by function 3 or 4.
NONCE_REGISTER = 300
NONCE_WORDS = 4
RESULT_REGISTER = 308  # count of commands since boot, code, result, detail
RESULT_WORDS = 4
COMMAND_REGISTER = 320
KEY_REGISTER = 360
KEY_WORDS = 16

# One entry per configured channel, in the order of the configuration: block << 8 | slot, check (below), fault as
# in firmware/drivers/driver.py, fault detail, scans without a reading since boot (modulo 65536).
SELF_CHECK_BASE = 400
SELF_CHECK_WORDS = 5
SELF_CHECK_MOST = 100
CHECK_PENDING, CHECK_PASS, CHECK_WEAK, CHECK_FAIL = range(4)

# Registers that may be written free of key. (register, words, name, meaning)
TIME_REGISTER = 200
TIME_WORDS = 4
FAST_SCAN_REGISTER = 210
REPEAT_REGISTER = 211
WRITABLE = (
    (TIME_REGISTER, TIME_WORDS, "time", "UTC seconds (2), milliseconds (1), 0 (1); FC 16, may be broadcast"),
    (
        FAST_SCAN_REGISTER,
        1,
        "fast_scan_minutes",
        "scan every 10 s for so many minutes, at most 60 a day; FC 6 or 16",
    ),
    (REPEAT_REGISTER, 1, "repeat_scans", "scan so many times (1 to 3) at once; each costs one of the 60 minutes"),
    (KEY_REGISTER, KEY_WORDS, "device_key", "over USB only, and only while the logger has none; FC 16"),
)

# History: sequence n stands in file 1 + (n // 160) mod 65535, at record number 60 (n mod 160), 60 registers long.
RECORDS_PER_FILE = 160
FILES = 65535
MAX_RECORDS_PER_ANSWER = 2


def live_address(block: int) -> int:
    """Return the first register of live block `block`.

    >>> live_address(2)
    1128
    """
    return LIVE_BASE + LIVE_STRIDE * block


def history_address(sequence: int) -> tuple[int, int]:
    """Return (file, record number) at which a sequence number is read by function code 20.

    >>> history_address(0), history_address(161)
    ((1, 0), (2, 60))
    """
    return 1 + (sequence // RECORDS_PER_FILE) % FILES, RECORD_REGISTERS * (sequence % RECORDS_PER_FILE)


def history_sequence(file: int, record: int, oldest: int, newest: int) -> int:
    """Return the sequence held at (file, record number), or -1: files come round after 10 485 600 records.

    >>> history_sequence(2, 60, 1, 500), history_sequence(2, 60, 200, 500), history_sequence(2, 61, 1, 500)
    (161, -1, -1)
    >>> history_sequence(1, 0, 10485000, 10486000)
    10485600
    """
    period = FILES * RECORDS_PER_FILE
    if not 1 <= file <= FILES or record % RECORD_REGISTERS or record >= RECORD_REGISTERS * RECORDS_PER_FILE:
        return -1
    first = (file - 1) * RECORDS_PER_FILE + record // RECORD_REGISTERS
    sequence = first + max(0, (oldest - first + period - 1) // period) * period
    return sequence if oldest <= sequence <= newest else -1


def field(words: list[int], name: str) -> int:
    """Return one identification field of a list of registers read from 0, high word first."""
    for register, count, known, _ in IDENTIFICATION:
        if known == name:
            value = 0
            for word in words[register : register + count]:
                value = value << 16 | word
            return value
    raise KeyError(name)
