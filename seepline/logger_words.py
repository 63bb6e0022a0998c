"""What the numbers of a logger mean: its event records and its answers to commands. For people and pages.

The codes themselves stand in seepline/wire, which a logger carries; these words it need not carry.
"""

from collections.abc import Mapping

from seepline.wire import event, registers, seal

# What the identification registers say, in the order of seepline/wire/registers.py.
MEANINGS = {
    "magic": "0x53454550, ASCII SEEP",
    "map_version": "version of this map",
    "firmware_version": "major << 8 | minor",
    "logger_id": "given at commissioning (serial in SITE.toml)",
    "ring": "random, drawn when the ring was formatted",
    "boot": "boot count",
    "oldest_sequence": "oldest record held",
    "newest_sequence": "newest record held; one below oldest when the ring is empty",
    "capacity": "records the ring can hold",
    "uptime_s": "seconds since boot",
    "utc_s": "UTC seconds since 1970, 0 = never set",
    "utc_ms": "milliseconds of that second",
    "time_quality": "0 never set, 1 RTC, 2 synced",
    "scan_s": "scan interval, s",
    "block_count": "live blocks, at 1000 + 64 k",
    "block_directory": "per block: payload type << 8 | channel count; 0xFFFF = no such block",
    "reset_cause": "as machine.reset_cause()",
    "frames_served": "frames answered since boot, modulo 65536",
    "frames_bad": "frames with a wrong CRC since boot, modulo 65536",
    "mode": "0 normal, 1 safe mode: identification, log and update only",
    "config_generation": "counts the configurations, 0 = none stored",
    "config_crc": "CRC-32 of the configuration's JSON",
    "bundle_version": "version of the running program bundle, 0 = not from a bundle",
    "key_fingerprint": "first 32 bits of SHA-256 of the device key, as in seal.py; 0 = no key",
    "times_refused": "times over the line refused since boot",
    "commands_refused": "sealed commands refused since boot",
    "power_mode": "0 continuous, 1 window",
    "window_s": "listens so long after each scan; 0 = always",
    "next_scan_s": "UTC seconds of the next scan, 0 = not known",
    "supply_mv": "supply at the last scan, 0xFFFF = not measured",
    "last_reset_task": "which task the watchdog found standing, 0 = none",
    "staged_bytes": "bytes staged of what is being sent to the logger",
}

# (register, words, name, meaning) of what may be written without a seal.
WRITABLE = (
    (
        registers.TIME_REGISTER,
        registers.TIME_WORDS,
        "time",
        "UTC seconds (2), milliseconds (1), 0 (1); FC 16, may be broadcast",
    ),
    (
        registers.FAST_SCAN_REGISTER,
        1,
        "fast_scan_minutes",
        "scan every 10 s for so many minutes, at most 60 a day; FC 6 or 16",
    ),
    (
        registers.REPEAT_REGISTER,
        1,
        "repeat_scans",
        "scan so many times (1 to 3) at once; each costs one of the 60 minutes",
    ),
    (
        registers.KEY_REGISTER,
        registers.KEY_WORDS,
        "device_key",
        "over USB only, and only while the logger has none; FC 16",
    ),
)

# (code, name, what `detail` is, names of the values with their units); docs/register-map.md is made from it.
EVENTS = (
    (
        event.BOOT,
        "boot",
        "reset cause as machine.reset_cause(); inferred: 100 brown-out, 101 power lost without a sign of it",
        ("boot_count", "last_task", "last_uptime_s", "last_supply_mv", "bad_boots"),
    ),
    (event.RING_FORMATTED, "ring_formatted", "ring id", ()),
    (
        event.CLOCK_STEPPED,
        "clock_stepped",
        "1 first set, 2 sealed command, 3 from the RTC, 4 slew of 1 s or more",
        ("step_ms", "before_s2020", "after_s2020"),
    ),
    (event.CLOCK_SLEWED, "clock_slewed", "0", ("moved_ms", "slews")),
    (event.CLOCK_REFUSED, "clock_refused", "times refused since boot", ("difference_s",)),
    (
        event.CLOCK_DRIFT,
        "clock_drift",
        "days over which it was taken",
        ("drift_ppb", "rtc_temperature_mdegc"),
    ),  # of the RTC if there is a temperature, else of the chip
    (
        event.SAFE_MODE,
        "safe_mode",
        "bad boots in a row",
        ("reason",),
    ),  # 1 bad boots, 2 no configuration to run with
    (event.CONFIGURED, "configured", "configuration generation", ("config_crc",)),
    (
        event.COMMAND_REFUSED,
        "command_refused",
        "result code, as in seepline/wire/seal.py",
        ("code", "refused_since_boot"),
    ),
    (
        event.UPDATE,
        "update",
        "1 committed, 2 installed, 3 healthy, 4 fell back, 5 refused",
        ("version_before", "version_after", "refusal"),
    ),
    (
        event.FAST_SCAN,
        "fast_scan",
        "1 by the gateway, 2 limit above, 3 limit below, 4 rate, 5 shake, 0 ended",
        ("block", "slot", "value", "minutes"),
    ),
    (
        event.INSTRUMENT,
        "instrument",
        "fault as in firmware/drivers/driver.py, 0 = well again",
        ("block", "slot", "fault_detail", "scans_without"),
    ),
    (
        event.STRONG_MOTION,
        "strong_motion",
        "bits: 1 clipped, 2 cut short, 4 samples lost; 0 = whole",
        (
            "start_s2020",
            "start_ms",
            "duration_ms",
            "significant_duration_ms",
            "pga_x_ug",
            "pga_y_ug",
            "pga_z_ug",
            "arias_x_um_per_s",
            "arias_y_um_per_s",
            "arias_z_um_per_s",
            "cav_x_um_per_s",
            "cav_y_um_per_s",
            "cav_z_um_per_s",
            "samples",
            "samples_per_s",
            "samples_lost",
        ),
    ),
    (event.KEY_SET, "key_set", "0 forgotten, 1 set", ("key_fingerprint",)),
    (event.SUPPLY_LOW, "supply_low", "0 below the configured limit, 1 above it again", ("supply_mv",)),
    (event.HELD_BACK, "held_back", "code of events not written, being too many", ("count",)),
)

