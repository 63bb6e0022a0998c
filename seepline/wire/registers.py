"""The logger's register map: what any Modbus master may read or write, and where.

Reads: identification from register 0 and one live block per 64 registers from 1000, by function code 3 or 4.
History: function code 20, two records at most. Writes: the named registers only; anything else is exception 2.
Sealed commands: any number of words to register 320 (seepline/wire/seal.py).
"""

from seepline.wire.record import RECORD_REGISTERS

MAGIC = 0x53454550  # "SEEP"

# (register, words, name); what they mean stands in seepline/logger_words.py, which a logger need not carry.
IDENTIFICATION = (
    (0, 2, "magic"),
    (2, 1, "map_version"),
    (3, 1, "firmware_version"),
    (4, 2, "logger_id"),
    (6, 1, "ring"),
    (7, 1, "boot"),
    (8, 2, "oldest_sequence"),
    (10, 2, "newest_sequence"),
    (12, 2, "capacity"),
    (14, 2, "uptime_s"),
    (16, 2, "utc_s"),
    (18, 1, "utc_ms"),
    (19, 1, "time_quality"),
    (20, 2, "scan_s"),
    (22, 1, "block_count"),
    (23, 16, "block_directory"),
    (39, 1, "reset_cause"),
    (40, 1, "frames_served"),
    (41, 1, "frames_bad"),
    (42, 1, "mode"),
    (43, 1, "config_generation"),
    (44, 2, "config_crc"),
    (46, 2, "bundle_version"),
    (48, 2, "key_fingerprint"),
    (50, 1, "times_refused"),
    (51, 1, "commands_refused"),
    (52, 1, "power_mode"),
    (53, 1, "window_s"),
    (54, 2, "next_scan_s"),
    (56, 1, "supply_mv"),
    (57, 1, "last_reset_task"),
    (58, 2, "staged_bytes"),
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

# Registers that may be written free of key.
TIME_REGISTER = 200
TIME_WORDS = 4
FAST_SCAN_REGISTER = 210
REPEAT_REGISTER = 211

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
    for register, count, known in IDENTIFICATION:
        if known == name:
            value = 0
            for word in words[register : register + count]:
                value = value << 16 | word
            return value
    raise KeyError(name)
