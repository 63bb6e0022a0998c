"""What Grafana's backend makes of a question before it sends it, and of the answer before a panel gets it.

Variables of several values expand to (a|b), times to `time >= Xms and time <= Yms`, the interval to whole ms.
Source: grafana/grafana, pkg/tsdb/influxdb; of intervals, @grafana/data, rangeutil.
"""

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from dashboards.questions import LONG_DAYS

ROOT = Path(__file__).parents[2]
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
_ROUNDED_MS = (  # what is shorter than the first is the second
    (1_050_000, 15 * MINUTE_MS),
    (1_500_000, 20 * MINUTE_MS),
    (2_700_000, 30 * MINUTE_MS),
    (5_400_000, HOUR_MS),
    (9_000_000, 2 * HOUR_MS),
    (16_200_000, 3 * HOUR_MS),
    (32_400_000, 6 * HOUR_MS),
    (DAY_MS, 12 * HOUR_MS),
    (7 * DAY_MS, DAY_MS),
    (21 * DAY_MS, 7 * DAY_MS),
    (42 * DAY_MS, 30 * DAY_MS),
)


def interval_ms(range_ms: int, count: int) -> int:
    """Return the interval that divides a time into about so many, at least 15 minutes, as our panels have it."""
    asked_ms = range_ms / count
    return next((rounded_ms for limit_ms, rounded_ms in _ROUNDED_MS if asked_ms < limit_ms), 365 * DAY_MS)


def as_text(interval: int) -> str:
    """Return an interval in Grafana's words.

    >>> as_text(interval_ms(365 * DAY_MS, 60)), as_text(interval_ms(59 * DAY_MS, 60)), as_text(900_000)
    ('1d', '12h', '15m')
    """
    width_ms, letter = next(one for one in ((DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "m")) if interval >= one[0])
    return f"{interval // width_ms}{letter}"


@dataclass(frozen=True)
class View:
    """The time range and choices of somebody who looks at a dashboard."""

    from_ms: int
    to_ms: int
    interval_ms: int = 900_000
    chosen: dict[str, str] = field(default_factory=dict)

    def asked(self, question: str) -> str:
        """Return the question as it goes to the database."""
        text = question.replace("$timeFilter", f"time >= {self.from_ms}ms and time <= {self.to_ms}ms")
        text = text.replace("$__interval", f"{self.interval_ms}ms")
        text = text.replace("${__from}", str(self.from_ms)).replace("${__to}", str(self.to_ms))
        long = as_text(interval_ms(self.to_ms - self.from_ms, LONG_DAYS))
        for name, value in {"long": long, **self.chosen}.items():
            text = text.replace(f"${name}", value).replace(f"${{{name}}}", value)
        return text

    def of(self, panel: dict) -> "View":
        """Return what a panel that keeps a time of its own looks at."""
        hours = re.fullmatch(r"(\d+)h", panel.get("timeFrom", ""))
        return replace(self, from_ms=self.to_ms - int(hours[1]) * 3_600_000) if hours else self


def dashboards(language: str) -> dict[str, dict]:
    """Return the committed dashboards of a language by name."""
    folder = ROOT / "dashboards" / "built" / language
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def panels(dashboard: dict) -> list[dict]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def frames(target: dict, answered: list[dict]) -> list[dict]:
    """Return the data frames that Grafana's backend makes of an answer.

    A time series is a frame of its own, named by the alias; a table is one frame: time, tags, columns.
    """
    if target["resultFormat"] == "table":
        return [_table(target, answered)] if answered else []
    return [_series(target, one) for one in answered]


def _series(target: dict, one: dict) -> dict:
    tags = one.get("tags", {})
    name = re.sub(r"\$tag_(\w+)", lambda found: tags.get(found[1], ""), target["alias"])
    columns = list(zip(*one["values"], strict=True))
    fields = [
        {"name": "Time", "type": "time", "values": columns[0]},
        {
            "name": "Value",
            "type": _type(columns[1]),
            "values": columns[1],
            "labels": tags,
            "config": {"displayNameFromDS": name},
        },
    ]
    return {"refId": target["refId"], "name": name, "fields": fields}


def _table(target: dict, answered: list[dict]) -> dict:
    rows = [(values[0], one.get("tags", {}), values[1:]) for one in answered for values in one["values"]]
    columns: dict[str, list] = {"Time": [time for time, _, _ in rows]}
    columns |= {tag: [tags[tag] for _, tags, _ in rows] for tag in answered[0].get("tags", {})}
    names = answered[0]["columns"][1:]
    columns |= {name: [values[at] for _, _, values in rows] for at, name in enumerate(names)}
    fields = [
        {
            "name": name,
            "type": "time" if name == "Time" else _type(values),
            "values": values,
            "config": {"displayNameFromDS": name} if name != "Time" else {},
        }
        for name, values in columns.items()
    ]
    return {"refId": target["refId"], "name": answered[0]["name"], "fields": fields}


def _type(values: list) -> str:
    known = next((value for value in values if value is not None), 0.0)
    return {bool: "boolean", str: "string"}.get(type(known), "number")
