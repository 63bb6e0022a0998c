"""Whether a logger is well: its own check of each channel, supply, clock and memory, with the likely cause.

The logger judges its channels itself (self-check registers, seepline/wire/registers.py); here the verdict gets the
words of the fault (firmware/drivers/driver.py) and of the live status, and a cause that can be looked for.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from fieldtool.connection import Device, Refused
from fieldtool.identification import Identification
from fieldtool.live import LiveBlock
from fieldtool.record_rows import Channels
from seepline.wire import record, registers, rtu, status

PASS, WEAK, FAIL, PENDING = "pass", "weak", "fail", "pending"
_VERDICTS = {
    registers.CHECK_PENDING: PENDING,
    registers.CHECK_PASS: PASS,
    registers.CHECK_WEAK: WEAK,
    registers.CHECK_FAIL: FAIL,
}
_ENTRIES_AT_ONCE = 24
_SLEW_S = 5.0  # what the logger takes without a key in a day (CONTRACTS.md): more needs `set-clock`
_NOT_MEASURED = record.MISSING_U16

# fault code of firmware/drivers/driver.py -> (words, likely cause); a test holds the words to the firmware's
FAULTS = {
    1: ("absent", "nothing acknowledges: the instrument is not connected or has no power"),
    2: ("no answer", "the line is there, the instrument is silent: its power, its address, crossed wires"),
    3: ("wrong checksum", "bytes arrive damaged: cable length, shield, a second sender on the line"),
    4: ("stuck", "a short between conductors, or a switch that stays closed"),
    5: ("self-test failed", "the instrument says itself that it is broken: exchange it"),
    6: ("maker's sentinel", "the instrument has no reading to give: see its manual for this number"),
    7: ("refused", "the instrument is of another type than configured, or has no values"),
    8: ("malformed answer", "the instrument is of another type or version than configured"),
    9: ("foreign answer", "two instruments have one address, or another one is connected"),
    10: (
        "driver failed",
        "a fault of the logger's program: update it, and tell its makers what stands in the log",
    ),
    11: ("see the channel's status", "not known: look at the live values with `watch`"),
}
_BY_STATUS = 11  # the status says it, and stands beside it anyway
STATUS_CAUSES = (
    (status.NOT_FITTED, "the configuration names a channel that has no electronics"),
    (status.NO_SIGNAL, "the wire is silent: cable cut or swapped, coil broken, or excited outside its band"),
    (status.THERMISTOR_OPEN, "the thermistor's conductors are cut or not connected"),
    (status.THERMISTOR_SHORT, "the thermistor's conductors touch, or there is water in the cable"),
    (status.LOOP_FAULT, "the loop current is outside the valid band: cut loop, no loop supply, or a broken probe"),
    (status.INSTRUMENT_FAULT, "the instrument itself reports a fault"),
    (status.DISAGREE, "two captures differ: electrical noise nearby, or a gauge that is not at rest"),
    (status.LOW_SIGNAL, "the wire answers weakly: long cable, poor contact, or water in the cable"),
    (status.CLIPPED, "the signal stands at the end of the range"),
    (status.TOO_OLD, "the logger has not scanned for two intervals"),
    (status.MISSING, "nothing came from this channel at the last scan"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing checked: pass, weak, fail or pending; what was found, and the likely cause when it is not well."""

    what: str
    verdict: str
    found: str
    cause: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Entry:
    """One channel's self-check registers."""

    block: int
    slot: int
    verdict: str
    fault: int
    detail: int
    scans_without: int


async def entries(device: Device, found: Identification) -> list[Entry]:
    """Return the self-check of each configured channel; none in safe mode, or where no registers have it."""
    if found.values["mode"]:
        return []
    most = min(sum(count for _, count in found.blocks.values()), registers.SELF_CHECK_MOST)
    got = list[Entry]()
    while len(got) < most:
        wanted = min(_ENTRIES_AT_ONCE, most - len(got))
        try:
            got += await _some(device, len(got), wanted)
        except Refused as refused:
            if refused.code != rtu.ILLEGAL_ADDRESS:
                raise
            return got + await _one_by_one(device, len(got), wanted)
    return got


async def _some(device: Device, first: int, count: int) -> list[Entry]:
    width = registers.SELF_CHECK_WORDS
    words = await device.read(registers.SELF_CHECK_BASE + width * first, width * count)
    return [_entry(words[at : at + width]) for at in range(0, len(words), width)]


