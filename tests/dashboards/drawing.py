"""Our dashboards drawn in Debian's Chromium by Grafana's own libraries (dashboards/check), without a server."""

import contextlib
import fcntl
import json
import shutil
import subprocess
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
        shutil.copytree(CHECK / "draw", PLACE / "draw", dirs_exist_ok=True)
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


class Page:
    """A page that draws dashboards, served on a free port until the end of the block.

    The browser's load event waits for a picture that is answered when the page has told what it drew.
    """

    def __init__(self, script: Path, given: dict) -> None:
        text = json.dumps(given).replace("<", "\\u003c")
        self.html = f"<!doctype html><meta charset='utf-8'><script>window.GIVEN={text}</script>{_BODY}"
        self.script, self.drawn, self.told = script, {}, threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> "Page":
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.told.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


_BODY = "<body style='margin:0'><div id='root'></div><img src='held' alt=''><script src='draw.js' defer></script>"


def _handler(page: Page) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/held":
                page.told.wait(LIMIT_S)
            answers = {"/": page.html.encode(), "/draw.js": page.script.read_bytes()}
            self._answer(answers.get(self.path, b""))

        def do_POST(self) -> None:
            page.drawn = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(b"")
            page.told.set()

        def _answer(self, body: bytes) -> None:
            kind = "text/javascript" if self.path.endswith("js") else "text/html"
            with contextlib.suppress(ConnectionError):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def page(script: Path, dashboards: dict[str, dict], view: View, made: dict[str, list], **more: object) -> Page:
    """Return a page that draws dashboards; `more` may be `width` in pixels and `theme`."""
    uids = {one["uid"] for one in dashboards.values()}
    given = {
        "dashboards": list(dashboards.values()),
        "frames": {key: frames for key, frames in made.items() if key.split("/")[0] in uids},
        "from": _instant(view.from_ms),
        "to": _instant(view.to_ms),
        "theme": "dark",
        "width": DESK,
    }
    return Page(script, {**given, **more})


def _instant(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat().replace("+00:00", "Z")


def height_px(dashboards: dict[str, dict], width: int) -> int:
    """Return how high dashboards are, below one another; on a phone the grid has one column."""
    every = [panel["gridPos"] for one in dashboards.values() for panel in panels(one)]
    if width < 768:
        return sum(at["h"] * _CELL_PX for at in every) + 40 * len(dashboards)
    rows = sum(max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in panels(one)) for one in dashboards.values())
    return rows * _CELL_PX + 40 * len(dashboards)


def _browse(page: Page, folder: Path, size: tuple[int, int], *more: str) -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: apt install chromium"
    options = (
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--hide-scrollbars", f"--user-data-dir={folder}",
        f"--window-size={size[0]},{size[1]}",
    )  # fmt: skip
    subprocess.run([program, *options, *more, page.url], capture_output=True, timeout=LIMIT_S, check=True)


def probe(page: Page, folder: Path, size: tuple[int, int]) -> dict:
    """Return what a page drew, as data: every panel's series, units, thresholds, legend, words."""
    with page:
        _browse(page, folder, size, "--dump-dom")
    return page.drawn


def picture(page: Page, folder: Path, size: tuple[int, int], to: Path) -> None:
    """Take a picture of a page."""
    with page:
        _browse(page, folder, size, f"--screenshot={to}")
