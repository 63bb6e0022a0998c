"""An invented slide as the exporter sends it: a hole whose upper half moves ever faster, its velocity, a shake."""

from collections.abc import Iterator
from pathlib import Path

from collector.export.holes import Node
from collector.export.lines import event_line, node_line, reading_line
from collector.store import StoredEvent, StoredReading
from seepline.reading import Quality
from seepline.site import Site
from seepline.site_file import read_site

DAM = Path(__file__).parents[1] / "collector" / "dam.toml"
DAY_MS = 86_400_000
DAYS = 60
T0_MS = 1_450_224_000_000
END_MS = T0_MS + DAYS * DAY_MS
NODES, STEP_M, SHEAR = 10, 2.0, 5
FAILS_D = 80.0  # velocity is 40 / (FAILS_D - day) mm/d
SHAKEN_MS = T0_MS + 31 * DAY_MS


def velocity_mm_d(day: int) -> float:
    return 40.0 / (FAILS_D - day)


def moved_mm(day: int) -> float:
    return sum(velocity_mm_d(before) for before in range(day))


def _reading(quantity: str, day: int, value: float, reasons: tuple[str, ...] = ()) -> StoredReading:
    return StoredReading(
        point="P1", instrument="", quantity=quantity, time_ms=T0_MS + day * DAY_MS, version=1, value=value,
        quality=Quality.GOOD, judged=True, level=0, limit_yellow=None, limit_orange=None, limit_red=None,
        threshold_set="", calibration="f:1", bound="", late=False, inputs=(), reasons=reasons, arrived_ms=0,
    )  # fmt: skip


def _shake() -> StoredEvent:
    return StoredEvent(
        id="x", kind="strong_motion", time_ms=SHAKEN_MS, arrived_ms=SHAKEN_MS, point="", quantity="", logger="a",
        level_from=None, level_to=None, value=None, limit_value=None, threshold_set="", direction="", late=False,
        text="Logger a: strong motion, 0.25 g.",
    )  # fmt: skip


def _of_day(site: Site, day: int) -> Iterator[bytes]:
    time_ms = T0_MS + day * DAY_MS
    for number in range(NODES + 1):
        share = max(0.0, min(1.0, (number - SHEAR + 1) / 2))
        node = Node("IPI1", number, STEP_M * number, share * moved_mm(day), Quality.GOOD, time_ms)
        yield node_line(site, node, "A")
    left_d = FAILS_D - day
    words = (f"interval {left_d - 4:.1f} to {left_d + 9:.1f} d; never an alarm alone",)
    yield reading_line(site, _reading("velocity", day, velocity_mm_d(day)))
    yield reading_line(site, _reading("days_to_failure", day, left_d, words))
    yield reading_line(site, _reading("displacement", day, moved_mm(day)))


def lines() -> list[str]:
    site = read_site(DAM)
    made = [line for day in range(DAYS + 1) for line in _of_day(site, day)]
    return [line.decode() for line in [*made, event_line(site, _shake())]]