async def _one_by_one(device: Device, first: int, count: int) -> list[Entry]:
    """Return the entries before the first that does not exist: a block may have gaps, which have no entry."""
    got = list[Entry]()
    for number in range(first, first + count):
        try:
            got += await _some(device, number, 1)
        except Refused:
            break
    return got


def _entry(words: list[int]) -> Entry:
    place, check, fault, detail, scans_without = words
    return Entry(place >> 8, place & 0xFF, _VERDICTS.get(check, FAIL), fault, detail, scans_without)


def findings(
    found: Identification, checks: list[Entry], blocks: list[LiveBlock], channels: Channels
) -> list[Finding]:
    """Return everything checked: the logger first, then each channel."""
    return [
        _mode(found),
        _clock(found),
        _supply(found),
        _memory(found),
        *_channels(checks, blocks, channels),
    ]


def _mode(found: Identification) -> Finding:
    if found.values["mode"]:
        cause = "five bad boots in a row: read the event log, then configure or update it"
        return Finding("program", FAIL, "safe mode, does not measure", cause)
    return Finding("program", PASS, f"boot {found.values['boot']}, normal")


def _clock(found: Identification) -> Finding:
    offset_ms = found.clock_offset_ms
    if offset_ms is None:
        return Finding("clock", FAIL, "never set", "no gateway has told the time yet: `seepline logger set-clock`")
    text = f"{offset_ms / 1000:+.1f} s against this computer"
    if abs(offset_ms) > 1000 * _SLEW_S:
        return Finding("clock", WEAK, text, "too far for the gateway to slew: `seepline logger set-clock`")
    return Finding("clock", PASS, text)


def _supply(found: Identification) -> Finding:
    millivolt = found.values["supply_mv"]
    if millivolt == _NOT_MEASURED:
        return Finding("supply", PENDING, "not measured", "the configuration has no supply channel")
    return Finding("supply", PASS, f"{millivolt / 1000:.2f} V at the last scan")


def _memory(found: Identification) -> Finding:
    if found.records_held < 1:
        return Finding("memory", WEAK, "no record held", "it has not scanned since the memory was formatted")
    return Finding("memory", PASS, f"{found.records_held} records held, newest {found.values['newest_sequence']}")


def _channels(checks: list[Entry], blocks: list[LiveBlock], channels: Channels) -> Iterator[Finding]:
    bits = _status_by_place(blocks)
    for one in checks:
        yield _channel(one, bits.get((one.block, one.slot), 0), channels)
    if not checks:
        for (block, slot), found in bits.items():
            entry = Entry(block, slot, FAIL if found & status.EXCLUDES else PASS, 0, 0, 0)
            yield _channel(entry, found, channels)


def _status_by_place(blocks: list[LiveBlock]) -> dict[tuple[int, int], int]:
    """Return the status bits of every channel that a live block shows."""
    found = dict[tuple[int, int], int]()
    for block in blocks:
        held = block.record
        if held.payload_type in record.PAYLOADS:
            decoded = record.PAYLOADS[held.payload_type].decode(held.payload, held.channels)
            found |= {(held.block, slot): channel.status for slot, channel in enumerate(decoded)}
    return found


def _channel(one: Entry, bits: int, channels: Channels) -> Finding:
    words = [_fault(one.fault)] if one.fault not in (0, _BY_STATUS) else []
    words += [status.describe(bits)] if bits else []
    words += [f"{one.scans_without} scans without a reading"] if one.scans_without else []
    cause = "" if one.verdict in (PASS, PENDING) else _cause(one, bits)
    return Finding(_name(one, channels), one.verdict, ", ".join(words) or "no remark", cause)


def _fault(fault: int) -> str:
    return FAULTS[fault][0] if fault in FAULTS else f"fault {fault}"


def _cause(one: Entry, bits: int) -> str:
    for bit, cause in STATUS_CAUSES:
        if bits & bit and (bit != status.MISSING or one.fault not in FAULTS):
            return cause
    return FAULTS[one.fault][1] if one.fault in FAULTS else "not known: look at the live values with `watch`"


def _name(one: Entry, channels: Channels) -> str:
    ids = [channel.id for (block, slot, _), channel in channels.items() if (block, slot) == (one.block, one.slot)]
    place = f"channel {one.block}:{one.slot}"
    return f"{place} {', '.join(ids)}" if ids else place
