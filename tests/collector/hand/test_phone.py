"""The phone's form in a real browser: without a collector it opens, signs and keeps; with one it sends."""

import hashlib
import json

import httpx
import pytest

from seepline.bundle.document import canonical
from tests.acts import Persons
from tests.browser import chromium
from tests.collector.conftest import RunningCollector
from tests.collector.hand.conftest import dam_text
from tests.ports import free_port

DONE = "document.querySelector('#kept li[data-state=sent]')"


@pytest.fixture
def collector(tmp_path):
    site = tmp_path / "site.toml"
    site.write_text(dam_text())
    running = RunningCollector(tmp_path, free_port(), site)
    running.start()
    yield running
    for process in running.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture
def tab(tmp_path):
    with chromium(tmp_path / "chromium") as opened:
        yield opened


def enrol(tab, collector) -> None:
    """The operator makes a key in the browser; its public half goes into the policy."""
    tab.open(f"{collector.url}/field/")
    tab.until("document.querySelector('#enrol input')")
    tab.js("document.querySelector('#enrol input').value = 'operator'")
    tab.click("#enrol button")
    public = tab.until("document.querySelector('#key')?.textContent")
    persons = Persons()
    text = persons.policy_text().replace(persons.keys["operator"].public.hex(), public)
    (collector.data / "policy.toml").write_text(text)
    tab.until("navigator.serviceWorker.controller !== null")


def fill(tab, **values: str) -> None:
    tab.until("document.querySelector('#form button.main')")
    for name, value in values.items():
        tab.js(f"document.querySelector('#form [name={name}]').value = {value!r}")
    tab.click("#form button.main")


def test_a_dip_with_a_photo_is_signed_without_a_network_and_sent_with_one(tab, collector, tmp_path):
    enrol(tab, collector)
    said = {"б": [1, 2.5, 0.0001, -3.0, True, None], "a\x7f": 'x"\\\n\u2028😀'}
    module = f"{collector.url}/field/signing.js"
    assert tab.js(f"import('{module}').then((it) => it.canonical({json.dumps(said)}))") == (
        canonical({**said, "б": [1, 2.5, 0.0001, -3, True, None]}).decode()
    )
    collector.kill()
    tab.open(f"{collector.url}/field/")
    tab.click('[data-name="SP1/standpipe"]')
    fill(tab, dip_m="1e3")
    assert tab.until("document.querySelector('#problem').textContent") == "not a number: 1e3"
    fill(tab, dip_m="")
    tab.until("document.querySelector('#problem').textContent.startsWith('exactly one of: dip below')")
    picture = tmp_path / "seep.png"
    picture.write_bytes(bytes.fromhex(PNG))
    tab.choose_file("#form [name=photos]", picture)
    fill(tab, dip_m="4,25", note="лёд у устья")
    assert "waits for the network" in tab.until("document.querySelector('#kept li')?.innerText")
    tab.open(f"{collector.url}/field/")  # the phone was off meanwhile: the act is still there
    tab.until("document.querySelector('#kept li[data-state=waiting]')")
    outbox = f"{collector.url}/field/outbox.js"
    send = f"import('{outbox}').then(async (it) => (await it.send().catch(() => 0), (await it.kept())[0].state))"
    tab.js("window.fetch = async () => new Response('<p>Sign in to this Wi-Fi</p>')")
    assert tab.js(send) == "waiting"  # a page of somebody else is no receipt
    tab.js("window.fetch = async () => Response.json({ id: 'of another act' })")
    assert tab.js(send) == "waiting"
    tab.js("window.fetch = async () => Response.json({ message: 'the policy does not name' }, { status: 403 })")
    assert tab.js(send) == "refused"
    tab.open(f"{collector.url}/field/")
    tab.until("document.querySelector('#kept li[data-state=refused]')")
    tab.click("#kept li[data-state=refused] button")  # send again: the policy names the person now
    tab.until("document.querySelector('#kept li[data-state=waiting]')")
    collector.start()
    tab.until(f"{DONE} !== null")
    with httpx.Client(base_url=collector.url, trust_env=False, timeout=60) as client:
        (act,) = (one for one in client.get("/api/v1/acts").json() if "act" in one["text"])
        body = act["text"]["act"]["body"]
        assert (body["values"], body["note"]) == ({"dip_m": 4.25}, "лёд у устья")
        points = {one["point"]: one for one in client.get("/api/v1/state").json()["points"]}
        assert (points["SP1"]["value"], points["SP1"]["level"]) == (98.1, "orange")
        ((name, size),) = body["photos"].items()
        photo = client.get(f"/api/v1/photos/{name}")
        assert (photo.headers["Content-Type"], len(photo.content)) == ("image/jpeg", size)
        assert hashlib.sha256(photo.content).hexdigest() == name
    assert tab.js("document.querySelector('#kept li').dataset.act") == act["text"]["id"]
    for chosen in ("?lang=ru", ""):  # a language that was chosen stays
        tab.open(f"{collector.url}/field/{chosen}")
        tab.until("document.querySelector('#tasks h2')?.textContent === 'Что измерить'")
    assert collector.stop() == 0


PNG = (  # four by four, one colour
    "89504e470d0a1a0a0000000d494844520000000400000004080200000026930929000000104944415478da6338212707470c"
    "c47100b1631041d34acc0d0000000049454e44ae426082"
)
