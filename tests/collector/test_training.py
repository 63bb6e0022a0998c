"""Regressions trained at night: what they learn, when, and that order and restarts do not matter."""

import random
from dataclasses import replace
from math import cos, pi

import pytest

from collector.engine import Engine
from collector.raw_lines import RawRow, RawValue
from collector.store import StoreReader
from collector.store_writing import StoreWriter
from collector.training import trained_from
from collector.word_table import SpokenWord
from seepline.derive.regression import Day, residual
from seepline.derive.training import spell_of, train
from seepline.reading import Quality, Reading
from seepline.site import Threshold
from seepline.site_derived import Derived
from tests.collector.chain import T0_MS, Chain
from tests.collector.test_derived import content
from tests.collector.test_derived import replayed as replayed_values

DAY_MS = 86_400_000
FROM_MS = 1_420_070_400_000  # 2015-01-01
DAYS = 400
TO_MS = FROM_MS + DAYS * DAY_MS
HST = Derived(
    point="P1",
    quantity="pore_pressure_residual",
    formula="hst_residual",
    version=1,
    inputs={"value": "P1/pore_pressure", "pond": "POND/water_level", "rain": "RAIN/antecedent_rain"},
    parameters={
        "trained_from": "2015-01-01T00:00:00Z",
        "trained_to": "2016-02-05T00:00:00Z",
        "reference": "2014-01-01T00:00:00Z",
        "lag_d": 3.0,
        "window_s": 12.0 * 86_400,
        "least_days": 365.0,
    },
)
SIGMAS = replace(HST, quantity="residual_sigmas", formula="hst_sigmas")


class Made:
    """A year and more of one reading a day, without a store: what a pond, rain and season make of a piezometer."""

    def __init__(self, seed=1):
        dice, self.samples = random.Random(seed), {}
        pond = rain = 0.0
        for day in range(-20, DAYS + 40):
            at_ms = FROM_MS + day * DAY_MS + 3_600_000
            pond, rain = 0.9 * pond + dice.gauss(0, 0.4), 0.8 * rain + max(0.0, dice.gauss(0, 3))
            felt = 5 * pond + 0.1 * rain + 2 * cos(2 * pi * day / 365.25) + dice.gauss(0, 0.2)
            for key, value in (
                ("P1/pore_pressure", felt), ("POND/water_level", pond), ("RAIN/antecedent_rain", rain),
            ):  # fmt: skip
                self.samples.setdefault(tuple(key.split("/")), []).append(Known(at_ms, value))

    def window(self, key, after_ms, to_ms):
        return [one for one in self.samples[key] if after_ms < one.time_ms <= to_ms]


class Known:
    """One reading."""

    def __init__(self, time_ms, value, quality=Quality.GOOD, bound=""):
        self.time_ms, self.value, self.quality, self.bound = time_ms, value, quality, bound


KEYS = {name: tuple(source.split("/")) for name, source in HST.inputs.items()}


def nothing_reached(key, time_ms, value):
    return False


def trained(made, derived=HST, reached=nothing_reached):
    return train(derived, KEYS, made.window, reached)


def without_lag(**changed):
    return replace(HST, parameters={**HST.parameters, "lag_d": 0.0, **changed})


def test_it_finds_what_the_reading_was_made_of():
    found = trained(Made(), without_lag())
    assert found.fit.coefficients[1:3] == pytest.approx((5.0, 0.1), abs=0.05)
    assert found.fit.sigma == pytest.approx(0.2, abs=0.03)
    assert found.fit.count == DAYS
    assert found.pond_m.low < 0 < found.pond_m.high


