"""Panels that repeat by a variable, as Grafana lays them out: one for each chosen value, side by side.

In a row stand as many as there are, at most `maxPerRow`, over the whole width; what lies below moves down. A
variable without values gives one panel, of `None`. `holes` are what a last row leaves free: nothing moves up into
it. Written after grafana/grafana, DashboardGridItem.
"""

import copy
import re
from typing import NamedTuple

from tests.dashboards.grafana import View, panels
from tests.influxdb_v2 import InfluxDB

_COLUMNS = 24
_CLONES = 1000  # an id of a panel that stands beside its first
_NOBODY = "None"
_FIRST = "piezometer"  # another variable offers some of what is chosen of this


class Offer(NamedTuple):
    """What a server offers for the variables of a dashboard, as somebody sees them with some choices made."""

    server: InfluxDB
    view: View
    database: str

    def values(self, dashboard: dict, name: str) -> list[str]:
        """Return what a variable offers, all of which is chosen."""
        (variable,) = [one for one in dashboard["templating"]["list"] if one["name"] == name]
        question = variable["query"]
        if name != _FIRST and f"${_FIRST}" in question:
            question = question.replace(f"${_FIRST}", f"({'|'.join(self.values(dashboard, _FIRST))})")
        answered = self.server.ask(self.view.asked(question), self.database)
        return [value for series in answered for _, value in series["values"]]


def expanded(dashboard: dict, offer: Offer) -> dict:
    """Return a dashboard of which every repeating panel is what Grafana makes of it."""
    made, down = [], 0
    for panel in panels(dashboard):
        name = panel.get("repeat")
        found = _copies(panel, name, offer.values(dashboard, name), down) if name else [_moved(panel, down)]
        made += found
        down = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in found) - _end(panel) if name else down
    return {**dashboard, "panels": made, "holes": [hole for one in made for hole in _hole(one, made)]}


def _hole(panel: dict, every: list[dict]) -> list[dict]:
    """Return what lies free at the right of a repeating panel that is the last."""
    at, copies = panel["gridPos"], [one for one in every if one["id"] % _CLONES == panel["id"] % _CLONES]
    begin = at["x"] + at["w"]
    free = "repeat" in panel and panel is copies[-1] and begin < _COLUMNS
    return [{**at, "x": begin, "w": _COLUMNS - begin}] if free else []


def _end(panel: dict) -> int:
    return panel["gridPos"]["y"] + panel["gridPos"]["h"]


def _moved(panel: dict, down: int) -> dict:
    return {**panel, "gridPos": {**panel["gridPos"], "y": panel["gridPos"]["y"] + down}}


def _copies(panel: dict, name: str, values: list[str], down: int) -> list[dict]:
    assert panel["repeatDirection"] == "h"
    in_a_row = min(len(values) or 1, panel["maxPerRow"])
    width, height = _COLUMNS // in_a_row, panel["gridPos"]["h"]
    made = []
    for number, value in enumerate(values or [_NOBODY]):
        line, column = divmod(number, in_a_row)
        at = {"x": column * width, "y": panel["gridPos"]["y"] + down + line * height, "w": width, "h": height}
        made.append({**_of(panel, name, value), "id": panel["id"] + number * _CLONES, "gridPos": at})
    return made


def _of(panel: dict, name: str, value: str) -> dict:
    """Return a panel with a value in its title and questions, there escaped as a pattern needs it."""
    made = copy.deepcopy(panel)
    made["title"] = made["title"].replace(f"${name}", value)
    for target in made["targets"]:
        target["query"] = target["query"].replace(f"${name}", re.sub(r"([\\^$*+?.()|[\]{}/])", r"\\\1", value))
    return made
