"""The works diary: acts that are kept, drawn and offered, and that mute nothing."""

from dataclasses import replace

import pytest

from collector.web import state_page
from collector.web.render import DAY_CHOICES, Renderer
from collector.web.works import work_marks
from collector.works.seen import works
from seepline.acts.check import body_of, checked
from seepline.acts.document import accepted_text
from seepline.acts.errors import BadBody
from tests.acts import Persons
from tests.collector.chain import RED, SCAN_MS, T0_MS
from tests.pages import framed

PERSONS = Persons()
LIFT = {"work": "fill_lift", "from_ms": T0_MS - SCAN_MS, "text": "lift 12, 0.5 m", "section": "A"}
DRILL = {"work": "drilling", "from_ms": T0_MS - 9 * SCAN_MS, "to_ms": T0_MS - 8 * SCAN_MS, "text": "hole 3"}


def write(chain, kind="diary", person="operator", **body):
    signed = PERSONS.act(person, kind, body, T0_MS)
    accepted = checked(signed, PERSONS.policy(), chain.site, T0_MS)
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()
    return accepted.id


def html(chain):
    diary = works(chain.reader)
    page = state_page.read_page(chain.site, chain.reader, chain.now_ms + SCAN_MS, 14, Renderer(), diary)
    return framed(chain.site, "page.html", page, refresh_s=None, choices=DAY_CHOICES)


def test_an_entry_is_told_drawn_on_every_trend_of_its_place_and_listed(chain, rows):
    write(chain, **LIFT)
    chain.take(rows.barometer(0), rows.piezometer(0))
    (event,) = [one for one in chain.reader.events() if one.kind == "works"]
    assert event.text == ("fill lift, section A, since 2016-01-01 07:45:00 UTC: lift 12, 0.5 m (The operator)")
    page = html(chain)
    assert (
        page.count('<g class="work"><title>fill lift: lift 12, 0.5 m</title>') == page.count('class="chart"') == 3
    )
    assert "<strong>F</strong> fill lift, section A" in page


def test_an_alarm_is_raised_all_the_same_and_the_works_stand_beside_it(chain, rows):
    write(chain, **LIFT)
    write(chain, **DRILL)
    chain.take(rows.barometer(0), rows.piezometer(0, RED))
    assert [one.kind for one in chain.reader.events()].count("level") == 1
    lift = "fill lift, section A, going on then: lift 12, 0.5 m"
    assert f"{lift}; drilling, the whole dam, ended 2 h 0 min before: hole 3" in html(chain)


def test_works_elsewhere_or_later_explain_nothing(chain, rows):
    write(chain, **{**LIFT, "section": "", "points": ["BARO"]})
    write(chain, **{**LIFT, "from_ms": T0_MS + SCAN_MS})
    chain.take(rows.barometer(0), rows.piezometer(0, RED))
    assert "may explain" not in html(chain).replace("explain and mute", "")


def test_works_end_and_are_taken_back_by_acts_of_their_own(chain):
    entry = write(chain, **LIFT)
    write(chain, "diary_end", entry=entry, to_ms=T0_MS)
    (work,) = works(chain.reader)
    assert (work.to_ms, work.person) == (T0_MS, "The operator")
    write(chain, "diary_withdraw", entry=entry, reason="wrong dam")
    assert works(chain.reader) == []
    assert [one.withdrawn for one in works(chain.reader, withdrawn=True)] == ["wrong dam"]


def test_an_end_before_the_beginning_or_of_no_entry_changes_nothing_and_says_so(chain):
    entry = write(chain, **LIFT)
    write(chain, "diary_end", entry=entry, to_ms=T0_MS - 2 * SCAN_MS)
    write(chain, "diary_withdraw", entry="0" * 64, reason="x")
    assert works(chain.reader)[0].to_ms is None
    assert sum("nothing was changed" in one.text for one in chain.reader.events()) == 2


BAD = [
    ({"work": "party"}, "work: found 'party'; expected one of \"fill_lift\""),
    ({"text": " "}, "text: found 1 characters; expected 1 to 2000"),
    ({"to_ms": T0_MS - SCAN_MS}, "expected a time after from_ms"),
    ({"section": "B"}, "section: found 'B'; expected a section of the site"),
    ({"points": ["P1"]}, "points: found points beside a section"),
    ({"section": "", "points": ["P9"]}, "points: found 'P9'; expected points of the site"),
]


@pytest.mark.parametrize(("changed", "says"), BAD)
def test_a_wrong_entry_is_refused_with_what_is_wrong(dam, changed, says):
    with pytest.raises(BadBody) as refused:
        body_of(PERSONS.act("operator", "diary", {**LIFT, **changed}, T0_MS), dam)
    assert says in str(refused.value)


def test_the_diary_is_the_same_in_a_replay_with_a_point_that_is_gone(chain, dam):
    write(chain, **{**LIFT, "section": "", "points": ["BARO"]})
    gone = replace(dam, points=dam.points[:1], assignments=dam.assignments[:1])
    assert works(chain.reader)[0].points == "BARO"
    assert work_marks(gone, works(chain.reader), "P1", (0, T0_MS), str) == ()
