"""What the numbers of a logger mean: its event records and its answers to commands. For people and pages.

The codes themselves stand in seepline/wire, which a logger carries; these words it need not carry.
"""

from seepline.wire import event, seal

# (code, name, what `detail` is, names of the values with their units); docs/register-map.md is made from it.
EVENTS = (
    (
        event.BOOT,
        "boot",
        "reset cause as machine.reset_cause(), 100 = brown-out inferred",
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
    (event.CLOCK_DRIFT, "clock_drift", "days over which it was taken", ("drift_ppb", "rtc_temperature_mdegc")),
    (event.SAFE_MODE, "safe_mode", "bad boots in a row", ()),
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
        "1 staged, 2 installed, 3 healthy, 4 fell back, 5 refused",
        ("version_before", "version_after"),
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
        "0 whole, 1 clipped, 2 cut short",
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
        ),
    ),
    (event.KEY_SET, "key_set", "0 forgotten, 1 set", ("key_fingerprint",)),
    (event.SUPPLY_LOW, "supply_low", "0", ("supply_mv",)),
)

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


def names_of(code: int) -> tuple[str, tuple[str, ...]]:
    """Return (name, names of the values) of an event code; an unknown one is 'event_<code>'.

    >>> names_of(event.KEY_SET), names_of(999)
    (('key_set', ('key_fingerprint',)), ('event_999', ()))
    """
    for known, name, _, values in EVENTS:
        if known == code:
            return name, values
    return f"event_{code}", ()
