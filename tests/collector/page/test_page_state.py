"""What the page says of a dam, in every state that it can be in."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

import collector.web
from collector.web.render import Renderer
from collector.web.state_page import read_page
from seepline.reading import Quality

NOW_MS = 1451634300000
SCAN_MS = 900_000
# the field's term for a ratio is no word about a dam
BANNED = re.compile(r"(?<!factor.of.)safe|secure dam|no danger|безопас", re.IGNORECASE)
WEB = Path(collector.web.__file__).parent


def page_of(world):
    return read_page(world.site, world, NOW_MS, 14, Renderer())


def words_of(page: str) -> str:
    """What a reader sees: tags gone, white space made one."""
    text = re.sub(r"<(style|script|svg).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def silence(world):
    world.silent = {"waterton-a"}


def all_green(world):
    pass


def yellow(world):
    world.levels["WA-P1"] = 1


def orange(world):
    world.levels["MV-P1"] = 2


def red(world):
    world.levels["TOE-P1"] = 3


def critical_missing(world):
    world.change(
        "TOE-P1", "pore_pressure", value=None, quality=Quality.MISSING, judged=False, reasons=("no wire signal",)
    )


def red_and_critical_missing(world):
    critical_missing(world)
    red(world)


def nothing_ever_read(world):
    world.readings, world.rows, world.levels, world.unheard = [], {}, {}, {"mvd116", "waterton-a", "pond"}


def excluded_by_physical_evidence(world):
    world.change("MV-P2", "pore_pressure", value=55.0, quality=Quality.FAIL, judged=False, reasons=("noise",))
    world.drop_reading("MV-P2", "temperature")


def nothing_for_an_hour(world):
    world.change("WA-P1", "pore_pressure", time_ms=NOW_MS - 5 * SCAN_MS)


def dry(world):
    world.change("WA-P2", "pore_pressure", value=-12.0, bound="at_most")


STATES = {
    all_green: ("GREEN", "No trigger exceeded, 7 of 7 instruments valid"),
    yellow: ("YELLOW", "7 of 7 instruments valid"),
    orange: ("ORANGE", "7 of 7 instruments valid"),
    red: ("RED", "7 of 7 instruments valid"),
    silence: ("GREEN", "No trigger exceeded, 4 of 7 instruments valid"),
    critical_missing: ("GREY", "State not known, 6 of 7 instruments valid"),
    red_and_critical_missing: ("RED", "6 of 7 instruments valid"),
    nothing_ever_read: ("GREY", "State not known, 0 of 7 instruments valid"),
    excluded_by_physical_evidence: ("GREEN", "No trigger exceeded, 6 of 7 instruments valid"),
    nothing_for_an_hour: ("GREEN", "No trigger exceeded, 6 of 7 instruments valid"),
    dry: ("GREEN", "No trigger exceeded, 7 of 7 instruments valid"),
}


@pytest.mark.parametrize("happen", STATES, ids=lambda one: one.__name__)
def test_the_state_says_level_and_coverage_together(world, happen):
    happen(world)
    colour, sentence = STATES[happen]
    assert f"{colour} {sentence}" in words_of(world.html())


@pytest.mark.parametrize("happen", STATES, ids=lambda one: one.__name__)
def test_no_state_calls_the_dam_anything_better_than_no_trigger_exceeded(world, happen):
    happen(world)
    assert not BANNED.search(world.html())


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.*")), ids=lambda path: path.name)
def test_no_file_of_the_page_holds_a_word_that_calls_a_dam_so(path):
    if path.suffix in (".html", ".py", ".css", ".svg", ".po"):
        assert not BANNED.search(path.read_text("utf-8"))


def test_templates_translate_literals_only():
    """gettext marks its text as HTML: a name from the site inside `_(...)` would not be escaped."""
    for path in sorted((WEB / "templates").iterdir()):
        assert not re.search(r"\b_\(\s*(?![\"'])", path.read_text("utf-8")), path.name


def test_a_grey_dam_names_its_critical_points(world):
    critical_missing(world)
    assert "Critical instruments without a valid reading: TOE-P1." in words_of(world.html())


def test_too_few_valid_instruments_make_the_page_grey(world):
    world.silent = {"waterton-a", "mvd116"}
    world.site = replace(world.site, points=tuple(replace(one, critical=False) for one in world.site.points))
    words = words_of(world.html())
    assert "GREY State not known, 2 of 7 instruments valid" in words
    assert "More instruments than this site allows have no valid reading." in words


def test_points_that_may_fail_brittly_are_named(world):
    words = words_of(world.html())
    assert "Brittle failure is declared for TOE-P1: instruments may give no warning." in words


def test_a_dam_without_brittle_points_has_no_such_sentence(world):
    points = tuple(replace(one, failure_mode="overtopping") for one in world.site.points)
    world.site = replace(world.site, points=points)
    assert "Brittle" not in words_of(world.html())


def test_a_suspect_reading_is_still_valid_and_says_why(world):
    world.change("MV-P2", "pore_pressure", quality=Quality.SUSPECT, reasons=("12 equal readings in a row",))
    words = words_of(world.html())
    assert "7 of 7 instruments valid" in words
    assert "suspect 12 equal readings in a row" in words


def test_a_value_without_limits_has_no_level(world):
    cards = {(one.point, one.quantity): one.level for one in page_of(world).charts}
    assert cards["MV-P2", "pore pressure"] is None
    assert cards["MV-P1", "pore pressure"] == 0


def test_the_worst_chart_stands_first_and_those_without_limits_last(world):
    world.levels["WA-P1"] = 2
    order = [(one.point, one.quantity) for one in page_of(world).charts]
    assert order[:3] == [("WA-P1", "pore pressure"), ("MV-P1", "pore pressure"), ("TOE-P1", "pore pressure")]
    assert order[-1] == ("POND", "water level")


@pytest.mark.parametrize("happen", [excluded_by_physical_evidence, nothing_for_an_hour, silence])
def test_a_reading_that_cannot_stand_for_the_present_is_not_valid(world, happen):
    before = {(one.point, one.quantity) for one in page_of(world).points if not one.valid}
    happen(world)
    assert before == set()
    assert any(not one.valid for one in page_of(world).points)


def test_a_silent_logger_is_named_with_absolute_times(world):
    silence(world)
    words = words_of(world.html())
    assert "silent since 2015-12-31 19:30:00 UTC−08:00 2016-01-01 03:30:00 UTC" in words
    assert "1 of 3 loggers silent" in words


def test_a_demonstration_site_says_so_and_names_its_sources(world):
    words = words_of(world.html())
    assert "Demonstration site: the dam and its limits are fictitious." in words
    assert "invented profile" in words


def test_a_real_site_shows_no_demonstration_banner(world):
    world.site = replace(world.site, info=replace(world.site.info, demo=False))
    assert "Demonstration" not in words_of(world.html())


def test_events_stand_newest_first_with_both_times(world, make_event):
    world.happened = [
        make_event(id="a", arrived_ms=NOW_MS - 5 * SCAN_MS, time_ms=NOW_MS - 5 * SCAN_MS),
        make_event(id="b", level_from=1, level_to=3, value=20.6, limit_value=20.0),
    ]
    newest, older = page_of(world).events
    assert (newest.level_to, older.level_to) == (3, 1)
    assert (newest.value, newest.limit, newest.threshold_set) == ("20.60 kPa", "20.00 kPa", "demo-1")
    assert (newest.when.local, newest.when.utc) == ("2015-12-31 23:30:00", "2016-01-01 07:30:00 UTC")


def test_a_late_event_says_when_it_became_known(world, make_event):
    world.happened = [make_event(kind="late", late=True, arrived_ms=NOW_MS, time_ms=NOW_MS - 4 * SCAN_MS)]
    assert "late known 1 h 0 min after, at 2015-12-31 23:45:00" in words_of(world.html())


def test_faults_and_silence_speak_in_their_own_words(world, make_event):
    world.happened = [
        make_event(kind="fault", level_to=0, value=None, limit_value=None, text="TOE-P1: no wire signal"),
        make_event(
            kind="silence",
            point="",
            quantity="",
            logger="mvd116",
            level_from=None,
            level_to=None,
            value=None,
            limit_value=None,
            text="Logger mvd116: no reading for more than 2700 s",
        ),
    ]
    words = words_of(world.html())
    assert "TOE-P1: no wire signal" in words
    assert "Logger mvd116: no reading for more than 2700 s" in words


def test_limits_of_a_rate_are_written_per_hour(world, make_event):
    world.happened = [make_event(direction="rate_up", value=1.5, limit_value=1.2)]
    assert (page_of(world).events[0].value, page_of(world).events[0].limit) == ("1.50 kPa/h", "1.20 kPa/h")


HOSTILE = "<script>alert('x')</script>&\""


def test_names_from_the_site_are_escaped_everywhere(world, make_event):
    points = tuple(replace(one, name=HOSTILE) for one in world.site.points)
    sections = tuple(replace(one, name=HOSTILE) for one in world.site.sections)
    world.site = replace(world.site, points=points, sections=sections, info=replace(world.site.info, name=HOSTILE))
    world.change("MV-P2", "pore_pressure", reasons=(HOSTILE,))
    world.happened = [make_event(kind="fault", level_to=0, text=HOSTILE)]
    page = world.html()
    assert "<script" not in page
    assert html.escape(HOSTILE, quote=False).split("&#")[0][:20] in page


def test_a_point_id_that_is_hostile_reaches_no_markup(world):
    points = (replace(world.site.points[0], id=HOSTILE), *world.site.points[1:])
    assignments = (replace(world.site.assignments[0], point=HOSTILE), *world.site.assignments[1:])
    world.site = replace(world.site, points=points, assignments=assignments, thresholds=())
    world.change("MV-P1", "pore_pressure", point=HOSTILE)
    world.rows[HOSTILE, "pore_pressure"] = world.rows["MV-P1", "pore_pressure"]
    assert "<script" not in world.html()


def test_the_page_stays_small(world):
    assert len(page_of(world).charts) == 12
    page = world.html().encode()
    style = (WEB / "static" / "page.css").read_bytes()
    assert len(page) + len(style) < 300_000


def test_the_page_reloads_itself_only_when_asked(world):
    assert 'http-equiv="refresh"' not in world.html()
    assert '<meta http-equiv="refresh" content="5">' in world.html(refresh_s=5)
