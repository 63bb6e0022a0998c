"""Numbers by which makers say that there is no reading: never a value, and the instrument's own evidence of it.

Source: Campbell AVW200 manual, Table 2.1-2 (low signal, hardware calibration fault); Keller protocol 3.5 (channel
inactive or failed, as 16 and 32 bit integers); EnviroDIY ModularSensors (no reading). A not-a-number is nobody's
value and needs no entry. 32767 ohm is a true reading of a cold thermistor, so a channel is asked for its maker's
numbers only where SITE.toml says whose they are (`sentinels = "keller"`).
"""

from collections.abc import Mapping

SENTINELS: Mapping[str, Mapping[float, str]] = {
    "campbell": {-9_999_999.0: "no signal, or too weak", -555_555.0: "fault of the hardware's calibration"},
    "keller": {32_767.0: "no reading", -32_768.0: "no reading", 2_147_483_647.0: "no reading"},
    "envirodiy": {-9_999.0: "no reading"},
}


def meaning(maker: str | None, value: float) -> str:
    """Return what a maker means by a number, '' when it is a plain value.

    >>> meaning("campbell", -9999999.0), meaning(None, -9999999.0), meaning("keller", 32766.0)
    ("-9999999 is campbell's word for: no signal, or too weak", '', '')
    """
    said = SENTINELS[maker].get(value) if maker else None
    return f"{value:.0f} is {maker}'s word for: {said}" if said else ""
