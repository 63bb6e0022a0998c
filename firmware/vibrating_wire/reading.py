"""Two captures of one wire to the channel of a record: values, agreement and what was wrong.

Limits: an amplitude below 10 uV rms is no signal (Campbell AVW200 manual, table 2.1-2: 0.01 mV rms). The others
are this project's own, to be tuned on real sensors: weak below 100 uV rms or below 10 times the largest other
line; captures agree within 300 mHz.

`snr_tenth` is the response's rms over that of the largest other tone between 400 and 6000 Hz, seen through 4 Hz
of noise bandwidth (0.24 s); AVW200 divides by the largest other line of a 4,096-point spectrum. A converter at
its end (CLIPPED) leaves the frequency of a wire good (0.2 Hz at worst for a wire three times too strong, in the
model of the bench), so this status explains and does not mute; the amplitude is then too small, the decay ratio
too large.
"""

from firmware.vibrating_wire.estimate import Ringing
from seepline.wire.record import MISSING_U16, MISSING_U32, VwChannel
from seepline.wire.status import DISAGREE, LOW_SIGNAL, NO_SIGNAL

NO_SIGNAL_UV = 10
WEAK_UV = 100
WEAK_RATIO = 10
AGREE_MHZ = 300
_MOST = MISSING_U16 - 1  # larger is given as this


def channel(
    first: Ringing | None,
    second: Ringing | None,
    nanovolt_per_count: int,
    thermistor: tuple[int, int],
    status: int = 0,
) -> VwChannel:
    """Return the record's channel, with `status` and more; `thermistor` is (milliohm, status).

    One capture alone is marked DISAGREE.
    """
    thermistor_mohm = thermistor[0]
    status |= thermistor[1]
    heard = [one for one in (first, second) if one and _microvolt(one, nanovolt_per_count) >= NO_SIGNAL_UV]
    if not heard:
        return VwChannel(status | NO_SIGNAL, MISSING_U32, thermistor_mohm, *((MISSING_U16,) * 6))
    agreement_mhz = abs(heard[0].frequency_uhz - heard[1].frequency_uhz) // 1000 if len(heard) == 2 else None
    best = max(heard, key=_ratio)
    frequency_uhz = best.frequency_uhz
    if agreement_mhz is not None and agreement_mhz <= AGREE_MHZ:
        frequency_uhz = (heard[0].frequency_uhz + heard[1].frequency_uhz) // 2
    else:
        status |= DISAGREE
    weakest = min(heard, key=_ratio)
    amplitude_uv = min([_microvolt(one, nanovolt_per_count) for one in heard])
    if amplitude_uv < WEAK_UV or _ratio(weakest) < WEAK_RATIO:
        status |= LOW_SIGNAL
    return VwChannel(
        status,
        (frequency_uhz + 500) // 1000,
        thermistor_mohm,
        min(amplitude_uv, _MOST),
        min(round(10 * _ratio(weakest)), _MOST),
        min(round(10000 * best.decay), _MOST),
        min((weakest.other_mhz + 50) // 100, _MOST) if weakest.other_mhz else MISSING_U16,
        MISSING_U16 if agreement_mhz is None else min(agreement_mhz, _MOST),
        MISSING_U16,
    )


def is_good(reading: VwChannel) -> bool:
    """Tell whether the frequency may steer the next sweep."""
    return not reading.status & (NO_SIGNAL | DISAGREE)


def _microvolt(one: Ringing, nanovolt_per_count: int) -> int:
    return round(one.rms_count * nanovolt_per_count / 1000)


def _ratio(one: Ringing) -> float:
    return one.rms_count / max(one.other_count, 0.001)
