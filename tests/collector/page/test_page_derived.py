"""What the page says of derived quantities, of accepted answers to the air, and of an earthquake that was."""

from dataclasses import replace

from seepline.quality.air import AirResponse
from seepline.reading import Quality
from seepline.site_derived import Derived
from seepline.site_motion import StrongMotion
from seepline.site_quality import QualityRule
from tests.collector.page.conftest import NOW_MS, point, reading
from tests.collector.page.test_page_state import page_of, words_of

SURFACE = Derived(
    point="TOE-P1",
    quantity="factor_of_safety",
    formula="factor_of_safety",
    version=3,
    inputs={"toe": "TOE-P1/pore_pressure", "pond": "POND/water_level"},
)


def test_a_factor_of_safety_stands_beside_what_it_was_read_at_and_is_no_measurement(world):
    world.site = replace(world.site, derived=(SURFACE,))
    world.readings.append(reading("TOE-P1", "factor_of_safety", 1.42))
    world.levels["TOE-P1"] = 2
    world.change("POND", "water_level", value=None, quality=Quality.MISSING, judged=False)
    (card,) = [one for one in page_of(world).charts if "factor of safety" in one.quantity]
    assert card.made_of[0].startswith("TOE-P1 pore pressure")
    assert card.made_of[0].endswith(" kPa, orange")
    assert card.made_of[1] == "POND water level without a value"
    assert "POND water level without a value, not measured." in words_of(world.html())


def test_accepted_answers_to_the_air_are_listed_with_who_and_since_when(world):
    assert "How gauges answer the air" not in words_of(world.html())
    rule = QualityRule(
        point="MV-P1", quantity="pore_pressure", test="barometric_response", valid_from_ms=0, neighbour="WA-BARO",
        response_kpa_per_kpa=0.42, tolerance_kpa_per_kpa=0.05, accepted_by="N. Nazarov", source="fit of May",
    )  # fmt: skip
    world.site = replace(world.site, quality_rules=(rule,))
    words = words_of(world.html())
    assert "How gauges answer the air" in words
    assert "0.420 ± 0.05" in words
    assert "N. Nazarov" in words


def test_an_act_of_a_gauge_that_is_gone_is_no_row(world):
    world.air = [
        AirResponse(
            point="GONE", barometer="WA-BARO", response_kpa_per_kpa=0.5, tolerance_kpa_per_kpa=0.1,
            fitted_from_ms=0, fitted_to_ms=1, pairs=9, use_as_factor=True, valid_from_ms=0, accepted_by="x",
            act="y",
        )
    ]  # fmt: skip
    assert page_of(world).air == ()


def test_an_earthquake_of_last_month_is_still_what_is_known_while_its_logger_speaks(world):
    world.site = replace(world.site, strong_motion=(StrongMotion(point="TOE-P1", logger="pond", valid_from_ms=0),))
    world.readings.append(reading("TOE-P1", "peak_acceleration", 0.8, time_ms=NOW_MS - 30 * 86_400_000))
    (card,) = [one for one in page_of(world).charts if one.quantity == "peak acceleration"]
    assert (card.valid, card.unit) == (True, "m/s²")
    world.silent = {"pond"}
    (card,) = [one for one in page_of(world).charts if one.quantity == "peak acceleration"]
    assert not card.valid


def chain_of(*heights_m):
    points = tuple(point(f"N{number}", 50.0, height, kind="node") for number, height in enumerate(heights_m, 1))
    inputs = {f"tilt{number}": f"S{number}/tilt" for number in range(1, len(points) + 1)}
    nodes = tuple(
        Derived(
            point=one.id, quantity="displacement", formula="inclinometer_node", version=1,
            inputs=dict(list(inputs.items())[:number]),
            parameters={"lengths_m": (2.0,) * number, "base_deg": (0.0,) * number, "sign": "R1-R0"},
        )
        for number, one in enumerate(points, 1)
    )  # fmt: skip
    return points, nodes


def test_an_inclinometer_is_a_profile_from_its_fixed_end_and_ends_where_nothing_is_known(world):
    points, nodes = chain_of(90.0, 92.0, 94.0)
    world.site = replace(world.site, points=(*world.site.points, *points), derived=nodes)
    assert page_of(world).profiles == ()
    world.readings += [
        reading("N1", "displacement", 2.0),
        reading("N2", "displacement", -4.0, quality=Quality.SUSPECT),
        reading("N3", "displacement", None),
    ]
    (drawn,) = page_of(world).profiles
    first, second = drawn.nodes
    assert (first.is_held, second.is_held) == (False, True)
    assert second.x < drawn.zero_x < first.x
    assert drawn.bottom > drawn.fixed[1] > first.y > second.y > drawn.top
    assert drawn.path.count("L") == 2
    assert 'class="profile"' in world.html()


def test_a_chain_that_hangs_has_its_fixed_end_above(world):
    points, nodes = chain_of(94.0, 92.0)
    world.site = replace(world.site, points=(*world.site.points, *points), derived=nodes)
    world.readings += [reading("N1", "displacement", 0.0), reading("N2", "displacement", 0.2)]
    (drawn,) = page_of(world).profiles
    assert drawn.fixed[1] < drawn.nodes[0].y < drawn.nodes[1].y
    assert abs(drawn.nodes[1].x - drawn.zero_x) < 40  # noise does not fill the picture
