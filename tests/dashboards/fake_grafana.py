"""A small Grafana: the endpoints that pushing uses, with Grafana's own answers to what goes wrong."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeGrafana:
    """Dashboards by uid as (JSON, provisioned), folders, and every request that changed something."""

    token = "glsa_t0ken"

    def __init__(self) -> None:
        self.dashboards: dict[str, tuple[dict[str, Any], bool]] = {}
        self.folders: set[str] = set()
        self.writes: list[tuple[str, str]] = []
        self.role = "Editor"
        self.before_save = lambda: None
        self.url = ""

    def put(self, dashboard: dict[str, Any], provisioned: bool = False) -> None:
        self.dashboards[dashboard["uid"]] = (dashboard, provisioned)

    def answer(self, verb: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if verb == "GET":
            return self._get(path.removeprefix("/api/"))
        self.writes.append((verb, path))
        if self.role != "Editor":
            return 403, {"message": "You'll need additional permissions to perform this action."}
        if (verb, path) == ("POST", "/api/folders"):
            self.folders.add(body["uid"])
            return 200, {"uid": body["uid"], "title": body["title"]}
        if (verb, path) == ("POST", "/api/dashboards/db"):
            self.before_save()
            return self._save(body)
        return 404, {"message": "Not found"}

    def _get(self, path: str) -> tuple[int, dict[str, Any]]:
        kind, _, uid = path.rpartition("/")
        if path == "health":
            return 200, {"database": "ok", "version": "13.2.0"}
        if kind == "dashboards/uid" and uid in self.dashboards:
            dashboard, provisioned = self.dashboards[uid]
            return 200, {"dashboard": dashboard, "meta": {"provisioned": provisioned}}
        if kind == "folders" and uid in self.folders:
            return 200, {"uid": uid}
        return 404, {"message": "Dashboard not found" if kind == "dashboards/uid" else "folder not found"}

    def _save(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        given = body["dashboard"]
        there, provisioned = self.dashboards.get(given["uid"], (None, False))
        if body["folderUid"] not in self.folders:
            return 400, {"message": "folder not found"}
        if provisioned:
            return 400, {"message": "Cannot save provisioned dashboard"}
        if there is not None and given.get("version") != there["version"]:
            return 412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
        version = there["version"] + 1 if there else 1
        self.put({**given, "id": there["id"] if there else len(self.dashboards) + 1, "version": version})
        return 200, {"status": "success", "uid": given["uid"], "version": version}


@contextlib.contextmanager
def fake_grafana() -> Iterator[FakeGrafana]:
    """Run one on a free port until the end of the block."""
    grafana = FakeGrafana()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            known = self.headers["Authorization"] == f"Bearer {grafana.token}"
            unknown = (401, {"message": "Invalid API key"})
            status, said = grafana.answer(self.command, self.path, body) if known else unknown
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - names of http.server's

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    grafana.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield grafana
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
