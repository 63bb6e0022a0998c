"""The short ways to a reading and a derived reading give what the long ways give, or nothing."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from seepline.derive.evaluation import Sample, evaluate
from seepline.derive.formulas import FORMULAS
from seepline.derive.plain import _PLAIN, plain, plan_of
from seepline.quality import evaluate as judged_long
from seepline.quality import plain as judged_short
from seepline.reading import Quality, RawReading
from seepline.site_derived import Derived
from seepline.site_file import parse_site
from seepline.wire import status as bits

SITE = parse_site((Path(__file__).parents[1] / "collector" / "dam.toml").read_text(encoding="utf-8"))
AT_MS, SCAN_MS = 1_451_635_200_000, 900_000

HERTZ = st.sampled_from([2900.0, 2900.01, 2700.0, 3050.0, 2000.0, -1.0, None, float("inf")])
STATUS = st.sampled_from([0, 0, 0, bits.LOW_SIGNAL, bits.CLIPPED, bits.NO_SIGNAL])
SCANS = st.lists(
    st.fixed_dictionaries({}, optional={
        "a/f": st.tuples(HERTZ, STATUS),
        "a/t": st.tuples(st.sampled_from([3000.0, 0.0, 1e9]), STATUS),
        "b/baro": st.tuples(st.sampled_from([2100.0, 9.0, None]), STATUS),
    }),
    min_size=1, max_size=4,
)  # fmt: skip


class Raw:
    """Raw readings of some scans, the last one at AT_MS."""

    def __init__(self, scans):
        self.known = {
            (name, AT_MS + (n + 1 - len(scans)) * SCAN_MS): value
            for n, scan in enumerate(scans)
            for name, value in scan.items()
        }

    def at(self, name, time_ms):
        found = self.known.get((name, time_ms))
        return found and RawReading(name, time_ms, *found, f"{name}:{time_ms}")

    def lookup(self, name, time_ms, max_age_ms):
        return self.at(name, time_ms)

    def exact(self, name, time_ms):
        found = self.at(name, time_ms)
        return found if found and found.value is not None else None

    def previous(self, name, time_ms, count):
        times = sorted((at for known, at in self.known if known == name and at < time_ms), reverse=True)
        return tuple(self.at(name, at) for at in times[:count])

    def barometer(self, source, time_ms):
        (made,) = judged_long(SITE, SITE.assignments[1], time_ms, self.lookup, self.previous)
        return (
            None
            if made.value is None or made.quality is Quality.FAIL or made.reasons
            else (made.value, made.inputs)
        )


@given(scans=SCANS)
def test_a_scan_is_judged_alike_the_short_way_and_the_long_way(scans):
    raw = Raw(scans)
    expected = judged_long(SITE, SITE.assignments[0], AT_MS, raw.lookup, raw.previous)
    found = judged_short(SITE, SITE.assignments[0], AT_MS, raw.exact, raw.previous, raw.barometer)
    assert found in (None, expected)


def test_a_scan_without_anything_to_explain_goes_the_short_way():
    raw = Raw([{"a/f": (2900.0 + n, 0), "a/t": (3000.0, 0), "b/baro": (2100.0, 0)} for n in range(2)])
    found = judged_short(SITE, SITE.assignments[0], AT_MS, raw.exact, raw.previous, raw.barometer)
    assert [(one.quantity, one.quality) for one in found] == [
        ("pore_pressure", Quality.NOT_EVALUATED), ("temperature", Quality.NOT_EVALUATED),
    ]  # fmt: skip


PARAMETERS = {
    "piezometric_elevation": {"tip_elevation_m": 10.0, "density_kg_m3": 1000.0},
    "pore_pressure_ratio": {"unit_weight_kn_m3": 19.0, "depth_m": 5.0},
    "b_bar": {"base_pressure_kpa": 1.0, "stress_rise_kpa": 4.0},
    "hydraulic_gradient": {"length_m": 3.0},
    "critical_gradient_share": {"length_m": 3.0, "critical_gradient": 0.9},
    "freeboard": {"crest_min_elevation_m": 60.0, "allowance_m": 0.5},
    "settlement": {"base_elevation_m": 60.0},
}
SAMPLE = st.builds(
    Sample,
    st.sampled_from([AT_MS, AT_MS, AT_MS - 1]),
    st.none() | st.sampled_from([50.0, -1e4, 1e300, float("nan")]),
    st.sampled_from(Quality),
    st.sampled_from(["", "", "at_least", "at_most"]),
)


class History:
    """One sample of each input."""

    def __init__(self, samples):
        self.samples = samples

    def nearest(self, key, time_ms, max_age_ms):
        found = self.samples.get(key)
        return found if found is not None and (max_age_ms or found.time_ms == time_ms) else None

    def exact(self, key, time_ms):
        return self.nearest(key, time_ms, 0)


@given(name=st.sampled_from(sorted(_PLAIN)), samples=st.lists(SAMPLE, min_size=2, max_size=2))
def test_a_derived_reading_is_made_alike_the_short_way_and_the_long_way(name, samples):
    formula = FORMULAS[name]
    sources = {
        key: f"{point}/{formula.inputs[key][0]}"
        for key, point in zip(formula.inputs, ("P1", "BARO"), strict=False)
    }
    derived = Derived(
        point="P1",
        quantity=formula.quantities[0],
        formula=name,
        version=1,
        inputs=sources,
        parameters=PARAMETERS[name],
    )
    known = dict(zip((tuple(one.split("/")) for one in sources.values()), samples, strict=False))
    history = History({key: one for key, one in known.items() if one.quality is not Quality.MISSING})
    found = plain(plan_of(derived), AT_MS, history.exact)
    assert repr(found) in ("None", repr(evaluate(SITE, derived, AT_MS, history)))


def test_a_plain_derived_reading_goes_the_short_way():
    derived = Derived(
        point="P1", quantity="settlement", formula="settlement", version=1, inputs={"elevation": "P1/elevation"},
        parameters=PARAMETERS["settlement"],
    )  # fmt: skip
    history = History({("P1", "elevation"): Sample(AT_MS, 59.0, Quality.GOOD, "")})
    found = plain(plan_of(derived), AT_MS, history.exact)
    assert (found.value, found.inputs) == (1000.0, (f"P1/elevation@{AT_MS}",))


def test_the_short_way_covers_formulas_that_are_there():
    assert FORMULAS.keys() >= _PLAIN
    assert PARAMETERS.keys() == _PLAIN