def test_flagged_readings_bounds_and_days_without_pond_teach_nothing():
    made = Made()
    of = made.samples["P1", "pore_pressure"]
    for place, (quality, bound) in enumerate(
        ((Quality.SUSPECT, ""), (Quality.FAIL, ""), (Quality.GOOD, "at_most")), start=30
    ):
        of[place] = Known(of[place].time_ms, 1e6, quality, bound)
    del made.samples["RAIN", "antecedent_rain"][40]
    assert trained(made, without_lag()).fit.count == DAYS - 4
    assert trained(made, without_lag()).fit.sigma == pytest.approx(0.2, abs=0.03)


def test_nobody_trains_through_an_alarm_nor_with_too_few_days():
    made = Made()
    limit = max(one.value for one in made.samples["P1", "pore_pressure"][20:-40])
    found = trained(made, reached=lambda key, time_ms, value: value >= limit)
    assert (found.fit, found.identity) == (None, "")
    assert found.reason.startswith("1 readings of the training window reached a limit")
    assert "400 days within the training window, 500 needed" in trained(made, without_lag(least_days=500.0)).reason
    made.samples["POND", "water_level"] = [Known(one.time_ms, 1.0) for one in made.samples["POND", "water_level"]]
    assert "does not teach it" in trained(made, without_lag()).reason


@pytest.fixture
def nights(dam, tmp_path):
    """A chain whose store gets readings by hand: what a training sees is in the store, wherever it came from."""
    limit = Threshold(
        set="s1", point="P1", quantity="residual_sigmas", direction="above",
        yellow=4.0, orange=8.0, red=12.0, deadband=0.0, delay_count=1,
    )  # fmt: skip
    points = tuple(replace(dam.points[0], id=name, kind="other") for name in ("POND", "RAIN"))
    site = replace(dam, points=(*dam.points, *points), derived=(HST, SIGMAS), thresholds=(*dam.thresholds, limit))
    chain = Chain(site, tmp_path, now_ms=TO_MS - DAY_MS)
    yield chain
    chain.close()


def put(chain, samples):
    """Publish readings as the engine does, in one transaction."""
    with chain.store.transaction():
        for key, one in samples:
            chain.engine._publish(
                Reading(
                    point=key[0], instrument="", quantity=key[1], time_ms=one.time_ms, value=one.value,
                    quality=one.quality, calibration="", judged=True,
                ),
                chain.now_ms,
            )  # fmt: skip
        chain.engine._publish_derived(chain.now_ms, waited=True)
        chain.engine._alarms.save(chain.store)
        chain.engine.derivations.save(chain.store)


def all_of(made, keep=lambda at_ms: True):
    found = [(key, one) for key, samples in made.samples.items() for one in samples if keep(one.time_ms)]
    return sorted(found, key=lambda one: (one[1].time_ms, one[0] == ("P1", "pore_pressure")))


def residuals(chain):
    return {key[2]: row["value"] for key, row in content(chain).items() if key[1] == HST.quantity}


def pass_nights(chain, to_ms):
    chain.pass_time(to_ms)
    for _ in range(20):
        chain.pass_time(chain.now_ms + 1000)


def test_it_is_trained_at_the_first_tick_behind_the_window_and_judged_from_then_on(nights):
    made = Made()
    put(nights, all_of(made, lambda at_ms: at_ms < TO_MS + DAY_MS))
    before = nights.reader.latest()[("P1", HST.quantity)]
    assert (before.value, before.quality) == (None, Quality.NOT_EVALUATED)
    assert before.reasons == ("not trained yet: that is done at night",)
    pass_nights(nights, TO_MS + DAY_MS)
    first = nights.reader.latest()[("P1", HST.quantity)]
    assert abs(first.value) < 2
    assert first.inputs[-1].startswith("fit:")
    withheld = [time_ms for time_ms, value in residuals(nights).items() if value is None]
    assert max(withheld) < TO_MS
    assert "fault" not in nights.kinds()
    moved = Known(TO_MS + DAY_MS + 3_600_000, made.samples["P1", "pore_pressure"][-40].value + 40)
    beside = all_of(made, lambda at_ms: at_ms == moved.time_ms)[:2]
    put(nights, [*beside, (("P1", "pore_pressure"), moved)])
    sigmas = nights.reader.latest()[("P1", "residual_sigmas")]
    assert (sigmas.level, sigmas.judged) == (3, True)
    assert "level" in nights.kinds()


