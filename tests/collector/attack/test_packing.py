"""Pages are sent packed where nothing that was asked comes back in them, and nowhere else."""

import pytest

from tests.collector.attack.conftest import EVIL

PACKED = (
    "/",
    "/?days=14&lang=ru",
    "/points",
    "/points/P1",
    "/static/page.css",
    "/api/v1/openapi.json",
    "/api/v1/state",
)
PLAIN = ("/?x=1", "/alarms?point=P1", "/?days=14&q=csrf", "/signin?next=points", "/api/v1/events?point=P1")


@pytest.mark.parametrize("path", PACKED)
def test_what_repeats_nothing_is_packed(fort, path):
    answer = fort.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "accept-encoding" in answer.headers["vary"].lower()
    plain = fort.client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert answer.headers["x-was"] == "gzip"
    assert answer.content == plain.content or b"time_ms" in plain.content


@pytest.mark.parametrize("path", PLAIN)
def test_what_may_repeat_a_question_is_not(fort, path):
    assert "x-was" not in fort.client.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_a_value_that_is_no_choice_comes_back_in_no_page(fort):
    for name in ("lang", "days", "refresh"):
        answer = fort.client.get("/", params={name: EVIL})
        assert answer.headers["content-type"].startswith("text/plain") or EVIL[:12] not in answer.text
