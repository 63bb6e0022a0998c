"""Four people and two states decide on limits, by the commands alone; then an alarm's whole day, and its proof."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from collector import tokens
from seepline.bundle.policy import read_policy
from seepline.bundle.verification import verify
from seepline.cli import app
from seepline.thresholds import limits_of
from tests.collector.conftest import CLOCK, DAM, ROOT, RunningCollector
from tests.ports import free_port
from tests.sets import JOINT, PEOPLE, RULE, set_text

T0_MS = 1_451_635_200_000
MORNING = RULE | {"delay_count": 1}
NIGHT = MORNING | {"yellow": 20.0, "orange": 40.0, "red": 55.0}
AGREED = NIGHT | {"yellow": 30.0, "delay_count": 2}
CALM_HZ, YELLOW_HZ, RED_HZ = 2900.0, 2860.0, 2800.0  # 10, 33 and 66 kPa
RULE_NAME = "P1/pore_pressure/above"


class Facility:
    """A folder with keys of four people, a policy, and a collector that runs beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "word").write_text("correct horse battery\n")
        self.data = folder / "data"
        self.data.mkdir()
        (self.data / "policy.toml").write_text(self._policy())
        self.token = tokens.add(self.data / tokens.FILE_NAME, "gw1")
        self.collector = RunningCollector(self.data, free_port())

    def _policy(self) -> str:
        key = self.run("collector", "service-key", "service.pem", *self.word).split('"')[1]
        text = f'site = "dam"\n[service]\npublic_key = "{key}"\n'
        for name, (role, organisation, state) in PEOPLE.items():
            key = self.run("person-key", f"{name}.pem", *self.word).split('"')[1]
            text += f'[[person]]\nid = "{name}"\nname = "{name.title()}"\nrole = "{role}"\npublic_key = "{key}"\n'
            text += f'valid_from = 2015-01-01T00:00:00Z\norganisation = "{organisation}"\nstate = "{state}"\n'
        return text + JOINT

    @property
    def word(self) -> tuple[str, ...]:
        return ("--passphrase-file", "word")

    def run(self, *arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == code, done.output
        return done.output

    def says(self, command: str, person: str, *arguments: str, code: int = 0) -> str:
        who = ("--key", f"{person}.pem", "--person", person, "--to", self.collector.url, *self.word)
        return self.run("sets", command, *arguments, *who, *(("--yes",) if command != "list" else ()), code=code)

    def propose(self, person: str, name: str, *about, **more) -> None:
        Path(f"{name}.toml").write_text(set_text(name, *about, **more))
        self.says("submit", person, f"{name}.toml")

    def sets(self) -> dict:
        return {one["set"]: one for one in self.register()["sets"]}

    def register(self) -> dict:
        return json.loads(self.run("sets", "list", "--to", self.collector.url, "--json"))

    def until(self, holds, shown) -> None:
        limit = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < limit, shown()
            time.sleep(0.05)

    def scan(self, number: int, hertz: float) -> None:
        tail = f"ring=7i,boot=1i,seq={number}i,tq=2i {T0_MS + 180_000 + 30_000 * number}"  # behind the last set
        lines = f"raw,site=dam,logger=b,block=0 baro=2100,{tail}\n"
        lines += f"raw,site=dam,logger=a,block=0 f={hertz},t=3000,{tail}\n"
        headers = {"Authorization": f"Token {self.token}"}
        url = f"{self.collector.url}/api/v2/write?bucket=dam&precision=ms"
        assert httpx.post(url, content=lines, headers=headers, trust_env=False, timeout=60).status_code == 204

    def asked(self, path: str, **headers: str) -> dict:
        return httpx.get(
            f"{self.collector.url}/api/v1/{path}", headers=headers, trust_env=False, timeout=60
        ).json()

    def events(self, kind: str) -> list[dict]:
        return [one for one in self.asked("state")["events"] if one["kind"] == kind]

    def alarm(self) -> dict:
        """What stands, as the list of alarms tells it; nothing when nobody has to see it."""
        return next(iter(self.asked("alarms")), {})

    def does(self, person: str, kind: str, shown: str, **body: str) -> None:
        """Sign an act about the alarm that stands, and wait until an event of it is seen."""
        said = {"alarm": RULE_NAME, "event": self.alarm()["event"], **body}
        who = ("--key", f"{person}.pem", "--person", person, "--site", "dam", "--to", self.collector.url)
        self.run("act", kind, *(f"{name}={value}" for name, value in said.items()), *who, *self.word)
        self.until(lambda: self.events(shown), lambda: self.asked("state")["events"])


@pytest.fixture
def facility(tmp_path, monkeypatch) -> Iterator[Facility]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEEPLINE_CLOCK", CLOCK)
    made = Facility(tmp_path)
    made.collector.start()
    yield made
    for process in made.collector.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_four_people_and_two_states(facility):
    _decided_together(facility)
    _tightened_at_night(facility)
    _loosened_and_refused(facility)
    _superseded(facility)
    event = _alarm(facility)
    _worked_off(facility, event)
    _taken_away(facility, event)
    _proven_without_the_server(facility, event)


def _decided_together(facility: Facility) -> None:
    """Proposed by an engineer, refused to its proposer, approved by both states."""
    assert facility.register()["limits"]["provisional"]
    said = facility.run("sets", "check", "joint-1.toml", "--site", str(DAM), code=2)
    assert "joint-1.toml: found No such file" in said
    facility.propose("ravshan", "joint-1", rules=(MORNING,))
    assert "joint-1: 1 rules" in facility.run("sets", "check", "joint-1.toml", "--site", str(DAM))
    assert "who proposes a set never approves it" in facility.says("approve", "ravshan", "joint-1.toml", code=1)
    Path("decision.pdf").write_bytes(b"%PDF")
    replay = httpx.get(f"{facility.collector.url}/replay?set=joint-1&days=1", trust_env=False, timeout=60)
    assert (replay.status_code, "joint-1" in replay.text) == (200, True)
    said = facility.says("approve", "anna", "joint-1.toml", "--act", "Order;17-A;2015-12-28;decision.pdf")
    assert "submitted; missing: 1 of 2 approvals, an authority of KZ." in said
    assert "Set joint-1: in force." in facility.says("approve", "askar", "joint-1.toml")
    assert not facility.register()["limits"]["provisional"]


def _tightened_at_night(facility: Facility) -> None:
    """The engineer of record's word alone, told to the authorities, one of whom objects; it stays."""
    facility.propose("eva", "night", "joint-1", rules=(NIGHT,))
    assert facility.sets()["night"]["status"] == "in force"
    assert [one["threshold_set"] for one in facility.events("set_tightened")] == ["night"]
    against = ("--against", "joint-1.toml")
    assert "It tightens." in facility.run("sets", "check", "night.toml", *against)
    digest = facility.sets()["night"]["digest"]
    who = ("--key", "askar.pem", "--person", "askar", "--site", "dam", "--to", facility.collector.url)
    said = ("set=night", f"digest={digest}", "reason=too many alarms")
    facility.run("act", "set_object", *said, *who, *facility.word)
    facility.until(lambda: facility.register()["limits"]["objections"], facility.register)
    assert facility.register()["limits"]["set_id"] == "night"


def _loosened_and_refused(facility: Facility) -> None:
    """Not by the engineer of record, nor with one state: it is never in force before every approval."""
    facility.propose("eva", "loose", "night", rules=(MORNING,))
    facility.says("approve", "anna", "loose.toml")
    assert (facility.sets()["loose"]["status"], facility.sets()["loose"]["kind"]) == ("submitted", "loosens")
    text = Path("loose.toml").read_text()
    Path("other.toml").write_text(text.replace("red = 80.0", "red = 90.0"))  # not the set that was submitted
    assert "what was signed has SHA-256" in facility.says("approve", "askar", "other.toml", code=1)
    assert "what was signed has SHA-256" in facility.events("set_refused")[0]["text"]
    assert facility.register()["limits"]["set_id"] == "night"


def _superseded(facility: Facility) -> None:
    """What both states agree on at last takes the place of the night's."""
    facility.propose("ravshan", "joint-2", "night", rules=(AGREED,))
    for person in ("anna", "askar"):
        facility.says("approve", person, "joint-2.toml")
    found = {name: one["status"] for name, one in facility.sets().items()}
    assert found == {"joint-1": "superseded", "night": "superseded", "loose": "overtaken", "joint-2": "in force"}


def _alarm(facility: Facility) -> str:
    """From the first crossing to the assessment, by the limits that both states approved; return the red event."""
    facility.scan(1, CALM_HZ)
    facility.scan(2, RED_HZ)  # the first of the two that count
    token = {"Authorization": f"Token {facility.token}"}
    facility.until(
        lambda: facility.asked("gateways/gw1/wishes", **token)["wishes"], lambda: facility.events("fault")
    )
    (wish,) = facility.asked("gateways/gw1/wishes", **token)["wishes"]
    assert (wish["logger"], wish["kind"], facility.events("level")) == ("a", "repeat", [])
    facility.scan(3, RED_HZ)
    facility.until(lambda: facility.events("level"), lambda: facility.events("fault"))
    (red,) = facility.events("level")
    assert (red["level_to"], red["threshold_set"]) == (3, "joint-2")
    return red["id"]


def _worked_off(facility: Facility, event: str) -> None:
    """Seen, its action done, readings back; red stays until the engineer of record has assessed it."""
    (task,) = facility.alarm()["actions"]
    assert (facility.alarm()["event"], facility.alarm()["state"], task["page"]) == (
        event,
        "unacknowledged",
        "OMS 7.2",
    )
    facility.does("ravshan", "acknowledge", "acknowledged", reason="on my way")
    facility.does("ravshan", "action_done", "action_done", action=task["action"], reason="toe is dry")
    assert facility.alarm()["actions"][0]["done_by"] == "Ravshan (responsible_engineer)"
    for number in (4, 5):
        facility.scan(number, CALM_HZ)
    facility.until(lambda: facility.events("returned"), lambda: facility.events("level"))
    assert (facility.alarm()["level"], facility.alarm()["lacking"]) == ("red", ["an engineer's assessment"])
    words = {"finding": "real", "decision": "follow_readings", "reason": "pond lowered, three gauges agree"}
    facility.does("eva", "assess", "assessed", **words)
    facility.until(lambda: not facility.alarm(), facility.alarm)
    assert [one["level_to"] for one in facility.events("level")] == [0, 3]


def _taken_away(facility: Facility, event: str) -> None:
    """The dossier of the day is written, and the chain's heads are kept by an authority."""
    said = facility.run("dossier", event, str(DAM), "--from", facility.collector.url, "--out", "dossier.json")
    assert "Set joint-2 was in force from" in said
    since = [one["kind"] for one in json.loads(Path("dossier.json").read_text())["since"]]
    assert since == ["acknowledged", "action_done", "returned", "assessed", "level"]
    assert "whole and signed" in facility.run("audit", "verify", "--from", facility.collector.url)
    assert "0 heads kept" in facility.run("audit", "keep", "heads.json", "--from", facility.collector.url)


def _proven_without_the_server(facility: Facility, event: str) -> None:
    """The collector is gone; its journal is whole, its dossier is proven by a process that has only files."""
    assert facility.collector.stop() == 0
    assert "whole and signed" in facility.run("audit", "verify", "--data", "data", "--heads", "heads.json")
    where = ("--data", "data", "--key", "service.pem", "--policy", "data/policy.toml", *facility.word)
    facility.run("collector", "bundle", "make", str(DAM), *where)
    shown = json.loads(facility.run("collector", "bundle", "show", "--data", "data", *where[4:6], "--json"))
    assert ([one["set"] for one in shown["decided"]], shown["verdict"]) == (
        ["joint-1", "night", "joint-2"],
        "every signature is good",
    )
    found = verify(Path("data/bundle").read_bytes(), read_policy(Path("data/policy.toml")), 0)
    assert limits_of(found.site, "P1", "pore_pressure", 2**42)[0].set == "joint-2"
    Path("data/policy.toml").rename("policy.toml")
    code = "from seepline.cli import app; app()"
    asked = [sys.executable, "-c", code, "audit", "dossier", "dossier.json", "--policy", "policy.toml"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(asked, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "The same event follows from 6 raw scans" in done.stdout
    for done_by in (
        "acknowledge by Ravshan (responsible_engineer): on my way.",
        "action_done by Ravshan (responsible_engineer): P1-pore_pressure-above-red, toe is dry.",
        "assess by Eva (engineer_of_record): real, follow_readings, pond lowered, three gauges agree.",
    ):
        assert done_by in done.stdout
    altered = Path("dossier.json").read_text().replace(f"{RED_HZ}", f"{YELLOW_HZ}")
    Path("dossier.json").write_text(altered)
    assert "Not proven" in facility.run("audit", "dossier", "dossier.json", code=1)
    assert event in altered
