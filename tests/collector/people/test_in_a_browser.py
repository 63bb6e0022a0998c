"""One person from the invitation to a key of their own, in a real browser, with a real collector."""

import base64
import json
import subprocess
import sys
import time

import httpx
import pytest

from collector import tokens
from collector.people import readers, totp
from collector.people.book import FILE_NAME, Book
from seepline.signing_key import new
from tests.acts import Persons
from tests.browser import chromium
from tests.collector.conftest import RunningCollector
from tests.collector.deeds.conftest import send_scan
from tests.collector.deeds.test_people_on_pages import RED_HZ, put, sign
from tests.collector.people.conftest import PASSWORD
from tests.ports import free_port

NOTIFY = """[notify]
digest_s = 3600
[[channel]]
id = "hook"
kind = "webhook"
level = "yellow"
secret_file = "hook.secret"
[[tell]]
level = "instrument"
who = ["duty"]
[[tell]]
level = "service"
who = ["duty"]
[[contact]]
person = "olga"
name = "Olga"
language = "en"
webhook = "http://127.0.0.1:9/"
[[contact]]
person = "emil"
name = "Emil"
language = "en"
webhook = "http://127.0.0.1:9/"
[[rota]]
id = "duty"
timezone = "UTC"
[[turn]]
rota = "duty"
persons = ["emil"]
first = "2015-12-28"
days = 7
begins = "08:00"
ends = "08:00"
"""


@pytest.fixture
def collector(tmp_path):
    Persons().write_policy(tmp_path)
    secret = tmp_path / "hook.secret"
    secret.write_text("0123456789abcdef0123456789abcdef")
    secret.chmod(0o600)
    (tmp_path / "notify.toml").write_text(NOTIFY)
    running = RunningCollector(tmp_path, free_port())
    running.start()
    yield running
    for process in running.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def _raise_red(collector) -> None:
    token = tokens.add(collector.data / tokens.FILE_NAME, "gw1")
    for number, hertz in enumerate((2900.0, 2850.0, RED_HZ), 1):
        send_scan(collector.url, token, number, hertz)
    end = time.monotonic() + 60
    while not httpx.get(f"{collector.url}/api/v1/alarms", trust_env=False, timeout=60).json():
        assert time.monotonic() < end
        time.sleep(0.05)


def seepline(*words: str) -> str:
    command = [sys.executable, "-m", "seepline.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_from_the_invitation_to_a_key(collector, tmp_path):
    data, url = ["--data", str(tmp_path)], collector.url
    _raise_red(collector)
    assert httpx.get(url, trust_env=False, timeout=60).status_code == 200  # nobody has an account yet
    link = seepline("collector", "people", "add", "operator", "--address", url, *data).split()[0]
    assert httpx.get(url, trust_env=False, timeout=60).headers["location"] == "./signin"
    with chromium(tmp_path / "chromium") as tab:
        tab.open(link)
        tab.until("document.getElementById('invitation').value.length > 20")
        assert tab.js("location.hash") == ""  # not left in the address, nor in the browser's history
        tab.js(f"document.getElementById('password').value = {json.dumps(PASSWORD)}")
        tab.click("form button")
        secret = tab.until("document.querySelector('code.said')?.textContent")
        tab.until("document.querySelector('img.qr').getBoundingClientRect().width > 200")
        code = totp.hotp(base64.b32decode(secret), int(time.time()) // 30)
        tab.js(f"document.getElementById('code').value = '{code}'")
        tab.click("form button")
        tab.until("document.querySelector('.state .word') !== null")
        tab.open(f"{url}/key?lang=ru")
        tab.click("#make button")
        public = tab.until("document.getElementById('public').textContent")
        assert len(public) == 64
        assert "отклонено" in tab.js("document.getElementById('unknown').innerText")
        policy = (tmp_path / "policy.toml").read_text()
        shown = tab.js("document.querySelector('#unknown code').textContent")
        (tmp_path / "policy.toml").write_text(policy.replace(shown, public))
        tab.open(f"{url}/key")
        tab.until("document.getElementById('known').hidden === false && document.getElementById('unknown').hidden")
        other = new().public.hex()  # of a second device
        for name, value in {"public_key": other, "device": "ноутбук", "days": "30"}.items():
            tab.js(f"document.querySelector('#add [name={name}]').value = {json.dumps(value)}")
        tab.click("#add button")
        tab.until(f"document.querySelector('.end')?.dataset.key === '{other}'")
        tab.until("document.querySelector('.end').hidden === false")
        tab.click(".end button")
        tab.until("document.querySelector('.end') === null && document.body.innerText.includes('завершён')")
        _acts_under_their_own_name(collector, tab)
        tab.open(f"{url}/me")
        tab.click("button[name=everywhere]")
        tab.until("location.pathname === '/signin'")
    _commands_read_with_a_token(collector, data)


def _acts_under_their_own_name(collector, tab) -> None:
    """Who is signed in acknowledges and swaps a duty with this browser's key; no other role's form is there."""
    tab.open(f"{collector.url}/alarms?lang=en")
    tab.click(".alarms a[href*='alarms/']")
    tab.until("document.querySelector('form[data-act=acknowledge]')")
    offered = tab.js("[...document.querySelectorAll('form.deed')].map((it) => it.dataset.act).sort()")
    assert "acknowledge" in offered
    assert not {"assess", "release"} & set(offered)  # an engineer's
    address = tab.js("location.href")
    sign(tab, "form[data-act=acknowledge]", "operator")
    tab.open(address)
    assert "acknowledged" in tab.js("document.querySelector('main').innerText")
    assert tab.js("document.querySelector('form[data-act=acknowledge]')") is None
    tab.open(f"{collector.url}/told")
    assert "Emil" in tab.js("document.querySelector('.watch').innerText")
    for name, value in {"rota": "duty", "person": "olga", "until_ms": "2016-01-02T08:00"}.items():
        put(tab, f"form[data-act=duty] [name={name}]", value)
    assert "Olga" in sign(tab, "form[data-act=duty]", "operator")
    tab.open(f"{collector.url}/told")
    assert "Olga" in tab.js("document.querySelector('.watch').innerText")


def _commands_read_with_a_token(collector, data) -> None:
    """What a command reads without one is refused in one sentence; with one of its purpose it is there."""
    secret = seepline("collector", "people", "token", "audit", "--for", "ministry", "--days", "1", *data)
    token = collector.data / "token"
    token.write_text(secret)
    words = [sys.executable, "-m", "seepline.cli", "audit", "verify", "--from", collector.url]
    refused = subprocess.run(words, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr == "Refused: sign in, or send a token: Authorization: Bearer ...\n"
    told = subprocess.run([*words, "--token-file", str(token)], capture_output=True, text=True, check=True)
    assert "whole and signed" in told.stdout
    (kept,) = readers.tokens(Book(collector.data / FILE_NAME))
    assert kept.used_ms is not None
