"""The committed dashboards are those of the code, keep our rules, and speak two languages completely."""

import ast
import gettext
import json
import re
from pathlib import Path

import pytest

from dashboards.made import made
from dashboards.words import LANGUAGES, LOCALE
from tests.dashboards.grafana import ROOT, dashboards, panels

EVERY = [(language, name, one) for language in LANGUAGES for name, one in dashboards(language).items()]
PHONE_PX = 390
IDS = [f"{language}-{name}" for language, name, _ in EVERY]


def test_the_committed_files_are_those_of_the_code():
    folder = ROOT / "dashboards" / "built"
    there = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.json")}
    assert there == made(), "run `seepline dashboards build`"


@pytest.mark.parametrize(("language", "name", "dashboard"), EVERY, ids=IDS)
def test_a_dashboard_keeps_our_rules(language, name, dashboard):
    """Seven rules of the dashboard linter, as far as they mean something for InfluxQL, and three of ours."""
    assert dashboard["editable"] is False
    assert dashboard["uid"] == f"seepline-{name}-{language}"
    assert dashboard["templating"]["list"][0]["type"] == "datasource"
    for variable in dashboard["templating"]["list"]:
        assert variable["label"]
        assert variable["type"] != "query" or variable["refresh"] == 2
    for panel in panels(dashboard):
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["fieldConfig"]["defaults"]["noValue"]
        assert panel["targets"]
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"] == {"type": "influxdb", "uid": "${datasource}"}


@pytest.mark.parametrize(("language", "name", "dashboard"), EVERY, ids=IDS)
def test_no_panel_paints_a_limit_or_hides_a_peak(language, name, dashboard):
    for panel in panels(dashboard):
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert len(steps) == 1 or panel["fieldConfig"]["defaults"]["mappings"], "a colour without a word"
        assert not [one for one in panel["targets"] if re.search(r"\b(mean|median)\(", one["query"])]


def test_every_panel_leads_to_the_manual_once_its_address_is_known():
    address = "https://manual.example.org/tarp"
    for text in made(address).values():
        assert {panel["links"][0]["url"] for panel in panels(json.loads(text))} == {address}
    assert not any(panel.get("links") for _, _, dashboard in EVERY for panel in panels(dashboard))


def test_limits_and_their_replay_are_a_link_once_the_collector_s_address_is_known():
    for text in made(collector="https://collector.example.org/").values():
        links = {one["url"] for one in json.loads(text)["links"] if one["type"] == "link"}
        assert links == {"https://collector.example.org/limits", "https://collector.example.org/"}


@pytest.mark.parametrize(("language", "name", "dashboard"), EVERY, ids=IDS)
def test_a_journal_begins_with_the_symbol_and_the_sentence_which_fit_a_phone(language, name, dashboard):
    for panel in panels(dashboard):
        if any('"text"' in one["query"] for one in panel["targets"]):
            (organize,) = [one["options"] for one in panel["transformations"] if one["id"] == "organize"]
            order = sorted(organize["indexByName"], key=organize["indexByName"].get)
            assert order[:3] == ["level", "text", "Time"]
            said = organize["renameByName"]
            widths = {
                override["matcher"]["options"]: one["value"]
                for override in panel["fieldConfig"]["overrides"]
                for one in override["properties"]
                if one["id"] in ("custom.width", "custom.minWidth")
            }
            assert widths[said["level"]] + widths[said["text"]] < PHONE_PX - 2 * 16


def test_who_is_silent_is_asked_of_a_week_at_most_whatever_the_page_shows():
    """A year of all ages is as much as a year of readings."""
    for name, title in (("portfolio", "Silence"), ("health", "Age of the last word")):
        (panel,) = [one for one in panels(dashboards("en")[name]) if one["title"] == title]
        assert panel["timeFrom"] == "168h"


def cells(at: dict) -> list[tuple[int, int]]:
    columns, lines = range(at["x"], at["x"] + at["w"]), range(at["y"], at["y"] + at["h"])
    return [(x, y) for x in columns for y in lines]


def test_no_panel_lies_over_another():
    for _, _, dashboard in EVERY:
        places = [panel["gridPos"] for panel in panels(dashboard)]
        taken = [cell for at in places for cell in cells(at)]
        assert len(taken) == len(set(taken))
        assert all(at["x"] + at["w"] <= 24 for at in places)


def words_in_the_code() -> set[str]:
    found = set()
    for path in (ROOT / "dashboards").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                found |= {node.args[0].value} if name in ("say", "N_") else set()
    return found


def written(path: Path) -> dict[str, str]:
    """Return the entries of a .po file of single lines."""
    pairs = re.findall(r'^msgid (".*")\nmsgstr (".*")$', path.read_text(encoding="utf-8"), re.MULTILINE)
    return {json.loads(key): json.loads(text) for key, text in pairs if json.loads(key)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language):
    entries = written(LOCALE / language / "LC_MESSAGES" / "dashboards.po")
    compiled = gettext.translation("dashboards", LOCALE, [language])
    assert entries.keys() == words_in_the_code()
    assert all(entries.values())
    assert {key: compiled.gettext(key) for key in entries} == entries