def test_the_training_of_a_declaration_that_was_edited_is_made_anew(nights):
    put(nights, all_of(Made(), lambda at_ms: at_ms < TO_MS + DAY_MS))
    pass_nights(nights, TO_MS + DAY_MS)
    before = nights.reader.latest()[("P1", HST.quantity)]
    nights.close()
    nights.site = replace(nights.site, derived=(without_lag(), SIGMAS))  # and forgot the version
    nights.open()
    pass_nights(nights, nights.now_ms + 1000)
    after = nights.reader.latest()[("P1", HST.quantity)]
    assert after.inputs[-1] != before.inputs[-1]
    assert after.value == pytest.approx(residual_without_lag())


def residual_without_lag():
    made = Made()
    fit = trained(made, without_lag()).fit
    at_ms = max(one.time_ms for one in made.samples["P1", "pore_pressure"] if one.time_ms < TO_MS + DAY_MS)
    value, pond, rain = (
        next(one.value for one in made.samples[KEYS[name]] if one.time_ms == at_ms) for name in KEYS
    )
    since_d = (at_ms - spell_of(HST.parameters).reference_ms) / DAY_MS
    return residual(fit, Day(since_d, pond, rain), value)


def test_what_a_training_did_not_see_is_suspect_and_still_told(nights):
    made = Made()
    put(nights, all_of(made, lambda at_ms: at_ms < TO_MS))
    pass_nights(nights, TO_MS + DAY_MS)
    flood = [(key, Known(one.time_ms, 50.0 if key[0] == "POND" else one.value)) for key, one in all_of(made)]
    put(nights, [one for one in flood if TO_MS < one[1].time_ms < TO_MS + DAY_MS])
    last = nights.reader.latest()[("P1", HST.quantity)]
    assert (last.quality, last.judged) == (Quality.SUSPECT, True)
    assert "outside the trained" in last.reasons[0]


def test_a_day_that_reached_a_limit_is_learnt_where_an_act_says_that_no_limit_judged_it(nights):
    word = SpokenWord(id="w", point="P1", from_ms=FROM_MS - DAY_MS, begins=True, text="new gauge", person="Eva")
    with nights.store.transaction():
        nights.store.words.add(word)
    nights.close()
    nights.open()
    made = Made()
    days = made.samples["P1", "pore_pressure"]
    days[100] = Known(days[100].time_ms, 45.0)  # yellow is 40 kPa
    put(nights, all_of(made, lambda at_ms: at_ms < TO_MS + DAY_MS))
    pass_nights(nights, TO_MS + DAY_MS)
    assert nights.engine.derivations._trainings.of(HST).fit.count == DAYS
    assert "1 readings of the training window reached a limit" in (
        trained_from(nights.site, nights.store.readings, HST).reason
    )


