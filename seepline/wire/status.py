"""What a logger says beside a value: channel status bits and time quality.

A status of 0 is a value without remark. Bits in `EXCLUDES` are the instrument's own physical evidence that
there is no reading; the others explain a value and never mute it.
"""

MISSING = 0x0001  # no input was there at scan time
NO_SIGNAL = 0x0002  # the wire did not answer the excitation
LOOP_FAULT = 0x0004  # loop current outside NAMUR NE 43's valid band, set by the logger
CLIPPED = 0x0008  # the converter was at its end: "at least this value"
NOT_FITTED = 0x0010  # the configuration names a slot that has no electronics
LOW_SIGNAL = 0x0020  # the wire answered weakly
THERMISTOR_OPEN = 0x0040
THERMISTOR_SHORT = 0x0080
TOO_OLD = 0x0100  # live block only: the last scan is older than two scan intervals
DISAGREE = 0x0200  # two captures of one scan differ
INSTRUMENT_FAULT = 0x0400  # the instrument answered, and what it says proves that there is no reading
NOT_DUE = 0x0800  # not measured in this scan: the channel has a longer interval of its own
IMPOSSIBLE = 0x1000  # a third-party instrument gave a number outside what it can say

STATUS_NAMES = (
    (MISSING, "missing"),
    (NO_SIGNAL, "no wire signal"),
    (LOOP_FAULT, "loop fault current"),
    (CLIPPED, "at the end of the range"),
    (NOT_FITTED, "not fitted"),
    (LOW_SIGNAL, "weak wire signal"),
    (THERMISTOR_OPEN, "thermistor open"),
    (THERMISTOR_SHORT, "thermistor shorted"),
    (TOO_OLD, "too old"),
    (DISAGREE, "captures disagree"),
    (INSTRUMENT_FAULT, "instrument fault"),
    (NOT_DUE, "not due in this scan"),
    (IMPOSSIBLE, "outside what the instrument can say"),
)

THERMISTOR_BITS = THERMISTOR_OPEN | THERMISTOR_SHORT
EXCLUDES = (
    MISSING | NO_SIGNAL | LOOP_FAULT | NOT_FITTED | TOO_OLD | THERMISTOR_BITS | INSTRUMENT_FAULT | IMPOSSIBLE
)

# Low two bits of a record's status register: how far its time can be believed.
TIME_NEVER_SET = 0
TIME_RTC = 1
TIME_SYNCED = 2
TIME_MASK = 0x0003
CLOCK_STEPPED = 0x0004  # the clock was set or stepped since the record before


def describe(status: int) -> str:
    """Return the names of all bits set in a channel status, joined by commas.

    >>> describe(NO_SIGNAL | THERMISTOR_OPEN)
    'no wire signal, thermistor open'
    """
    return ", ".join([name for bit, name in STATUS_NAMES if status & bit])
