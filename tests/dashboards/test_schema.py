"""Grafana's own types find nothing in our dashboards, and find what is planted."""

import copy

import pytest

from tests.dashboards.grafana import dashboards
from tests.dashboards.schema import faults


@pytest.mark.parametrize("language", ["en", "ru"])
def test_grafana_s_types_allow_every_dashboard(language):
    assert {name: faults(one) for name, one in dashboards(language).items() if faults(one)} == {}


def _mistyped_key(dashboard):
    dashboard["panels"][0]["fieldconfig"] = {}


def _text_for_a_place(dashboard):
    dashboard["panels"][0]["gridPos"]["h"] = "9"


def _unknown_mode(dashboard):
    dashboard["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["mode"] = "abs"


def _no_version(dashboard):
    del dashboard["schemaVersion"]


def _unknown_refresh(dashboard):
    dashboard["templating"]["list"][1]["refresh"] = 9


def _unknown_tooltip(dashboard):
    dashboard["graphTooltip"] = 7


def _unknown_option(dashboard):
    dashboard["panels"][0]["options"]["legned"] = {}


def _unknown_line(dashboard):
    dashboard["panels"][0]["fieldConfig"]["defaults"]["custom"]["lineInterpolation"] = "bendy"


def _unknown_override(dashboard):
    override = dashboard["panels"][0]["fieldConfig"]["overrides"][0]
    override["properties"].append({"id": "custom.drawStile", "value": "points"})


@pytest.mark.parametrize(
    "plant",
    [
        _mistyped_key,
        _text_for_a_place,
        _unknown_mode,
        _no_version,
        _unknown_refresh,
        _unknown_tooltip,
        _unknown_option,
        _unknown_line,
        _unknown_override,
    ],
)
def test_what_is_planted_is_found(plant):
    dashboard = copy.deepcopy(dashboards("en")["piezometers"])
    plant(dashboard)
    assert faults(dashboard)
