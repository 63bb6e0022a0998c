"""What Grafana's backend makes of a question before it sends it.

Variables of several values expand to (a|b), times to `time >= Xms and time <= Yms`, the interval to whole ms.
Source: grafana/grafana, pkg/tsdb/influxdb.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


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
        for name, value in self.chosen.items():
            text = text.replace(f"${name}", value)
        return text


def dashboards(language: str) -> dict[str, dict]:
    """Return the committed dashboards of a language by name."""
    folder = ROOT / "dashboards" / "built" / language
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def panels(dashboard: dict) -> list[dict]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]
