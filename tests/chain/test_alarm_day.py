"""An alarm's day with real servers: told in two languages by six ways, nobody answers, escalated, worked off."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from collector import tokens
from collector.notify.book_reader import BookReader
from tests.bundles import DAM
from tests.collector.chain import T0_MS
from tests.collector.conftest import CLOCK, RunningCollector
from tests.collector.notify.authority import Papers, papers
from tests.collector.notify.servers import (
    PASSWORD,
    USER,
    Hook,
    Mailbox,
    body_of,
    hook_server,
    json_of,
    listening,
    mail_server,
    mosquitto,
)  # fmt: skip
from tests.gateway.local_alarm.modem import Modem
from tests.ports import free_port
from tests.sets import joint_policy, people

CALM_HZ, RED_HZ = 2900.0, 2700.0  # 10.5 and 118.2 kPa
SITE = DAM.replace("delay_count = 1", "delay_count = 1\nescalate_after_s = [4]") + (
    '[[action]]\nid = "walk"\nset = "s1"\nlevel = "red"\nwhat = "Walk the toe"\nrole = "operator"\n'
    'within_s = 3600\npage = "OMS 7.2"\n'
)
CALL = "import sys, pathlib\npathlib.Path(sys.argv[1], sys.argv[2]).open('a').write(sys.stdin.read())\n"
CHANNELS = """
[notify]
digest_s = 60
page = "{page}"
[[tell]]
level = "red"
who = ["eva", "ravshan"]
[[tell]]
level = "instrument"
who = ["anna"]
[[tell]]
level = "service"
who = ["eva"]
[[escalation]]
step = 1
who = ["anna"]
[[channel]]
id = "mail"
kind = "smtp"
level = "yellow"
host = "localhost"
port = {smtp}
tls = "starttls"
ca_file = "{ca}"
sender = "alarm@dam.example"
username = "{user}"
password_file = "password"
[[channel]]
id = "modem"
kind = "sms_gammu"
level = "red"
settings_file = "gammurc"
[[channel]]
id = "gateway"
kind = "sms_http"
level = "red"
url = "{sms}"
token_file = "password"
encoding = "form"
body = "to={{to}}&text={{text}}"
ca_file = "{ca}"
[[channel]]
id = "call"
kind = "voice"
level = "red"
command = ["{python}", "{call}", "{calls}", "{{to}}"]
[[channel]]
id = "hook"
kind = "webhook"
level = "yellow"
secret_file = "password"
ca_file = "{ca}"
[[channel]]
id = "bus"
kind = "mqtt"
level = "yellow"
host = "localhost"
port = {mqtt}
tls = "tls"
ca_file = "{ca}"
username = "{user}"
password_file = "password"
alive = "seepline/collector"
"""
CONTACT = """
[[contact]]
person = "{person}"
name = "{name}"
language = "{language}"
mail = "{person}@dam.example"
phone = "{number}"
voice = "{number}"
webhook = "{hook}"
topic = "seepline/{language}"
"""
ANNA = '[[contact]]\nperson = "anna"\nname = "Anna"\nlanguage = "ru"\nmail = "anna@dam.example"\n'


@dataclass
class Day:
    """A collector of the dam, and everything that its people are reached by."""

    collector: RunningCollector
    token: str
    mailbox: Mailbox
    modem: Modem
    sms: Hook
    hook: Hook
    heard: list[tuple[str, str, bool]]
    calls: Path
    persons: object = field(default_factory=people)

    def scan(self, number: int, hertz: float) -> None:
        tail = f"ring=7i,boot=1i,seq={number}i,tq=2i {T0_MS + 1000 * number}"
        lines = f"raw,site=dam,logger=b,block=0 baro=2100,{tail}\n"
        lines += f"raw,site=dam,logger=a,block=0 f={hertz},t=3000,{tail}\n"
        url = f"{self.collector.url}/api/v2/write?bucket=dam&precision=ms"
        answer = httpx.post(
            url, content=lines, headers={"Authorization": f"Token {self.token}"}, trust_env=False, timeout=60
        )
        assert answer.status_code == 204

    def until(self, what: str, holds: Callable[[], object]) -> None:
        limit = time.monotonic() + 120
        while not holds():
            assert time.monotonic() < limit, (what, self.log(), self.messages())
            time.sleep(0.05)

    def log(self) -> str:
        return (self.collector.data / "collector.log").read_text()

    def messages(self) -> list[dict]:
        return BookReader(self.collector.data / "messages.sqlite").messages(0, 1000)

    def subjects(self, person: str) -> list[str]:
        return [str(one["Subject"]) for one in self.mailbox.mails if str(one["To"]) == f"{person}@dam.example"]

    def mail(self, person: str, begins: str) -> None:
        self.until(begins, lambda: any(one.startswith(begins) for one in self.subjects(person)))

    def alarm(self) -> dict:
        found = httpx.get(f"{self.collector.url}/api/v1/alarms", trust_env=False, timeout=60).json()
        return found[0] if found else {}

    def does(self, person: str, kind: str, **body: object) -> None:
        about = {"alarm": "P1/pore_pressure/above", "event": self.alarm()["event"]} | body
        said = self.persons.sent(person, kind, about, T0_MS)
        answer = httpx.post(f"{self.collector.url}/api/v1/acts", json=said, trust_env=False, timeout=60)
        assert answer.status_code in (200, 201), answer.text


def _written(folder: Path, about: dict[str, object], hook: Hook) -> None:
    text = CHANNELS.format(**about) + ANNA
    for person, language, number in (("eva", "en", "+992900000001"), ("ravshan", "ru", "+992900000002")):
        given = {"person": person, "name": person.title(), "language": language, "number": number}
        text += CONTACT.format(**given, hook=f"{hook.url}/{language}")
    (folder / "notify.toml").write_text(text)
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o600)


@pytest.fixture
def day(tmp_path) -> Iterator[Day]:
    with ExitStack() as stack:
        certificates: Papers = papers(tmp_path)
        data, calls = tmp_path / "data", tmp_path / "calls"
        for folder in (data, calls, tmp_path / "mosquitto"):
            folder.mkdir()
        (tmp_path / "dam.toml").write_text(SITE)
        (tmp_path / "call.py").write_text(CALL)
        mailbox, modem, bus = Mailbox(), Modem(), free_port()
        stack.callback(modem.close)
        (data / "gammurc").write_text(
            f"[gammu]\nport = {modem.path}\nconnection = at115200\nsynchronizetime = no\n"
        )
        smtp = stack.enter_context(mail_server(mailbox, certificates, "starttls"))
        sms, hook = (stack.enter_context(hook_server(certificates)) for _ in range(2))
        stack.enter_context(mosquitto(tmp_path / "mosquitto", bus, certificates))
        heard = stack.enter_context(listening(bus, certificates, "seepline/#"))
        collector = RunningCollector(data, free_port(), tmp_path / "dam.toml")
        made = Day(collector, tokens.add(data / tokens.FILE_NAME, "gw1"), mailbox, modem, sms, hook, heard, calls)
        (data / "policy.toml").write_text(joint_policy(made.persons))
        about = {
            "page": collector.url,
            "smtp": smtp,
            "mqtt": bus,
            "sms": sms.url,
            "ca": certificates.ca,
            "user": USER,
        }
        _written(data, about | {"python": sys.executable, "call": tmp_path / "call.py", "calls": calls}, hook)
        collector.start()
        try:
            yield made
        finally:
            for process in collector.processes:
                if process.poll() is None:
                    process.kill()
                    process.wait()


def test_an_alarm_day(day):
    assert CLOCK.endswith("@1")
    _raised(day)
    _told_in_two_languages_by_every_way(day)
    _a_link_acknowledges_nothing(day)
    _escalated(day)
    _worked_off(day)
    _kept(day)


def _raised(day: Day) -> None:
    day.scan(1, CALM_HZ)
    day.scan(2, RED_HZ)
    day.until("red", lambda: day.alarm().get("level") == "red")


def _told_in_two_languages_by_every_way(day: Day) -> None:
    day.mail("eva", "RED: P1 pore pressure 118")
    day.mail("ravshan", "КРАСНЫЙ: P1 поровое давление 118")
    red = next(one for one in day.mailbox.mails if str(one["Subject"]).startswith("КРАСНЫЙ"))
    assert "Порог: 80 кПа" in body_of(red, "plain")
    assert "1. Walk the toe" in body_of(red, "plain")
    assert "Сообщено: Eva, Ravshan" in body_of(red, "plain")
    calls = [day.calls / f"+99290000000{number}" for number in (1, 2)]
    said = ["Red", "Красный"]
    day.until("calls", lambda: [one.read_text().split(".")[0] for one in calls if one.exists()] == said)
    day.until("hooks", lambda: len(day.hook.posts) >= 2)
    assert {(post[0][-2:], json_of(post)["level"]) for post in day.hook.posts} == {("en", "red"), ("ru", "red")}
    day.until("gateway", lambda: len(day.sms.posts) >= 2)
    day.until("bus", lambda: {"seepline/en/red", "seepline/ru/red"} <= {topic for topic, *_ in day.heard})
    day.until("modem", lambda: len({to for to, _ in day.modem.messages}) == 2)
    first = {to: next(text for number, text in day.modem.messages if number == to) for to, _ in day.modem.messages}
    assert first["+992900000001"].startswith("RED Test dam P1 pore pressure 118")
    assert first["+992900000002"].startswith("КРАСНЫЙ Test dam P1 поровое давление 118")


def _a_link_acknowledges_nothing(day: Day) -> None:
    """What a scanner of mail does: it opens every link, twice."""
    for _ in range(2):
        assert httpx.get(day.collector.url, trust_env=False, timeout=60, follow_redirects=True).status_code == 200
    assert day.alarm()["state"] == "unacknowledged"


def _escalated(day: Day) -> None:
    day.mail("anna", "КРАСНЫЙ: не подтверждено, P1 ")
    day.mail("eva", "RED: not acknowledged, P1 ")


def _worked_off(day: Day) -> None:
    day.does("ravshan", "acknowledge", reason="on my way")
    day.mail("eva", "RED: acknowledged, P1 ")
    day.does("eva", "assess", finding="real", decision="follow_readings", reason="three gauges agree")
    day.mail("ravshan", "КРАСНЫЙ: оценён, P1 ")
    day.does("ravshan", "action_done", action="walk", reason="toe is dry")
    day.until("ticked", lambda: day.alarm()["actions"][0]["done_by"])
    day.scan(3, CALM_HZ)
    day.mail("eva", "RED: ended, now green, P1 ")
    day.mail("ravshan", "КРАСНЫЙ: снят, теперь зелёный, P1 ")
    assert day.alarm() == {}


def _kept(day: Day) -> None:
    """Every message is in the book with a receipt, nothing was told twice, and the broker tells our end.

    gammu takes seconds for each message: the modem's later ones are not waited for.
    """
    day.until(
        "all sent", lambda: {one["state"] for one in day.messages() if one["channel"] != "modem"} == {"sent"}
    )
    assert all(one["receipt"] for one in day.messages() if one["state"] == "sent")
    assert {one["channel"] for one in day.messages()} == {"mail", "modem", "gateway", "call", "hook", "bus"}
    numbers = [str(one["Message-ID"]) for one in day.mailbox.mails]
    assert len(numbers) == len(set(numbers))
    assert PASSWORD not in day.log()
    assert "of-secret-path" not in day.log()  # the address of a hook
    day.until("alive", lambda: ("seepline/collector", "alive") in [one[:2] for one in day.heard])
    assert day.collector.stop() == 0
    day.until(
        "dead", lambda: [said for topic, said, _ in day.heard if topic == "seepline/collector"][-1] == "dead"
    )
