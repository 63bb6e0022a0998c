"""From raw readings to engineering readings, on the USGS record and on made-up states of a site."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seepline.convert import assignment_at, calibration_at, convert_at, dependents, due, primary_channels
from seepline.reading import Quality, RawReading
from seepline.site import Assignment, Calibration, Instrument, Point, Site, SiteInfo
from seepline.site_wiring import Channel
from seepline.wire import status as bits

USGS = Path(__file__).parents[1] / "data" / "usgs-mukilteo"
HOUR_MS = 3_600_000
BEGIN_MS = 1_450_000_000_000


def point(id_, kind="piezometer"):
    place = {"section": "s", "easting_m": 0.0, "northing_m": 0.0, "elevation_m": 0.0}
    return Point(id=id_, kind=kind, failure_mode="", critical=False, **place)


def instrument(id_, kind):
    return Instrument(id=id_, kind=kind, maker="", serial=id_)


def channel(logger, id_, kind, unit, **more):
    return Channel(id=id_, logger=logger, block=0, slot=0, kind=kind, unit=unit, **more)


def vw_sheet(number, a, b, c, m_psi, offset_psi, dt_degc):
    return Calibration(
        id=f"mv-p{number}",
        version=1,
        instrument=f"8380{6 + number}",
        valid_from_ms=BEGIN_MS,
        valid_to_ms=None,
        source="Smith and others, 2017",
        form="polynomial",
        input_unit="Hz",
        output_unit="kPa",
        coefficients={"A": a, "B": b, "C": c, "offset_psi": offset_psi},
        thermal={"sign": "T0-T1", "unit": "psi/degC", "factor": m_psi, "zero_degc": 20.2},
        barometric={"sign": "S0-S1", "unit": "kPa/kPa", "factor": 1.0, "zero": 101.3},
        thermistor={
            "form": "steinhart_hart",
            "A": 1.4051e-3,
            "B": 2.369e-4,
            "C": 1.019e-7,
            "offset_degc": dt_degc,
        },
        full_scale={"min_hz": 2000.0, "max_hz": 3000.0},
    )


BAROMETER_SHEET = Calibration(
    id="wa-baro",
    version=3,
    instrument="BARO",
    valid_from_ms=BEGIN_MS,
    valid_to_ms=None,
    source="USGS",
    form="linear",
    input_unit="mV",
    output_unit="hPa",
    coefficients={"gain": 0.240, "offset": 500.0},
)


def piezometer_at(number, **more):
    inputs = {"frequency": f"mvd116/p{number}_frequency", "thermistor": f"mvd116/p{number}_thermistor"}
    return Assignment(
        point=f"MV-P{number}",
        instrument=f"8380{6 + number}",
        inputs=inputs,
        references={"barometer": "WA-BARO"},
        valid_from_ms=BEGIN_MS,
        **more,
    )


BAROMETER_AT = Assignment(
    point="WA-BARO", instrument="BARO", inputs={"voltage": "waterton-a/barometer"}, valid_from_ms=BEGIN_MS
)
SITE = Site(
    info=SiteInfo(id="m", name="m", timezone="UTC", datum="d", grey_above_share=0.5),
    channels=(
        channel("mvd116", "p1_frequency", "vw_frequency", "Hz"),
        channel("mvd116", "p1_thermistor", "vw_thermistor", "ohm"),
        channel("mvd116", "p2_frequency", "vw_frequency", "Hz"),
        channel("mvd116", "p2_thermistor", "vw_thermistor", "ohm"),
        channel("waterton-a", "barometer", "voltage", "mV"),
    ),
    points=(point("MV-P1"), point("MV-P2"), point("WA-BARO", "barometer")),
    instruments=(
        instrument("83807", "vw_piezometer"),
        instrument("83808", "vw_piezometer"),
        instrument("BARO", "barometer"),
    ),
    assignments=(piezometer_at(1), piezometer_at(2), BAROMETER_AT),
    calibrations=(
        vw_sheet(1, -9.5792e-5, -2.3260e-3, 828.53, 0.0380, -0.762, 0.3),
        vw_sheet(2, -1.0171e-4, 1.6517e-2, 772.93, 0.0208, -0.414, 0.1),
        BAROMETER_SHEET,
    ),
)
P1 = SITE.assignments[0]


class Raw(dict):
    """Raw readings by (channel, time): a lookup over whatever is known."""

    def add(self, name, time_ms, value, status=0):
        self[name, time_ms] = RawReading(name, time_ms, value, status, f"{name}@{time_ms}")
        return self

    def lookup(self, name, time_ms, max_age_ms):
        near = [raw for (known, at), raw in self.items() if known == name and abs(at - time_ms) <= max_age_ms]
        return min(near, key=lambda raw: (abs(raw.time_ms - time_ms), raw.time_ms), default=None)


def scan(time_ms=BEGIN_MS, **changes):
    values = {"mvd116/p1_frequency": 2923.0, "mvd116/p1_thermistor": 5781.0, "waterton-a/barometer": 2056.0}
    raw = Raw()
    for name, value in (values | changes).items():
        raw.add(name, time_ms, value)
    return raw


def converted(raw, site=SITE, time_ms=BEGIN_MS, **more):
    return {one.quantity: one for one in convert_at(site, site.assignments[0], time_ms, raw.lookup, **more)}


def station(name, columns):
    """Yield (UTC ms, channel, value) of a station file; its times are UTC-8."""
    with (USGS / name).open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            time = datetime.fromisoformat(row[0]).replace(tzinfo=UTC) + timedelta(hours=8)
            for channel_name, column in columns.items():
                yield int(time.timestamp() * 1000), channel_name, float(row[column])


MVD116 = {
    "mvd116/p1_frequency": 17,
    "mvd116/p1_thermistor": 18,
    "mvd116/p2_frequency": 19,
    "mvd116/p2_thermistor": 20,
}


def test_the_usgs_record_comes_out_as_published():
    raw = {
        (name, time_ms): RawReading(name, time_ms, value, 0, "")
        for file, columns in (
            ("station-mvd116.tsv", MVD116),
            ("station-waterton-a.tsv", {"waterton-a/barometer": 5}),
        )
        for time_ms, name, value in station(file, columns)
    }
    with (USGS / "expected-mvd116.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) == 1344
    worst = 0.0
    for row in expected:
        time_ms = (
            int((datetime.fromisoformat(row["time_local"]).replace(tzinfo=UTC)).timestamp() * 1000) + 8 * HOUR_MS
        )
        for number in (1, 2):
            made = convert_at(
                SITE, SITE.assignments[number - 1], time_ms, lambda name, at, age: raw.get((name, at))
            )
            pressure, degc = (
                next(one for one in made if one.quantity == q) for q in ("pore_pressure", "temperature")
            )
            assert pressure.judged
            worst = max(worst, abs(pressure.value - float(row[f"p{number}_kpa"])))
            worst = max(worst, abs(degc.value - float(row[f"t{number}_degc"])))
    assert worst < 2e-6


def test_a_reading_carries_its_calibration_and_the_identities_of_its_inputs():
    made = converted(scan())
    assert made["pore_pressure"].calibration == "mv-p1:1"
    assert made["pore_pressure"].inputs == tuple(
        f"{name}@{BEGIN_MS}" for name in ("mvd116/p1_frequency", "mvd116/p1_thermistor", "waterton-a/barometer")
    )
    assert made["temperature"].inputs == (f"mvd116/p1_thermistor@{BEGIN_MS}",)
    assert made["pore_pressure"].quality is Quality.GOOD


def test_without_the_barometer_pressure_is_withheld_and_temperature_delivered():
    raw = scan()
    del raw["waterton-a/barometer", BEGIN_MS]
    made = converted(raw)
    pressure = made["pore_pressure"]
    assert (pressure.value, pressure.quality, pressure.judged) == (None, Quality.MISSING, False)
    assert pressure.reasons == ("barometer WA-BARO has no reading within 1800 s",)
    assert made["temperature"].value == pytest.approx(10.963539, abs=1e-6)


@pytest.mark.parametrize("away_ms", [-1_800_000, -1, 1, 1_800_000])
def test_an_input_of_another_time_within_max_age_is_taken(away_ms):
    raw = scan()
    raw.add(
        "waterton-a/barometer", BEGIN_MS + HOUR_MS + away_ms, raw.pop(("waterton-a/barometer", BEGIN_MS)).value
    )
    raw.add("mvd116/p1_frequency", BEGIN_MS + HOUR_MS, 2923.0).add(
        "mvd116/p1_thermistor", BEGIN_MS + HOUR_MS, 5781.0
    )
    assert converted(raw, time_ms=BEGIN_MS + HOUR_MS)["pore_pressure"].value == pytest.approx(2.413210, abs=1e-5)


def test_an_input_older_than_max_age_is_not_taken():
    raw = scan().add("mvd116/p1_frequency", BEGIN_MS + 1_800_001, 2923.0)
    made = converted(raw, time_ms=BEGIN_MS + 1_800_001)
    assert made["pore_pressure"].value is None
    assert len(made["pore_pressure"].reasons) == 2


def test_the_primary_reading_is_never_taken_from_another_time():
    made = converted(scan(), time_ms=BEGIN_MS + 1000)["pore_pressure"]
    assert made.value is None
    assert made.reasons == ("frequency mvd116/p1_frequency has no reading at this time",)


@pytest.mark.parametrize(
    ("name", "status", "value", "quality"),
    [
        ("mvd116/p1_frequency", bits.NO_SIGNAL, None, Quality.FAIL),
        ("mvd116/p1_frequency", bits.NO_SIGNAL, 2923.0, Quality.FAIL),
        ("mvd116/p1_frequency", bits.MISSING, None, Quality.MISSING),
        ("mvd116/p1_frequency", bits.NOT_FITTED, 2923.0, Quality.MISSING),
        ("mvd116/p1_frequency", bits.TOO_OLD, 2923.0, Quality.MISSING),
        ("mvd116/p1_frequency", 0, None, Quality.MISSING),
        ("mvd116/p1_frequency", 0, float("nan"), Quality.MISSING),
        ("mvd116/p1_frequency", 0, 0.0, Quality.FAIL),
        ("mvd116/p1_thermistor", bits.THERMISTOR_OPEN, 1e6, Quality.FAIL),
        ("mvd116/p1_thermistor", bits.MISSING, None, Quality.MISSING),
        ("waterton-a/barometer", bits.MISSING, None, Quality.MISSING),
    ],
)
def test_the_instruments_own_evidence_takes_a_reading_out(name, status, value, quality):
    made = converted(scan().add(name, BEGIN_MS, value, status))["pore_pressure"]
    assert (made.value, made.quality, made.judged) == (None, quality, False)
    assert made.reasons


@pytest.mark.parametrize("status", [bits.LOW_SIGNAL, bits.DISAGREE, bits.CLIPPED])
def test_a_status_that_only_explains_leaves_the_value_judged(status):
    made = converted(scan().add("mvd116/p1_frequency", BEGIN_MS, 2923.0, status))["pore_pressure"]
    assert made.judged
    assert made.value == pytest.approx(2.413210, abs=1e-5)
    assert made.quality is Quality.SUSPECT
    assert made.reasons == (f"frequency mvd116/p1_frequency: {bits.describe(status)}",)


def test_a_clipped_voltage_is_at_least_this_value():
    raw = scan().add("waterton-a/barometer", BEGIN_MS, 2500.0, bits.CLIPPED)
    (made,) = convert_at(SITE, BAROMETER_AT, BEGIN_MS, raw.lookup)
    assert (made.bound, made.judged) == ("at_least", True)


def test_an_implausible_barometer_is_told_beside_the_pressure_made_with_it():
    made = converted(scan(**{"waterton-a/barometer": 0.0, "mvd116/p1_frequency": 2900.0}))["pore_pressure"]
    assert made.judged
    assert made.quality is Quality.GOOD
    low = converted(scan(**{"waterton-a/barometer": -1500.0}))["pore_pressure"]
    assert low.quality is Quality.SUSPECT
    assert low.reasons[0] == "barometer WA-BARO: 14 kPa is not plausible"


def test_beyond_full_scale_and_without_head_the_bound_is_told_and_the_value_judged():
    high = converted(scan(**{"mvd116/p1_frequency": 1990.0}))["pore_pressure"]
    dry = converted(scan(**{"mvd116/p1_frequency": 2960.0}))["pore_pressure"]
    assert (high.bound, high.judged) == ("at_least", True)
    assert (dry.bound, dry.judged) == ("at_most", True)
    assert dry.value < 0


def test_lead_resistance_is_subtracted_there_and_back():
    long_cable = [
        replace(one, cable_m=500.0, cable_ohm_per_km=48.5) if one.unit == "ohm" else one for one in SITE.channels
    ]
    through_cable = converted(
        scan(**{"mvd116/p1_thermistor": 5781.0 + 48.5}), replace(SITE, channels=tuple(long_cable))
    )
    assert through_cable == converted(scan())


def test_nothing_is_made_without_an_assignment_or_calibration_valid_then():
    ended = replace(SITE, assignments=(piezometer_at(1, valid_to_ms=BEGIN_MS + 1), *SITE.assignments[1:]))
    late = BEGIN_MS + 1
    (reason,) = converted(scan(late), ended, late)["pore_pressure"].reasons
    assert reason == "the instrument is not assigned to this point at this time"
    expired = replace(SITE.calibrations[0], valid_to_ms=late)
    unsheeted = replace(SITE, calibrations=(expired, *SITE.calibrations[1:]))
    made = converted(scan(late), unsheeted, late)["pore_pressure"]
    assert (made.value, made.quality, made.calibration) == (None, Quality.MISSING, "")
    assert made.reasons == ("the instrument has no calibration valid at this time",)


def test_the_calibration_is_that_of_the_readings_time_from_inclusive_to_exclusive():
    change_ms = BEGIN_MS + HOUR_MS
    old = replace(SITE.calibrations[0], valid_to_ms=change_ms)
    new = replace(old, version=2, valid_from_ms=change_ms, valid_to_ms=None)
    site = replace(SITE, calibrations=(new, old, *SITE.calibrations[1:]))
    labels = [calibration_at(site, "83807", at).label for at in (BEGIN_MS, change_ms - 1, change_ms)]
    assert labels == ["mv-p1:1", "mv-p1:1", "mv-p1:2"]
    assert calibration_at(site, "83807", BEGIN_MS - 1) is None


def test_a_swapped_gauge_is_converted_by_the_one_in_place_then():
    swap_ms = BEGIN_MS + HOUR_MS
    old = piezometer_at(1, valid_to_ms=swap_ms)
    new = replace(old, instrument="83808", valid_from_ms=swap_ms, valid_to_ms=swap_ms + HOUR_MS)
    site = replace(SITE, assignments=(old, new, BAROMETER_AT))
    primaries, name = primary_channels(site), "mvd116/p1_frequency"
    assert primaries[name] == (old, new)
    assert due(site, primaries, name, swap_ms - 1) == (old,)
    assert due(site, primaries, name, swap_ms) == (new,)
    assert due(site, primaries, name, swap_ms + HOUR_MS) == (
        new,
    )  # nothing assigned: says so through the last one
    assert due(site, primaries, "mvd116/p1_thermistor", swap_ms) == ()
    assert assignment_at(site, "MV-P1", swap_ms + HOUR_MS) is None


def test_dependents_reach_through_reference_points():
    assert dependents(SITE) == {
        "mvd116/p1_thermistor": ("mvd116/p1_frequency",),
        "mvd116/p2_thermistor": ("mvd116/p2_frequency",),
        "waterton-a/barometer": ("mvd116/p1_frequency", "mvd116/p2_frequency"),
    }
    assert set(primary_channels(SITE)) == {"mvd116/p1_frequency", "mvd116/p2_frequency", "waterton-a/barometer"}


def test_two_points_that_refer_to_each_other_end_in_a_reason():
    circle = replace(P1, references={"barometer": "MV-P1"})
    site = replace(SITE, assignments=(circle, *SITE.assignments[1:]))
    (reason,) = converted(scan(), site)["pore_pressure"].reasons
    assert reason == "barometer MV-P1: no instrument there measures it at this time"


def test_an_assignment_that_names_no_barometer_says_so():
    site = replace(SITE, assignments=(replace(P1, references={}), *SITE.assignments[1:]))
    (reason,) = converted(scan(), site)["pore_pressure"].reasons
    assert reason == "barometer: the assignment names no source for it"


@given(st.permutations(range(9)), st.lists(st.integers(-2_500_000, 2_500_000), min_size=9, max_size=9))
def test_the_last_result_is_equal_for_every_order_of_arrival(order, offsets_ms):
    names = ["mvd116/p1_frequency", "mvd116/p1_thermistor", "waterton-a/barometer"]
    arrivals = [(names[n % 3], BEGIN_MS + 3_000_000 + offsets_ms[n], 2900.0 + n) for n in range(9)]
    in_order, shuffled = Raw(), Raw()
    for name, time_ms, value in {(name, at): (name, at, value) for name, at, value in arrivals}.values():
        in_order.add(name, time_ms, value)
    kept = set(in_order)
    for n in order:
        name, time_ms, _ = arrivals[n]
        if (name, time_ms) in kept:
            shuffled.add(name, time_ms, in_order[name, time_ms].value)
    for name, time_ms in kept:
        if name == names[0]:
            assert converted(in_order, time_ms=time_ms) == converted(shuffled, time_ms=time_ms)
