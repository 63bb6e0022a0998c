"""One person from the invitation to a key of their own, in a real browser, with a real collector."""

import base64
import json
import subprocess
import sys
import time

import httpx
import pytest

from collector.people import readers, totp
from collector.people.book import FILE_NAME, Book
from seepline.signing_key import new
from tests.acts import Persons
from tests.browser import chromium
from tests.collector.conftest import RunningCollector, free_port
from tests.collector.people.conftest import PASSWORD


@pytest.fixture
def collector(tmp_path):
    Persons().write_policy(tmp_path)
    running = RunningCollector(tmp_path, free_port())
    running.start()
    yield running
    for process in running.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def seepline(*words: str) -> str:
    command = [sys.executable, "-m", "seepline.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_from_the_invitation_to_a_key(collector, tmp_path):
    data, url = ["--data", str(tmp_path)], collector.url
    assert httpx.get(url, trust_env=False).status_code == 200  # nobody has an account yet
    link = seepline("collector", "people", "add", "operator", "--address", url, *data).split()[0]
    assert httpx.get(url, trust_env=False).headers["location"] == "./signin"
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
        tab.open(f"{url}/me")
        tab.click("button[name=everywhere]")
        tab.until("location.pathname === '/signin'")
    _commands_read_with_a_token(collector, data)


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
