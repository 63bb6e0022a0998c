"""Signs of a storm: what chance explains is none, what a cut, a wet splice and hum look like is one."""

import random

import pytest

from seepline.storm.signs import Scan, compared, levels
from seepline.storm.wire import Before, check
from seepline.wire import status as bits

CALM = [Scan(9.0 + (number % 5) / 10, 0) for number in range(200)]


def wire(since_status=0, ohm=3000.0, since_ohm=3000.0, mv=9.2, noise_hz=771.0, thermistor=0):
    return {
        "vw_frequency": Before([Scan(2900.0, 0)] * 200, [Scan(2900.0, since_status)] * 20),
        "vw_thermistor": Before([Scan(ohm, 0)] * 200, [Scan(since_ohm, thermistor)] * 20),
        "vw_amplitude": Before(CALM, [Scan(mv, 0)] * 20),
        "vw_noise_frequency": Before([Scan(771.0, 0)] * 200, [Scan(noise_hz, 0)] * 20),
    }


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({}, ()),
        ({"since_status": bits.NO_SIGNAL, "thermistor": bits.THERMISTOR_OPEN}, ("cable_open",)),
        ({"thermistor": bits.THERMISTOR_OPEN}, ("thermistor_pair",)),
        ({"since_status": bits.NO_SIGNAL}, ("wire_silent",)),
        ({"thermistor": bits.THERMISTOR_SHORT}, ("short",)),
        ({"mv": 3.0}, ("weak",)),
        ({"mv": 3.0, "since_ohm": 1200.0}, ("moisture",)),
        ({"noise_hz": 1100.4}, ("hum",)),
        ({"since_status": bits.DISAGREE}, ("capture",)),
        ({"since_status": bits.LOOP_FAULT}, ("loop",)),
    ],
)
def test_each_fault_has_its_own_cause(changed, cause):
    assert check(wire(**changed), mains_hz=50).causes == cause


def test_hum_is_looked_for_at_the_grid_of_the_site_only():
    assert check(wire(noise_hz=1100.4), mains_hz=60).causes == ()
    assert check(wire(noise_hz=1100.4)).hum is None


def test_few_scans_say_nothing():
    few = {kind: Before(before, since[:7]) for kind, (before, since) in wire(bits.NO_SIGNAL, mv=1.0).items()}
    assert check(few, 50).causes == ()
    assert levels([], CALM).change == ""


def test_what_was_not_due_is_no_scan():
    resting = [Scan(None, bits.NOT_DUE | bits.NO_SIGNAL)] * 100
    assert check({"vw_frequency": Before([Scan(2900.0, 0)] * 50, resting)}, 50).causes == ()


def test_chance_alone_makes_a_sign_less_than_once_in_a_hundred():
    drawn = random.Random(7)
    rises = 0
    for _ in range(2000):
        before, since = (sum(drawn.random() < 0.1 for _ in range(count)) for count in (1344, 96))
        rises += compared((before, 1344), (since, 96)).more
    assert rises < 20  # 0.13 % of a normal, a little more of counts
