"""Vibrating wire: what the logger measured of the signal itself, beside the frequency.

Source: definitions of amplitude, signal-to-noise ratio and decay ratio as in Campbell's AVW200 manual; its
0.01 mV rms is the only limit among these that a maker publishes, and a sensor's own normal values are found at its
commissioning. Frequency outside the factory span, stretched by 0.7 and 1.3, is an idea of the ADL-200A logger's.

Amplitude (mV rms), ratios (1) and agreement of two captures (Hz) come from the logger's diagnostic channels; a
scan without them is not evaluated.
"""

from collections.abc import Mapping
from typing import NamedTuple

from seepline.quality.flags import GOOD, Flag, fail, not_evaluated, suspect
from seepline.reading import RawReading


class Scan(NamedTuple):
    """One scan of an instrument: its own signal, that of the scan before, and other channels by their kind."""

    this: RawReading
    before: RawReading | None = None
    beside: Mapping[str, float] = {}


def _unknown(test: str, kind: str) -> Flag:
    return not_evaluated(f"{test}: this scan has no value of a {kind} channel")


def amplitude(scan: Scan, *, suspect_mv: float, fail_mv: float) -> Flag:
    """Return SUSPECT or FAIL for a wire that answers too weakly."""
    mv = scan.beside.get("vw_amplitude")
    if mv is None:
        return _unknown("vw_amplitude", "vw_amplitude")
    if mv < fail_mv:
        return fail(f"vw_amplitude: {mv:g} mV, less than {fail_mv:g}")
    return suspect(f"vw_amplitude: {mv:g} mV, less than {suspect_mv:g}") if mv < suspect_mv else GOOD


def signal_to_noise(scan: Scan, *, min_snr: float) -> Flag:
    """Return SUSPECT when the response does not stand out from the largest other candidate."""
    ratio = scan.beside.get("vw_snr")
    if ratio is None:
        return _unknown("vw_snr", "vw_snr")
    return suspect(f"vw_snr: {ratio:g}, less than {min_snr:g}") if ratio < min_snr else GOOD


def decay(scan: Scan, *, min_decay: float, max_decay: float) -> Flag:
    """Return SUSPECT for a wire that dies away faster than it should, or does not die away at all."""
    ratio = scan.beside.get("vw_decay")
    if ratio is None:
        return _unknown("vw_decay", "vw_decay")
    if min_decay <= ratio <= max_decay:
        return GOOD
    return suspect(f"vw_decay: {ratio:g} is outside {min_decay:g} to {max_decay:g}")


def agreement(scan: Scan, *, suspect_hz: float) -> Flag:
    """Return SUSPECT when two captures of one scan differ too much."""
    hz = scan.beside.get("vw_agreement")
    if hz is None:
        return _unknown("vw_agreement", "vw_agreement")
    return (
        suspect(f"vw_agreement: two captures {hz:g} Hz apart, more than {suspect_hz:g}")
        if hz > suspect_hz
        else GOOD
    )


def edge_of_sweep(scan: Scan, *, low_hz: float, high_hz: float, edge_hz: float) -> Flag:
    """Return FAIL within `edge_hz` of an end of the sweep, or beyond it: the true frequency may be outside."""
    hz = scan.this.value
    if hz is None:
        return _unknown("vw_sweep", "vw_frequency")
    if low_hz + edge_hz < hz < high_hz - edge_hz:
        return GOOD
    return fail(f"vw_sweep: {hz:g} Hz is at an end of the sweep, {low_hz:g} to {high_hz:g} Hz")


def mains(scan: Scan, *, tolerance_hz: float, min_snr: float, mains_hz: int) -> Flag:
    """Return FAIL for a multiple of the mains that stands out less than `min_snr`: hum, and not the wire."""
    hz, ratio = scan.this.value, scan.beside.get("vw_snr")
    if hz is None or ratio is None:
        return _unknown("vw_mains", "vw_snr")
    multiple = round(hz / mains_hz)
    if abs(hz - multiple * mains_hz) > tolerance_hz or ratio >= min_snr:
        return GOOD
    return fail(f"vw_mains: {hz:g} Hz is {multiple} x {mains_hz} Hz, at a signal-to-noise ratio of {ratio:g}")


def factory_span(
    scan: Scan, *, low_factor: float, high_factor: float, span_hz: tuple[float, float] | None
) -> Flag:
    """Return SUSPECT for a frequency outside the sheet's range (Hz), stretched by the two factors."""
    hz = scan.this.value
    if hz is None or span_hz is None:
        return not_evaluated("vw_span: no sheet with a full scale is valid at this time")
    low_hz, high_hz = span_hz[0] * low_factor, span_hz[1] * high_factor
    if low_hz <= hz <= high_hz:
        return GOOD
    return suspect(f"vw_span: {hz:g} Hz is outside {low_hz:g} to {high_hz:g} Hz, the sheet's range stretched")


def thermistor(scan: Scan, *, min_ohm: float, max_ohm: float) -> Flag:
    """Return SUSPECT for a resistance that a sound thermistor in the ground does not have.

    RST VW2100 p. 26: far too cold is an open or poor connection, far too warm a short or water in the cable.
    """
    ohm = scan.beside.get("vw_thermistor")
    if ohm is None:
        return _unknown("thermistor", "vw_thermistor")
    if ohm > max_ohm:
        return suspect(f"thermistor: {ohm:g} ohm, more than {max_ohm:g}: open, or a poor connection")
    if ohm < min_ohm:
        return suspect(f"thermistor: {ohm:g} ohm, less than {min_ohm:g}: a short, or water in the cable")
    return GOOD
