"""The demo's telephones: a small gateway of text messages beside the demo that keeps what people are told."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seepline.cli.demo import checks

_LOOK_S = 0.2
_SECRET = "sms.token"  # noqa: S105 - the name of its file
_HEAD = f"""[notify]
digest_s = 3600

[[channel]]
id = "demo-phone"
kind = "sms_http"
level = "yellow"
url = "{{url}}"
token_file = "{_SECRET}"
encoding = "json"
body = '{{{{"to": "{{{{to}}}}", "text": "{{{{text}}}}"}}}}'

[[tell]]
level = "yellow"
who = ["duty"]

[[tell]]
level = "red"
who = ["engineer_of_record", "authority"]

[[tell]]
level = "instrument"
who = ["duty"]

[[tell]]
level = "service"
who = ["duty"]

[[escalation]]
step = 1
who = ["eva"]

[[escalation]]
step = 2
who = ["anna"]

[[rota]]
id = "duty"
timezone = "America/Los_Angeles"

[[turn]]
rota = "duty"
persons = ["olga", "emil"]
first = "2015-12-28"
days = 7
begins = "08:00"
ends = "08:00"
"""
_CONTACTS = (  # the last two are in no policy: desks that the actions of the demo's limits name
    ("olga", "Olga (demo)", "ru", ""),
    ("emil", "Emil (demo)", "en", ""),
    ("eva", "Eva (demo)", "en", ""),
    ("anna", "Anna (demo)", "ru", ""),
    ("rosa", "Rosa (demo)", "en", 'role = "responsible_engineer"\n'),
    ("viktor", "Viktor (demo)", "ru", 'role = "accountable_executive"\n'),
)
_NUMBERS = {f"+1555010{number:04}": one for number, one in enumerate(_CONTACTS)}


@dataclass
class Phones:
    """What was told to whom: (person, text). `url` is where."""

    url: str = ""
    taken: list[tuple[str, str]] = field(default_factory=list)

    def settle(self, data: Path) -> None:
        """Write the notify.toml of the demo's people into a data directory."""
        text = _HEAD.format(url=self.url) + "".join(
            f'\n[[contact]]\nperson = "{person}"\nname = "{name}"\nlanguage = "{language}"\n'
            f'phone = "{number}"\n{role}'
            for number, (person, name, language, role) in _NUMBERS.items()
        )
        (data / "notify.toml").write_text(text, encoding="utf-8")
        secret = data / _SECRET
        secret.touch(mode=0o600)
        secret.write_text("of the demo\n", encoding="utf-8")

    def told(self, collector: str, limit_s: float) -> str:
        """Wait until a red has been sent to everybody who is due; return who got it, '' by a monotonic time."""
        while time.monotonic() < limit_s:
            messages: list[dict[str, Any]] = checks.ask(f"{collector}/api/v1/messages")
            red = [one for one in messages if one["level"] == 3 and one["announces"]]
            if {one["person"] for one in red} >= {"eva", "anna"} and all(one["state"] == "sent" for one in red):
                persons = sorted({person for person, _ in self.taken})
                first = next((text for person, text in self.taken if person == "eva" and "RED" in text), "")
                return f"{', '.join(persons)}; {len(self.taken)} text messages. The first red to eva: {first}"
            time.sleep(_LOOK_S)
        return ""


@contextmanager
def phones() -> Iterator[Phones]:
    """Listen on a free loopback port until the block ends."""
    found = Phones()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            try:
                said: dict[str, str] = json.loads(body)
                found.taken.append((_NUMBERS[said["to"]][0], said["text"]))
            except (ValueError, KeyError):
                self.send_response(400)  # a telephone that cannot be read has told nobody
            else:
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_about: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
