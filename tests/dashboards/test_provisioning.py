"""Provisioning has Grafana's own keys, and every rule fires on what it must fire on, and on nothing else."""

import json
import re

import pytest

from tests.dashboards.provisioned import FOLDER, built, files, firing, rules

NOW_MS = 1_450_440_000_000
MINUTE_MS = 60_000

# Grafana's provisioning structs: pkg/services/provisioning/{datasources,dashboards,alerting}
KEYS = {
    "datasources": "name uid type access url user jsonData secureJsonData editable orgId isDefault",
    "providers": "name orgId folder folderUid type disableDeletion updateIntervalSeconds allowUiUpdates options",
    "groups": "orgId name folder interval rules",
    "rules": "uid title condition data dashboardUid panelId noDataState execErrState for keepFiringFor"
    " missing_series_evals_to_resolve annotations labels isPaused notification_settings record",
    "data": "refId queryType relativeTimeRange datasourceUid model",
    "notification_settings": "receiver group_by group_wait group_interval repeat_interval mute_time_intervals"
    " active_time_intervals",
    "contactPoints": "orgId name receivers",
    "receivers": "uid type settings disableResolveMessage",
    "policies": "orgId receiver group_by matchers object_matchers mute_time_intervals continue group_wait"
    " group_interval repeat_interval routes",
    "routes": "receiver group_by matchers object_matchers mute_time_intervals continue group_wait group_interval"
    " repeat_interval routes",
    "muteTimes": "orgId name time_intervals",
}
DURATION = re.compile(r"^(\d+(ms|[smhdwy]))+$")


def unknown_keys(name: str, found) -> list[str]:
    """Return the keys below a list or table that Grafana does not have."""
    faults = []
    for one in found if isinstance(found, list) else [found]:
        if not isinstance(one, dict):
            continue
        faults += [f"{name}.{key}" for key in one if name in KEYS and key not in KEYS[name].split()]
        faults += [fault for key, value in one.items() if key in KEYS for fault in unknown_keys(key, value)]
    return faults


def test_every_key_is_one_of_grafana_s():
    for name, document in files().items():
        assert document["apiVersion"] == 1, name
        assert unknown_keys("", document) == [], name


def test_a_mistyped_key_is_found():
    assert unknown_keys("", {"groups": [{"rules": [{"pendingFor": "5m", "data": [{"refid": "A"}]}]}]}) == [
        "rules.pendingFor",
        "data.refid",
    ]


@pytest.mark.parametrize("rule", rules().values(), ids=rules())
def test_a_rule_names_what_exists(rule):
    contacts = {one["name"] for document in files().values() for one in document.get("contactPoints", ())}
    panels = json.loads(built(rule["dashboardUid"]).read_text(encoding="utf-8"))["panels"]
    refs = [one["refId"] for one in rule["data"]]
    assert rule["panelId"] in [panel["id"] for panel in panels]
    assert rule["condition"] in refs
    assert len(refs) == len(set(refs))
    assert len(rule["uid"]) <= 40
    assert rule["noDataState"] in ("NoData", "Alerting", "OK", "KeepLast")
    assert rule["execErrState"] in ("Error", "Alerting", "OK", "KeepLast")
    assert DURATION.match(rule["for"])
    assert rule["notification_settings"]["receiver"] in contacts
    for one in rule["data"]:
        assert one["refId"] == one["model"]["refId"]
        assert "$site" not in one["model"].get("query", ""), "an alert has no variables"


def test_only_what_the_collector_cannot_tell_of_itself_is_on():
    assert {uid for uid, rule in rules().items() if not rule["isPaused"]} == {"seepline-collector-dead"}


def test_no_file_holds_a_secret():
    for path in FOLDER.rglob("*.yaml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "secureJsonData" in line:
                assert "$SEEPLINE_" in line


@pytest.fixture(scope="module")
def database(server) -> str:
    """One of each that must fire, and its neighbours that must not."""
    server.ask("CREATE DATABASE alerts")
    healths = [
        f"health,site={site},device=collector age_s=0.0,silent=false {NOW_MS - minutes * MINUTE_MS}"
        for site, newest in (("alive", 0), ("dead", 15))
        for minutes in range(newest, 60)
    ]
    silence = [
        f"health,site=alive,device={device} age_s={age_s},limit_s=14400.0,silent={silent}"
        f" {NOW_MS - minutes * MINUTE_MS}"
        for device, age_s, silent, minutes in (
            ("mute", 20000.0, "true", 1),
            ("talks", 900.0, "false", 1),
            ("overlooked", 20000.0, "false", 1),  # by age, whatever the collector says
            ("was-mute", 20000.0, "true", 11),
            ("was-mute", 30.0, "false", 1),
        )
    ]
    readings = [
        f"reading,site=alive,section=A,point={point},quantity=pore_pressure {fields} {NOW_MS - MINUTE_MS}"
        for point, fields in {
            "over": "value=51.0,limit_yellow=30.0,limit_orange=40.0,limit_red=50.0,quality=1i",
            "below": "value=49.0,limit_yellow=30.0,limit_orange=40.0,limit_red=50.0,quality=1i",
            "too-low": "value=9.0,limit_yellow=30.0,limit_orange=20.0,limit_red=10.0,quality=1i",
            "low-enough": "value=11.0,limit_yellow=30.0,limit_orange=20.0,limit_red=10.0,quality=1i",
            "no-limit": "value=1000.0,quality=1i",
            "withheld": "value=99.0,limit_yellow=30.0,limit_red=50.0,quality=9i",
        }.items()
    ]
    rates = [
        f"event,site=alive,kind=level,point={point},quantity=displacement,direction={direction}"
        f" level={level}i {NOW_MS - minutes * MINUTE_MS}"
        for point, direction, level, minutes in (
            ("fast", "rate_up", 2, 90),
            ("was-fast", "rate_up", 2, 90),
            ("was-fast", "rate_up", 0, 30),
            ("high", "above", 3, 30),
        )
    ]
    server.write("alerts", *healths, *silence, *readings, *rates)
    return "alerts"


@pytest.mark.parametrize(
    ("rule", "label", "fires"),
    [
        ("seepline-collector-dead", "site", ["dead"]),
        ("seepline-beyond-red", "point", ["over", "too-low"]),
        ("seepline-silent", "device", ["mute", "overlooked"]),
        ("seepline-rate", "point", ["fast"]),
    ],
)
def test_a_rule_fires_on_what_it_must_and_on_nothing_else(server, database, rule, label, fires):
    fired = firing(rules()[rule], server, database, NOW_MS)
    assert sorted(labels[label] for labels in fired) == fires
