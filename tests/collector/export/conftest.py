"""A database that records what it is sent, and readings to send."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from collector.export.client import InfluxBucket
from collector.line_protocol import parse
from collector.settings import InfluxSettings
from collector.store import StoredReading
from seepline.reading import Quality

T0_MS = 1_451_635_200_000


@dataclass
class Recorder:
    """A server at /api/v2/write: `status` while that is not 204, else `refusal` to a line with the text `refuses`.

    What becomes of the rest of a refused batch differs: 2.x stores nothing of it (400) or the rest (422); 1.x and
    3.x store the rest (400). Source: docs-v2, compatibility-apis and troubleshoot writes.
    """

    lines: dict[tuple, dict] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    refuses: bytes = b"\0"
    refusal: int = 400
    stores_the_rest: bool = False
    status: int = 204
    retry_after: str = ""
    message: str = "what is wrong"
    url: str = ""

    def answer(self, path: str, authorization: str, body: bytes) -> int:
        self.requests.append((path, authorization))
        if self.status != 204:
            return self.status
        bad = [line for line in body.split(b"\n") if self.refuses in line]
        if bad and not self.stores_the_rest:
            return self.refusal
        good, refused = parse(b"\n".join(line for line in body.split(b"\n") if line not in bad))
        assert refused == []
        for one in good:
            self.lines[(one.measurement, *sorted(one.tags.items()), one.time)] = one.fields
        return self.refusal if bad else 204


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    kept = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
            status = kept.answer(self.path, self.headers["Authorization"], body)
            self.send_response(status)
            said = b"" if status == 204 else json.dumps({"code": "a", "message": kept.message}).encode()
            self.send_header("Content-Length", str(len(said)))
            if kept.retry_after:
                self.send_header("Retry-After", kept.retry_after)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *about):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


@pytest.fixture
def writer(recorder, tmp_path) -> Iterator[InfluxBucket]:
    (tmp_path / "token").write_text("secret\n")
    made = InfluxBucket(InfluxSettings(recorder.url, "org", "dam", tmp_path / "token"))
    yield made
    made.close()


@pytest.fixture
def a_reading() -> Callable[..., StoredReading]:
    def made(**changes: object) -> StoredReading:
        whole = {
            "point": "P1", "instrument": "vw", "quantity": "pore_pressure", "time_ms": T0_MS, "version": 1,
            "value": 45.1, "quality": Quality.GOOD, "judged": True, "level": 1, "limit_yellow": 40.0,
            "limit_orange": 60.0, "limit_red": None, "threshold_set": "s1", "calibration": "vw:1", "bound": "",
            "late": False, "inputs": (), "reasons": (), "arrived_ms": T0_MS,
        }  # fmt: skip
        return StoredReading(**{**whole, **changes})

    return made
