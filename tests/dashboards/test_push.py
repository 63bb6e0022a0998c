"""`seepline dashboards push` against a small Grafana: twice is once, nothing of others is touched or deleted."""

import json

import pytest
from typer.testing import CliRunner

from dashboards.made import made
from seepline.cli import app
from tests.dashboards.fake_grafana import fake_grafana

ENGLISH = {json.loads(text)["uid"]: json.loads(text) for name, text in made().items() if name.startswith("en/")}


@pytest.fixture
def grafana():
    with fake_grafana() as found:
        yield found


@pytest.fixture
def push(grafana, tmp_path):
    (tmp_path / "token").write_text(f"{grafana.token}\n")

    def run(*more, url=grafana.url):
        command = ["dashboards", "push", url, "--token-file", str(tmp_path / "token"), *more]
        return CliRunner().invoke(app, command)

    return run


def test_pushing_twice_writes_once(grafana, push):
    assert push().output.endswith("9 dashboards, 9 written.\n")
    assert {uid: one["title"] for uid, (one, _) in grafana.dashboards.items()} == {
        uid: one["title"] for uid, one in ENGLISH.items()
    }
    written = list(grafana.writes)
    assert push().output.endswith("9 dashboards, 0 written.\n")
    assert grafana.writes == written


def test_a_dry_run_shows_the_difference_and_writes_nothing(grafana, push):
    push()
    dashboard, _ = grafana.dashboards["seepline-alarms-en"]
    dashboard["refresh"] = "5s"
    written = list(grafana.writes)
    told = push("--dry-run").output
    assert '-  "refresh": "5s"'.replace("  ", " ", 1) in told
    assert "9 dashboards, 1 would be written." in told
    assert grafana.writes == written


def test_what_somebody_changed_becomes_what_the_code_makes(grafana, push):
    push()
    grafana.dashboards["seepline-alarms-en"][0]["refresh"] = "5s"
    assert push().output.endswith("9 dashboards, 1 written.\n")
    assert grafana.dashboards["seepline-alarms-en"][0]["refresh"] == ENGLISH["seepline-alarms-en"]["refresh"]
    assert grafana.dashboards["seepline-alarms-en"][0]["version"] == 2


def test_what_is_not_ours_is_left_alone(grafana, push):
    theirs = {"uid": "seepline-alarms-en", "title": "Mine", "tags": ["mine"], "id": 7, "version": 3}
    files = {"uid": "seepline-health-en", "title": "x", "tags": ["seepline"], "id": 8, "version": 1}
    grafana.put(theirs)
    grafana.put(files, provisioned=True)
    grafana.put({"uid": "other", "title": "Other", "tags": ["seepline"], "id": 9, "version": 1})
    told = push().output
    assert "seepline-alarms-en: bears our uid but not our tag: left alone" in told
    assert "seepline-health-en: comes from files on the server: left alone" in told
    assert grafana.dashboards["seepline-alarms-en"] == (theirs, False)
    assert grafana.dashboards["seepline-health-en"] == (files, True)
    assert "other" in grafana.dashboards
    assert {verb for verb, _ in grafana.writes} == {"POST"}


def test_a_version_saved_meanwhile_is_not_overwritten(grafana, push):
    push()
    alarms, _ = grafana.dashboards["seepline-alarms-en"]
    alarms["refresh"] = "5s"

    def somebody_saves():
        alarms["version"] = 5

    grafana.before_save = somebody_saves
    told = push()
    assert told.exit_code == 1
    assert "somebody saved it meanwhile" in told.output
    assert alarms["refresh"] == "5s"


def test_a_wrong_token_and_a_viewer_hear_what_to_do(grafana, push):
    grafana.role = "Viewer"
    assert "needs the role Editor" in push().output
    grafana.token = "another"
    assert "the token is wrong or has expired" in push().output
    assert grafana.dashboards == {}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://grafana.example.org", "expected https"),
        ("grafana.example.org", "expected an address like"),
        ("http://127.0.0.1:1", "no Grafana answers here"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_one_sentence(push, url, said):
    told = push(url=url)
    assert told.exit_code == 1
    assert said in told.output
    assert "Traceback" not in told.output


def test_a_language_that_is_not_there_and_a_token_that_cannot_be_read_are_told(push):
    assert "expected en or ru" in push("--language", "fr").output
    told = CliRunner().invoke(app, ["dashboards", "push", "http://127.0.0.1:1", "--token-file", "/nowhere"])
    assert "expected a readable file" in told.output
