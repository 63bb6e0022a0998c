"""A real collector tells people over real HTTP, is killed in the middle of it, and goes on."""

import contextlib
import http.server
import json
import threading
import time
import urllib.request

import httpx
import pytest
from typer.testing import CliRunner

from seepline.acts.document import act_text
from seepline.cli import app
from tests.acts import Persons
from tests.bundles import DAM
from tests.collector.chain import RED, T0_MS

PERSONS = Persons()
LIMIT_S = 60.0
NOTIFY = """
[notify]
digest_s = 3600
page = "https://dam.example/"
[watchdog]
every_s = 1
method = "GET"
address_file = "watchdog.address"
[[contact]]
person = "eva"
name = "Eva"
language = "ru"
webhook = "{url}/eva"
[[contact]]
person = "control-room"
name = "Control room"
language = "en"
webhook = "{url}/room"
[[rota]]
id = "duty"
timezone = "Asia/Dushanbe"
[[turn]]
rota = "duty"
persons = ["control-room"]
first = "2015-12-28"
days = 7
begins = "08:00"
ends = "08:00"
[[tell]]
level = "yellow"
who = ["duty", "eva"]
[[tell]]
level = "instrument"
who = ["duty"]
[[tell]]
level = "service"
who = ["control-room"]
[[channel]]
id = "hook"
kind = "webhook"
level = "yellow"
secret_file = "hook.secret"
"""


class Outside:
    """A server outside: what was posted to it, how often the watchdog heard of us. It can hold answers back."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str, dict]] = []
        self.beats = 0
        self.may_answer = threading.Event()
        outside = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outside.beats += 1
                self._answer()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.posts.append((self.path, self.headers["Seepline-Message"], json.loads(body)))
                outside.may_answer.wait(LIMIT_S)
                self._answer()

            def _answer(self):
                with contextlib.suppress(OSError):  # who asked may be dead
                    self.send_response(200)
                    self.send_header("Content-Length", "4")
                    self.end_headers()
                    self.wfile.write(b"kept")

            def log_message(self, *_about):
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def outside():
    found = Outside()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    found.may_answer.set()
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def wait(seen):
    deadline_s = time.monotonic() + LIMIT_S
    while not (found := seen()):
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    return found


def write_secret(path, text):
    path.touch(0o600)
    path.write_text(text)


def asked(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


def test_a_kill_between_sending_and_writing_down_loses_nobody(collector_process, new_token, outside):
    data, token = collector_process.data, new_token("gw1")
    (data / "notify.toml").write_text(NOTIFY.replace("{url}", outside.url))
    write_secret(data / "hook.secret", "of the hook")
    write_secret(data / "watchdog.address", f"{outside.url}/ping")
    PERSONS.write_policy(data)
    collector_process.site = data / "dam.toml"
    collector_process.site.write_text(DAM)
    collector_process.start()
    wait(lambda: outside.beats >= 2)
    raise_red(collector_process, token)
    wait(lambda: len(outside.posts) == 2)  # both hold the message and have not answered
    collector_process.kill()
    first = {(path, number) for path, number, _ in outside.posts}
    outside.may_answer.set()
    collector_process.start()
    told = wait(lambda: (rows := asked(f"{collector_process.url}/api/v1/messages")) and _all_sent(rows))
    assert {(path, number) for path, number, _ in outside.posts} == first  # the same messages by their ids
    assert [one["state"] for one in told] == ["sent", "sent"]
    assert "kept" in told[0]["receipt"]
    what_can_be_seen(collector_process.url, told[0]["event"], outside.url)
    a_duty_is_swapped(collector_process.url)
    the_commands(collector_process)
    beats = outside.beats
    wait(lambda: outside.beats > beats)
    assert collector_process.stop() == 0
    log = (data / "collector.log").read_text()
    assert "Traceback" not in log
    assert outside.url not in log  # an address may be a secret


def raise_red(running, token):
    at_ms = T0_MS + 1000
    lines = (
        f"raw,site=dam,logger=b,block=0 baro=2100,ring=7i,boot=1i,seq=1i,tq=2i {at_ms}\n"
        f"raw,site=dam,logger=a,block=0 f={RED},t=3000,ring=7i,boot=1i,seq=1i,tq=2i {at_ms}\n"
    )
    headers = {"Authorization": f"Token {token}"}
    with httpx.Client(base_url=running.url, headers=headers, trust_env=False, timeout=60) as client:
        assert client.post("/api/v2/write?bucket=dam&precision=ms", content=lines).status_code == 204


def what_can_be_seen(url, event, address):
    both = {"control-room", "eva"}
    assert {one["person"] for one in asked(f"{url}/api/v1/messages/{event}/attempts")} == both
    dossier = asked(f"{url}/api/v1/dossiers/{event}")
    assert {one["person"] for one in dossier["messages"]} == both
    assert all("kept" in one["said"] for one in dossier["receipts"])
    wait(lambda: loads(url) == {"control-room": 1, "eva": 1})  # the test's clock began anew with the collector
    assert asked(f"{url}/api/v1/duty")[0]["persons"] == ["control-room"]
    with urllib.request.urlopen(f"{url}/told?lang=ru", timeout=20) as answer:
        page = answer.read().decode()
    assert "Control room" in page
    assert "отправлено" in page
    assert page.count(f'href="./alarms/{event}"') == 1  # said once, and who was told of it beside it
    assert address not in page


def loads(url):
    return {one["person"]: one["last_day"] for one in asked(f"{url}/api/v1/alarm-load")["persons"]}


def a_duty_is_swapped(url):
    body = {"rota": "duty", "person": "eva", "from_ms": T0_MS, "until_ms": T0_MS + 10**9}
    swap = PERSONS.act("operator", "duty", body, T0_MS + 2000)
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        assert client.post("/api/v1/acts", content=act_text(swap)).status_code == 201
    wait(lambda: asked(f"{url}/api/v1/duty")[0]["persons"] == ["eva"])


def the_commands(running):
    data = ["--data", str(running.data)]
    run = CliRunner().invoke(app, ["collector", "notify", "log", *data, "--json"])
    assert {one["outcome"] for one in json.loads(run.output)} == {"sent"}
    run = CliRunner().invoke(app, ["collector", "notify", "test", str(running.site), "control-room", *data])
    assert run.exit_code == 0, run.output
    assert run.output.startswith("hook: sent: taken by 127.0.0.1")
    run = CliRunner().invoke(app, ["collector", "notify", "check", str(running.site), *data])
    assert run.exit_code == 0, run.output
    assert "red: Control room (hook), Eva (hook)" in run.output


def _all_sent(rows):
    return rows if all(one["state"] == "sent" for one in rows) else None