def test_late_readings_of_the_window_are_learnt_the_next_night_and_the_past_follows(nights, tmp_path, monkeypatch):
    monkeypatch.setattr("collector.past._AT_ONCE", 7)
    made = Made()
    late = [one for one in all_of(made) if one[1].time_ms // DAY_MS % 30 == 3]
    put(nights, [one for one in all_of(made) if one not in late])
    pass_nights(nights, TO_MS + 40 * DAY_MS)
    before = residuals(nights)
    put(nights, late)
    nights.pass_time(nights.now_ms + 1000)
    assert any(
        residuals(nights)[at_ms] == before[at_ms] for at_ms in before if at_ms > TO_MS
    )  # not trained by day
    nights.pass_time(nights.now_ms + DAY_MS)
    nights.close()
    nights.open()  # a restart in the middle of it
    pass_nights(nights, nights.now_ms + 1000)
    (tmp_path / "whole").mkdir()
    whole = Chain(nights.site, tmp_path / "whole", now_ms=TO_MS - DAY_MS)
    put(whole, all_of(made))
    pass_nights(whole, nights.now_ms)
    after = residuals(nights)
    assert after == residuals(whole)
    told = {at_ms: value for at_ms, value in after.items() if value is not None}
    assert len(told) == 40
    assert all(value != before.get(at_ms) for at_ms, value in told.items())
    assert trained_from(nights.site, whole.store.readings, HST).fit.count == DAYS
    whole.close()


WEEK_MS, WEEKS = 7 * DAY_MS, 70
LEVEL = Derived(
    point="BARO",
    quantity="water_level",
    formula="expression",
    version=1,
    inputs={"air": "BARO/barometric_pressure"},
    parameters={"text": "air / 9.80665 [kN/m3]"},
)
RAIN = replace(
    LEVEL, quantity="antecedent_rain", parameters={"text": "(air - 99 [kPa])^2 / 1000 [kPa/m] / 1 [kPa]"}
)
JOURNALLED = replace(
    HST,
    inputs={"value": "P1/pore_pressure", "pond": "BARO/water_level", "rain": "BARO/antecedent_rain"},
    parameters={
        **HST.parameters,
        "trained_from": "2016-01-01T00:00:00Z",
        "trained_to": "2017-02-01T00:00:00Z",
        "lag_d": 0.0,
        "window_s": 86_400.0,
        "least_days": 40.0,
    },
)


def weekly(dice):
    """Raw rows of both loggers, one a week: what the chain is given in any order."""
    made = []
    for week in range(WEEKS):
        about = {"line": 1, "block": 0, "time_ms": T0_MS + week * WEEK_MS, "ring": 7, "boot": 1, "tq": 2}
        wire = (RawValue("f", 2900.0 + dice.uniform(-2, 2), 0), RawValue("t", 3000.0 + dice.uniform(0, 50), 0))
        air = (RawValue("baro", 2050.0 + dice.uniform(-200, 200), 0),)
        made += [
            RawRow(logger="a", values=wire, seq=week, **about),
            RawRow(logger="b", values=air, seq=week, **about),
        ]
    return made


def judged_in(folder, site, batches):
    """Everything of the readings when all has come and three nights have passed."""
    folder.mkdir()
    end_ms = T0_MS + WEEKS * WEEK_MS
    chain = Chain(site, folder)
    for number, batch in enumerate(batches):
        chain.take(*batch, at_ms=end_ms + number * DAY_MS)
        pass_nights(chain, chain.now_ms + 1)
    pass_nights(chain, end_ms + 9 * DAY_MS)
    found, journal = content(chain), chain.journal
    again = StoreWriter(folder / "again.sqlite")
    engine = Engine(site, journal, again)
    while engine.judge(1000):
        pass
    replayed = StoreReader(folder / "again.sqlite").latest()
    assert replayed == chain.reader.latest()
    again.close()
    chain.close()
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_a_training_is_equal_for_every_order_of_arrival_and_in_both_replays(dam, tmp_path, seed):
    site = replace(dam, derived=(JOURNALLED, LEVEL, RAIN))
    dice = random.Random(seed)
    rows = weekly(dice)
    whole = judged_in(tmp_path / "whole", site, [rows])
    dice.shuffle(rows)
    cuts = sorted(dice.sample(range(1, len(rows)), 3))
    batches = [rows[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    found = judged_in(tmp_path / "shuffled", site, batches)
    assert found == whole
    told = [row["value"] for key, row in found.items() if key[1] == HST.quantity and row["value"] is not None]
    assert len(told) == 13
    replayed = {key: value for key, value in replayed_values(site, rows).items() if key[1] == HST.quantity}
    assert replayed == {key: row["value"] for key, row in found.items() if key[1] == HST.quantity}
