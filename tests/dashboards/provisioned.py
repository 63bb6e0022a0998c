"""What Grafana does with a provisioned alert rule: its queries, then its expressions, label set by label set."""

import ast
import operator
import re
from pathlib import Path

import yaml

from tests.dashboards.grafana import ROOT, View
from tests.influxdb_v2 import InfluxDB

FOLDER = ROOT / "dashboards" / "provisioning"
Labels = frozenset[tuple[str, str]]
_CALCULATIONS = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def files() -> dict[str, dict]:
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.rglob("*.yaml"))}


def rules() -> dict[str, dict]:
    groups = [group for one in files().values() for group in one.get("groups", ())]
    return {rule["uid"]: rule for group in groups for rule in group["rules"]}


def firing(rule: dict, server: InfluxDB, database: str, now_ms: int) -> list[dict[str, str]]:
    """Return the labels of what a rule fires for."""
    numbers: dict[str, dict[Labels, float | None]] = {}
    series: dict[str, dict[Labels, list[float]]] = {}
    for one in rule["data"]:
        model = one["model"]
        if one["datasourceUid"] != "__expr__":
            view = View(now_ms - one["relativeTimeRange"]["from"] * 1000, now_ms)
            answer = server.ask(view.asked(model["query"]), database)
            series[one["refId"]] = {frozenset(found["tags"].items()): _known(found) for found in answer}
        elif model["type"] == "reduce":
            assert (model["reducer"], model["settings"]) == ("last", {"mode": "dropNN"})
            numbers[one["refId"]] = {
                labels: values[-1] for labels, values in series[model["expression"]].items() if values
            }
        else:
            numbers[one["refId"]] = _math(model["expression"], numbers)
    return [dict(labels) for labels, value in numbers[rule["condition"]].items() if value]


def _known(found: dict) -> list[float]:
    return [values[1] for values in found["values"] if values[1] is not None]


def _math(text: str, numbers: dict) -> dict[Labels, float]:
    """Join the operands on equal labels, as Grafana does, and calculate for each."""
    names = sorted(set(re.findall(r"\$(\w+)", text)))
    tree = ast.parse(re.sub(r"\$(\w+)", r"\1", text).replace("&&", "and").replace("||", "or"), mode="eval").body
    joined = set.intersection(*(set(numbers[name]) for name in names))
    return {labels: float(_of(tree, {name: numbers[name][labels] for name in names})) for labels in joined}


def _of(node: ast.expr, values: dict) -> float:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=value):
            return value
        case ast.BoolOp(op=op, values=parts):
            return (all if isinstance(op, ast.And) else any)(_of(part, values) for part in parts)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _CALCULATIONS[type(op)](_of(left, values), _of(right, values))
    raise AssertionError(ast.dump(node))


def built(uid: str) -> Path:
    name, _, language = uid.removeprefix("seepline-").rpartition("-")
    return ROOT / "dashboards" / "built" / language / f"{name}.json"
