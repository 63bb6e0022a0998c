"""A running gateway with a local alarm: held by a simulated pin, proven by people's commands."""

import json
import signal

import pytest
from typer.testing import CliRunner

from gateway.bundle.cache import Cache
from seepline.bundle.document import Bundle
from seepline.cli import app
from seepline.signing_key import make
from seepline.site_file import parse_site
from tests.acts import Persons
from tests.bundles import MADE, Keys
from tests.gateway.conftest import DEMO_SITE

SITE = "mukilteo-demo"
ALARM = "[bundle]\npolicy = 'policy.toml'\n[local_alarm]\npin = 17\npin_signal = 'pulse'\n"


@pytest.fixture
def persons(tmp_path) -> Persons:
    """Persons, two of them with key files, a policy that names them, their bundle on the gateway's disk."""
    persons = Persons(site=SITE)
    for name in ("operator", "engineer_of_record"):
        persons.keys[name] = make(tmp_path / f"{name}.pem", "long enough a passphrase")
    (tmp_path / "passphrase").write_text("long enough a passphrase\n")
    persons.write_policy(tmp_path)
    keys, text = Keys(service=persons.service, persons=persons.keys), DEMO_SITE.read_text()
    site = parse_site(text, "demo")
    approval = keys.approval("authority", site, set_id=site.threshold_sets[0].id)
    bundle = Bundle(number=1, made_at=MADE, site_id=SITE, site=text, policy="0" * 64, approvals=(approval,))
    (tmp_path / "data").mkdir()
    Cache(tmp_path / "data", persons.policy()).accept(keys.sealed(bundle))
    return persons


def test_people_see_it_held_and_prove_it_on_the_running_gateway(
    tmp_path, persons, demo_slave, collector, start, demo_wiring, wait_for
):
    def status() -> dict:
        try:
            return json.loads((tmp_path / "data" / "status.json").read_text())["judgement"]["local_alarm"]
        except (FileNotFoundError, KeyError):  # it has just begun
            return {"outputs": {"held": None}}

    def said(*words: str) -> str:
        done = CliRunner().invoke(app, ["gateway", *words])
        return f"{done.exit_code} {done.output}"

    def signed(*words: str, person: str) -> str:
        about = ["--data", str(tmp_path / "data"), "--key", str(tmp_path / f"{person}.pem"), "--person", person]
        return said("alarm", *words, *about, "--site", SITE, "--passphrase-file", str(tmp_path / "passphrase"))

    def held_or_released() -> bool:
        """The records of this slave are red by their sequence numbers: an engineer releases what latches."""
        if status()["outputs"]["held"]:
            return True
        signed("release", "--reason", "invented readings", person="engineer_of_record")
        return False

    program = start(demo_wiring(demo_slave.path, collector.url) + ALARM, GPIOZERO_PIN_FACTORY="mock")
    wait_for(lambda: status().get("latched"))
    assert "limit 100 kPa (above)" in said("status", "--data", str(tmp_path / "data")).replace("\n", " ")
    refused = signed("release", "--reason", "no", person="operator").replace("\n", " ")
    assert "operator is operator" in refused
    wait_for(held_or_released)
    told = signed("test", "--heard", person="operator")
    assert told.startswith("0 the contact is let go for 10 s\npassed, and logged")
    wait_for(lambda: status()["proof"]["by"] == "The operator (operator)")
    assert status()["outputs"]["held"] is False
    program.send_signal(signal.SIGTERM)
    assert program.wait() == 0


def test_a_modem_file_that_is_not_there_is_a_fault_of_gateway_toml(tmp_path, persons, start, demo_wiring):
    text = "sms_to = ['+992900000000']\nsms_settings = 'gammurc'\n"
    program = start(demo_wiring("/dev/ttyUSB0", "http://127.0.0.1:1") + ALARM + text)
    assert program.wait(60) == 2
    assert "local_alarm.sms_settings" in (tmp_path / "log").read_text()
