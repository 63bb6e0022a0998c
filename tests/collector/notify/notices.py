"""A notice of a red at the test dam, to be changed by each test."""

from dataclasses import replace
from typing import Any

from seepline.notices.notice import Notice
from seepline.thresholds import Level

RED = Notice(
    id="0f" * 16,
    event_id="ab12cd34" * 8,
    kind="level",
    level=Level.RED,
    site_id="dam",
    site_name="Test dam",
    point="TOE-P1",
    point_name="TOE-P1",
    quantity="pore_pressure",
    value=61.25,
    unit="kPa",
    limit=60.0,
    time_ms=1_764_161_040_000,  # 2025-11-26 12:44 UTC
    arrived_ms=1_764_161_050_000,
    late=False,
    exercise=False,
    actions=("Evacuate the toe", "Call the engineer of record"),
    text="TOE-P1 pore_pressure: green to red, 61.25 kPa against 60 kPa (above).",
    page_url="https://dam.example/alarms",
    escalation=0,
    timezone="Asia/Dushanbe",
    direction="above",
    from_level=Level.GREEN,
    to_level=Level.RED,
    told=("Eva Engineer", "Olga Operator"),
)


def notice(**changes: Any) -> Notice:
    return replace(RED, **changes)
