"""What Grafana's own types, as JSON schemas (dashboards/check/schema.mjs makes them), say of a dashboard."""

import json
from collections.abc import Iterator
from functools import cache

from jsonschema import Draft7Validator

from tests.dashboards.grafana import ROOT, panels

SCHEMAS = ROOT / "dashboards" / "check" / "schema"


@cache
def validator(name: str) -> Draft7Validator | None:
    path = SCHEMAS / f"{name}.json"
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def faults(dashboard: dict) -> list[str]:
    """Return every place of a dashboard that Grafana's types do not allow."""
    return [*_of(dashboard, "dashboard", ""), *(fault for one in panels(dashboard) for fault in _of_panel(one))]


def _of_panel(panel: dict) -> Iterator[str]:
    kind, title = panel["type"], panel["title"]
    yield from _of(panel.get("options", {}), f"{kind}-options", f"{title}/options/")
    config = panel["fieldConfig"]
    yield from _of(config["defaults"].get("custom", {}), f"{kind}-field-config", f"{title}/custom/")
    for override in config["overrides"]:
        given = {one["id"][7:]: one["value"] for one in override["properties"] if one["id"].startswith("custom.")}
        yield from _of(given, f"{kind}-field-config", f"{title}/overrides/")


def _of(found: dict, schema: str, place: str) -> Iterator[str]:
    checker = validator(schema)
    for error in checker.iter_errors(found) if checker else ():
        yield f"{place}{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