# Tasks by number, as in firmware/supervise.py (a test holds them equal): last_reset_task and the boot event.
TASKS = ("none", "starting", "scan", "serve", "clock", "usb", "sleep", "motion")

RESULTS = (
    (seal.DONE, "done"),
    (seal.WRONG_SEAL, "wrong key or nonce: nothing was changed"),
    (seal.NO_KEY, "the logger has no device key"),
    (seal.UNKNOWN, "unknown command"),
    (seal.MALFORMED, "malformed command"),
    (seal.REFUSED, "refused"),
    (seal.OUT_OF_ORDER, "piece out of order"),
)


def field_names(logged: event.Event) -> tuple[str, ...]:
    """Return the name of the detail and of each value of an event, as a gateway passes them on.

    What happened at a slot carries the slot in its name, so that two of one moment stay two.

    >>> field_names(event.Event(event.CLOCK_REFUSED, 3, (3600,)))
    ('clock_refused.detail', 'clock_refused.difference_s')
    >>> field_names(event.Event(event.INSTRUMENT, 4, (1, 2, 0, 7)))[::4]
    ('instrument-1-2.detail', 'instrument-1-2.scans_without')
    """
    name, values = names_of(logged.code)
    if values[:2] == ("block", "slot") and len(logged.values) > 1:
        name = f"{name}-{logged.values[0]}-{logged.values[1]}"
    known = (*values, *(f"value_{number}" for number in range(len(values), len(logged.values))))
    return (f"{name}.detail", *(f"{name}.{value}" for value in known[: len(logged.values)]))


REFUSALS = (
    (seal.NOT_STAGED, "length or checksum are not those of what was staged"),
    (seal.NO_JSON, "not JSON"),
    (seal.BAD_CONFIG, "the configuration does not pass the logger's checks"),
    (seal.TOO_LONG, "too long"),
    (seal.NO_ROOM, "the logger's store or memory did not take it"),
    (seal.NOT_HERE, "this logger has no part for it"),
    (seal.NO_RELEASE_KEY, "the logger has no release key: it was flashed without one"),
    (seal.NO_BUNDLE, "not a bundle, or a damaged one"),
    (seal.NOT_SIGNED, "not signed by the logger's release key"),
    (seal.WRONG_ABI, "compiled for another processor or MicroPython"),
    (seal.NOT_NEWER, "not newer than what runs or ran here"),
    (seal.NOT_WRITTEN, "what was unpacked does not read back"),
    (seal.ON_TRIAL, "the program that runs has not proved itself yet"),
)


def names_of(code: int) -> tuple[str, tuple[str, ...]]:
    """Return (name, names of the values) of an event code; an unknown one is 'event_<code>'.

    >>> names_of(event.KEY_SET), names_of(999)
    (('key_set', ('key_fingerprint',)), ('event_999', ()))
    """
    for known, name, _, values in EVENTS:
        if known == code:
            return name, values
    return f"event_{code}", ()


FAULTS = (
    "well again",
    "absent",
    "no answer",
    "wrong checksum",
    "stuck",
    "self-test failed",
    "maker's sentinel",
    "refused",
    "malformed answer",
    "foreign answer",
    "driver failed",
    "no reading, see its status",
)
_FAST_SCAN = ("ended", "asked for", "limit above", "limit below", "rate", "shake")
_UPDATE = ("", "staged", "installed", "healthy", "fell back", "refused")
# Event name -> what its detail means, in words by number.
_DETAIL_WORDS = {"instrument": FAULTS, "fast_scan": _FAST_SCAN, "update": _UPDATE}


def sentence(name: str, numbers: Mapping[str, int]) -> str:
    """Return what happened, for people: the event's name, its detail in words where there are any, its numbers.

    >>> sentence("instrument", {"detail": 4, "block": 0, "slot": 1, "fault_detail": 0, "scans_without": 3})
    'instrument at block 0, slot 1: stuck (fault detail 0, scans without 3)'
    >>> sentence("boot", {"boot_count": 3, "detail": 1})
    'boot (boot count 3, detail 1)'
    """
    rest, words = dict(numbers), _DETAIL_WORDS.get(name, ())
    said = name.replace("_", " ")
    if "block" in rest and "slot" in rest:
        said += f" at block {rest.pop('block')}, slot {rest.pop('slot')}"
    if 0 <= rest.get("detail", -1) < len(words):
        said += f": {words[rest.pop('detail')]}"
    listed = ", ".join(f"{key} {value}" for key, value in rest.items()).replace("_", " ")
    return f"{said} ({listed})" if listed else said
