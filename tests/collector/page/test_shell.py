"""What stands around every page: the menu, and sentences that everybody reads."""

import pytest
from starlette.requests import Request

from collector.web.menu import MENU
from collector.web.sentence import Sentence
from collector.web.shell import Shell
from seepline.site_file import read_site
from tests.collector.chain import T0_MS
from tests.collector.conftest import DAM

SAID = Sentence(
    "%(count)s events of the last 24 hours, the worst %(worst)s, have reached nobody: see Duty and messages.",
    count=3,
    worst="red",
)


@pytest.fixture(scope="module")
def shell() -> Shell:
    return Shell(read_site(DAM), lambda: T0_MS, notices=lambda: (SAID,))


def asked(path: str, **headers: str) -> Request:
    raw = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "headers": raw, "query_string": b""}
    scope |= {"server": ("127.0.0.1", 80), "scheme": "http"}
    return Request(scope)


def test_the_menu_marks_where_one_is_and_shows_it_even_when_it_is_of_the_rest(shell):
    frame = shell.frame(asked("/alarms/0a1b"))
    assert (frame.entry.path, frame.up) == ("alarms", "../")
    assert "after-storm" in [one.path for one in shell.frame(asked("/after-storm")).first]
    assert sorted(one.path for group in frame.menu for one in group.entries) == sorted(one.path for one in MENU)


def test_a_sentence_is_said_in_the_reader_s_language(shell):
    (said,) = shell.frame(asked("/", accept_language="ru")).notices
    assert "события: 3, худший уровень красный" in said
    assert shell.frame(asked("/")).notices == (SAID,)


@pytest.mark.parametrize("path", ["/signin", "/invite", "/totp"])
def test_who_stands_before_the_door_is_told_nothing_of_the_site(shell, path):
    assert shell.frame(asked(path)).notices == ()
