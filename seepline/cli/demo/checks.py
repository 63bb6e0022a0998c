"""What the demo proves at its end: counts from the loggers' own flash, pressures against published numbers."""

import csv
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Identity = tuple[int, int]  # (ring, sequence)

TOLERANCE = 0.01  # kPa and degC, of the published six decimals
_PATIENCE_S = 60
_RECORDED_ZONE = timezone(timedelta(hours=-8))
_EXPECTED = (
    ("MV-P1", "pore_pressure", "p1_kpa"),
    ("MV-P1", "temperature", "t1_degc"),
    ("MV-P2", "pore_pressure", "p2_kpa"),
    ("MV-P2", "temperature", "t2_degc"),
)


@dataclass(frozen=True, slots=True)
class Count:
    """Records of one logger: in its flash, on the collector's disk, and in the flash only (lost)."""

    logger: str
    in_flash: int
    stored: int
    lost: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Values compared with the published ones; `worst` is the largest difference, in kPa or degC."""

    scans: int
    expected_scans: int
    compared: int
    beyond_tolerance: int
    worst: float

    @property
    def passed(self) -> bool:
        """Tell whether every published value was there and within the tolerance."""
        complete = self.scans == self.expected_scans and self.compared == self.expected_scans * len(_EXPECTED)
        return complete and self.beyond_tolerance == 0


def ask(url: str) -> Any:
    """Return the JSON at a URL of the demo's own collector."""
    with urllib.request.urlopen(url, timeout=_PATIENCE_S) as answer:  # noqa: S310 - our own loopback address
        return json.load(answer)


def stored_identities(collector: str, logger: str) -> set[Identity]:
    """Return (ring, sequence) of every record of a logger that is on the collector's disk."""
    with urllib.request.urlopen(f"{collector}/api/v1/identities?logger={logger}", timeout=_PATIENCE_S) as answer:  # noqa: S310
        rows = answer.read().decode().splitlines()
    return {(int(ring), int(sequence)) for ring, sequence in (row.split() for row in rows)}


def flash_identities(image: Path) -> set[Identity]:
    """Return (ring, sequence) of every valid record in a logger's flash, read from the image itself."""
    from seepline.wire.record import decode
    from simulator.flash_image import records

    found = (decode(data) for data in records(image))
    return {(record.ring, record.sequence) for record in found}


def count(collector: str, flashes: Mapping[str, set[Identity]]) -> tuple[Count, ...]:
    """Compare what was in each logger's flash with what the collector has on its disk."""
    counts = []
    for logger, held in flashes.items():
        stored = stored_identities(collector, logger)
        counts.append(Count(logger, len(held), len(stored & held), len(held - stored)))
    return tuple(counts)


def compare(collector: str, expected: Path) -> Comparison:
    """Compare every scan of expected-mvd116.csv with the collector's engineering values, both piezometers."""
    with expected.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    published = {
        column: {_time_ms(row["time_local"]): float(row[column]) for row in rows} for *_, column in _EXPECTED
    }
    made = {column: _series(collector, point, quantity) for point, quantity, column in _EXPECTED}
    differences = [
        abs(made[column][time_ms] - value)
        for column, values in published.items()
        for time_ms, value in values.items()
        if time_ms in made[column]
    ]
    scans = min(len(values.keys() & made[column].keys()) for column, values in published.items())
    beyond = sum(difference > TOLERANCE for difference in differences)
    return Comparison(scans, len(rows), len(differences), beyond, max(differences, default=float("inf")))


def _time_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=_RECORDED_ZONE).timestamp()) * 1000


def _series(collector: str, point: str, quantity: str) -> dict[int, float]:
    found = ask(f"{collector}/api/v1/points/{point}/series?quantity={quantity}&points=5000")
    return {one["time_ms"]: one["value"] for one in found if one["value"] is not None}
