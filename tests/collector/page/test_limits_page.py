"""The page of sets: who said what, what changes, which one is in force; words of people are escaped."""

import pytest

from collector.web.limits_page import limits_page
from tests.collector.council import Council
from tests.collector.test_limits import FIRST, TIGHTER, decided
from tests.pages import framed
from tests.sets import set_text


@pytest.fixture
def council(chain) -> Council:
    return Council(chain)


def html(council: Council) -> str:
    page = limits_page(council.chain.site, council.chain.reader, council.chain.now_ms)
    return framed(council.chain.site, "limits.html", page)


def test_before_the_first_set_it_says_so(council):
    said = html(council)
    assert "The limits are provisional: nobody has approved a set yet." in said
    assert "No set has been proposed." in said


def test_sets_stand_newest_first_with_words_and_changes(council):
    decided(council, "joint-1", **FIRST)
    council.submit("eva", set_text("joint-2", "joint-1", reason="<b>wet</b> toe", **TIGHTER))
    council.say("set_object", "askar", "joint-2", reason="<i>too</i> many")
    said = html(council)
    assert said.index("joint-2: in force") < said.index("joint-1: superseded")
    for words in ("Anna, authority, Inspectorate (UZ)", "rule P1 pore_pressure above: yellow", "tighter"):
        assert words in said
    assert "&lt;b&gt;wet&lt;/b&gt; toe" in said
    assert "Askar: &lt;i&gt;too&lt;/i&gt; many" in said
    assert "provisional" not in said
