"""Our dashboards drawn in Debian's Chromium by Grafana's own libraries (dashboards/check), without a Grafana server."""

import fcntl
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.dashboards.grafana import ROOT, View, frames, panels
from tests.influxdb_v2 import InfluxDB

CHECK = ROOT / "dashboards" / "check"
PLACE = ROOT / "var" / "npm"
LIMIT_S = 250
DESK, PHONE = 1280, 390
_CELL_PX = 38  # a row of Grafana's grid with its gap


def installed() -> Path:
    """Return a folder with the libraries that package-lock.json names and dashboards/check beside them."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("draw", "left-out"):
            shutil.copytree(CHECK / name, PLACE / name, dirs_exist_ok=True)
        for path in CHECK.iterdir():
            if path.is_file():
                shutil.copy2(path, PLACE)
        there = PLACE / "installed.json"
        wanted = (CHECK / "package-lock.json").read_bytes()
        if not there.exists() or there.read_bytes() != wanted:
            _run("npm", "ci", "--no-progress")
            there.write_bytes(wanted)
    return PLACE


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=PLACE, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-2000:]}"


def bundle(folder: Path) -> Path:
    """Return the script that draws."""
    installed()
    _run("node", "build.mjs", str(folder / "draw.js"))
    return folder / "draw.js"


def answers(server: InfluxDB, view: View, dashboards: dict[str, dict], database: str = "dam") -> dict[str, list]:
    """Return the frames of every panel by `uid/panel id`."""
    found: dict[str, list] = {}
    for dashboard in dashboards.values():
        for panel in panels(dashboard):
            asked = [(one, view.of(panel).asked(one["query"])) for one in panel["targets"]]
            made = [frame for one, question in asked for frame in frames(one, server.ask(question, database))]
            found[f"{dashboard['uid']}/{panel['id']}"] = made
    return found


def page(
    folder: Path, dashboards: dict[str, dict], view: View, made: dict[str, list], theme: str = "dark"
) -> Path:
    """Write a page that draws dashboards, and return it. The script lies beside it."""
    given = {
        "dashboards": list(dashboards.values()),
        "frames": made,
        "from": _instant(view.from_ms),
        "to": _instant(view.to_ms),
        "theme": theme,
    }
    text = json.dumps(given).replace("<", "\\u003c")
    path = folder / "page.html"
    path.write_text(
        f'<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="root"></div>'
        f'<script>window.GIVEN = {text}</script><script src="draw.js"></script>',
        encoding="utf-8",
    )
    return path


def _instant(time_ms: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat().replace("+00:00", "Z")


def height_px(dashboards: dict[str, dict], width: int) -> int:
    """Return how high dashboards are, below one another; on a phone the grid has one column."""
    every = [panel["gridPos"] for one in dashboards.values() for panel in panels(one)]
    if width < 768:
        return sum(at["h"] * _CELL_PX for at in every) + 40 * len(dashboards)
    rows = sum(max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in panels(one)) for one in dashboards.values())
    return rows * _CELL_PX + 40 * len(dashboards)


def _chromium(folder: Path, size: tuple[int, int], *more: str) -> str:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: apt install chromium"
    options = (
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--allow-file-access-from-files",
        f"--user-data-dir={folder / 'chromium'}", f"--window-size={size[0]},{size[1]}",
        "--virtual-time-budget=20000", "--run-all-compositor-stages-before-draw",
    )  # fmt: skip
    done = subprocess.run([program, *options, *more], capture_output=True, text=True, timeout=LIMIT_S, check=True)
    return done.stdout


def probe(path: Path, size: tuple[int, int]) -> dict:
    """Return what a page drew, as data: every panel's series, units, thresholds, legend, words."""
    found = re.search(
        r'<script id="probe"[^>]*>(.*?)</script>', _chromium(path.parent, size, "--dump-dom", path.as_uri())
    )
    assert found, "the page did not come to its end"
    return json.loads(html.unescape(found[1]))


def picture(path: Path, size: tuple[int, int], to: Path) -> None:
    """Take a picture of a page."""
    _chromium(path.parent, size, f"--screenshot={to}", path.as_uri())
