"""Three people with browsers of their own decide on limits; then an alarm is seen by a link, and by a button."""

import json
import re
import time

import httpx

from tests.collector.deeds.conftest import Site
from tests.collector.hand.test_phone import PNG
from tests.seepline.test_sheets import SHEET
from tests.sets import RULE

HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>'\"&"
RED_HZ, CALM_HZ = 2800.0, 2900.0


def put(tab, selector: str, value: str) -> None:
    found = f"document.querySelector({json.dumps(selector)})"
    tab.until(found)
    tab.js(f"{found}.value = {json.dumps(value)}; {found}.dispatchEvent(new Event('input', {{bubbles: true}}))")


def put_all(tab, selector: str, value: str) -> None:
    every = f"document.querySelectorAll({json.dumps(selector)})"
    tab.js(f"{every}.forEach((it) => {{ it.value = {json.dumps(value)} }})")


def sign(tab, form: str, person: str) -> str:
    """Press the button, read what is about to be signed, sign it; return what was shown."""
    tab.until(f"document.querySelector('{form}[data-ready=yes]')")
    tab.js(f"(document.querySelector('{form}').closest('details') ?? {{}}).open = true")
    assert person in tab.js(f"document.querySelector('{form} .signer').textContent")
    tab.click(f"{form} button[type=submit]")
    tab.until(f"document.querySelector('{form} .confirm button.sign')")
    shown = tab.js(f"document.querySelector('{form} .confirm').innerText")
    assert f"Sign as {person}" in shown
    tab.click(f"{form} .confirm button.sign")
    tab.until(f"document.querySelector('{form}').dataset.judged")
    return shown


def fill_the_set(tab, name: str) -> None:
    head = {
        "id": name,
        "valid_from": "2016-01-01T00:00",
        "reason": f"report 7 {HOSTILE}",
        "geometry": "crest 1462 m",
    }
    for key, value in {**head, "geometry_date": "2016-01-01"}.items():
        put(tab, f"[data-table=set] [data-key={key}]", value)
    paper = {"title": "Decision", "number": "12", "date": "2015-12-20", "sha256": "0" * 64}
    for key, value in paper.items():
        put(tab, f"[data-table=document] [data-key={key}]", value)
    rule = {"yellow": "35,5", "orange": "60", "red": "80", "deadband": "1", "delay_count": "1"}
    for key, value in rule.items():
        put(tab, f"[data-table=threshold] [data-key={key}]", value)
    plan = {"what": f"Walk the toe {HOSTILE}", "role": "operator", "within_s": "3600", "page": "OMS 7.2"}
    for key, value in plan.items():
        put_all(tab, f"[data-table=action] tbody [data-key={key}]", value)
    put_all(tab, "[data-table=recipient] tbody [data-key=role]", "operator")


def check(tab) -> None:
    tab.click("#draft button[type=submit]")


def test_three_people_decide_on_limits_and_one_sees_an_alarm(site, browsers):
    site.scan(1, CALM_HZ)
    site.scan(2, 2850.0)
    _proposed(site, browsers["ravshan"])
    _approved(site, browsers)
    _seen(site, browsers["ravshan"], _alarm(site))
    _reported(site, browsers["askar"])
    _played(site, browsers["anna"])
    _sheet_accepted(site, browsers["ravshan"])


def _proposed(site: Site, tab) -> None:
    """A decimal comma is given back, faults stand at their fields, the difference comes before the signature."""
    tab.open(f"{site.url}/limits/new")
    fill_the_set(tab, "joint-1")
    put(tab, "[data-table=threshold] [data-key=red]", "50")
    put(tab, "[data-table=threshold] [data-key=deadband]", "1e3")
    check(tab)
    tab.until("document.querySelector('#wrong li')")
    wrong = tab.js("[...document.querySelectorAll('#draft .fault')].map((it) => it.textContent)")
    assert any("threshold[1].deadband" in one and "1e3" in one for one in wrong), wrong
    assert tab.js("document.getElementById('checked').hidden")
    put(tab, "[data-table=threshold] [data-key=deadband]", "1")
    check(tab)
    tab.until("document.querySelector('.key-red .fault')")  # 50 is no red above an orange of 60
    put(tab, "[data-table=threshold] [data-key=red]", "80")
    check(tab)
    tab.until("document.querySelector('#replay').dataset.done")
    assert tab.js("document.querySelector('.key-yellow .echo').textContent") == "understood as 35.5 kPa"
    changes = tab.js("[...document.querySelectorAll('#changes tbody tr')].map((it) => it.innerText)")
    tighter = r"rule P1, pore pressure \(above\): yellow, kPa\s+40.0\s+35.5\s+tighter"
    assert any(re.match(tighter, one) for one in changes), changes
    assert "an authority of KZ" in tab.js("document.getElementById('needs').textContent")
    assert "joint-1" in tab.js("document.getElementById('replay').innerText")
    assert "35.5 / 60 / 80" in tab.js("document.getElementById('replay').innerText")
    assert tab.js("document.title").startswith("New set of limits")
    text = tab.js("document.getElementById('toml').textContent")
    shown = sign(tab, "form[data-act=set_submit]", "ravshan")
    assert "yellow = 35.5" in shown
    assert httpx.get(f"{site.url}/api/v1/sets/joint-1", trust_env=False, timeout=60).text == text


def _approved(site: Site, browsers) -> None:
    for person, still in (("anna", "an authority of UZ"), ("askar", "an authority of KZ")):
        tab = browsers[person]
        tab.open(f"{site.url}/limits")
        tab.until(
            "document.querySelector('[data-digest]').textContent === 'computed here from the text: the same'"
        )
        assert still in tab.js("document.querySelector('.needs').textContent")
        assert tab.js("document.title").startswith("Limits")
        sign(tab, "form[data-act=set_approve]", person)
    assert {one["set"]: one["status"] for one in site.asked("sets")["sets"]} == {"joint-1": "in force"}


def _alarm(site: Site) -> str:
    site.scan(3, RED_HZ)
    end = time.monotonic() + 60
    while not site.events("level"):
        assert time.monotonic() < end
        time.sleep(0.05)
    return site.events("level")[0]["id"]


def _everything_of(site: Site) -> None:
    """A mail scanner's visit: every address that the pages link to, by GET and by HEAD."""
    seen, todo = set(), ["/alarms"]
    with httpx.Client(base_url=site.url, trust_env=False, timeout=60) as client:
        while todo and len(seen) < 40:
            path = todo.pop()
            seen.add(path)
            client.head(path)
            text = client.get(path).text
            for link in re.findall(r'(?:href|action)="([^"#:]+)"', text):
                target = str(client.base_url.join(path).join(link.replace("&amp;", "&")))
                target = target.removeprefix(site.url)
                if target not in seen and "lang=" not in target:
                    todo.append(target)


def _seen(site: Site, tab, event: str) -> None:
    """To look at the link does nothing, by whatever method and whoever looks; the button of a person does."""
    before = (site.asked("acts"), site.asked("alarms"))
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
        httpx.request(method, f"{site.url}/alarms/{event}", trust_env=False, timeout=60)
    _everything_of(site)
    tab.open(f"{site.url}/alarms/{event}")
    assert (site.asked("acts"), site.asked("alarms")) == before
    assert site.asked("alarms")[0]["state"] == "unacknowledged"
    put(tab, "form[data-act=acknowledge] [name=reason]", f"on my way {HOSTILE}")
    shown = sign(tab, "form[data-act=acknowledge]", "ravshan")
    assert RULE["point"] + "/pore_pressure/above" in shown
    assert site.asked("alarms")[0]["state"] == "acknowledged"
    tab.open(f"{site.url}/alarms/{event}")
    assert tab.js("document.querySelector('form[data-act=acknowledge]')") is None
    assert HOSTILE in tab.js("document.body.innerText").replace("\n", " ")
    for path in ("/alarms", "/limits", "/", "/limits/new", "/replay?set=joint-1&days=1"):
        tab.open(f"{site.url}{path}")
        assert "hacked" not in tab.js("document.title"), path
        assert tab.js("document.querySelectorAll('img').length") == 0, path


def _reported(site: Site, tab) -> None:
    """Something seen, with a photo that is signed by its hash and sent once the act was judged."""
    picture = site.folder / "seep.png"
    picture.write_bytes(bytes.fromhex(PNG))
    tab.open(f"{site.url}/alarms")
    form = "form[data-act=observe]"
    for name, value in {"place": "P1", "what": "boil", "level": "yellow", "text": HOSTILE}.items():
        put(tab, f"{form} [name={name}]", value)
    tab.choose_file(f"{form} [name=photos]", picture)
    assert HOSTILE in sign(tab, form, "askar")
    assert tab.until(f"document.querySelector('{form} .answer p')?.textContent") == "Photos sent: 1/1"
    act = tab.js(f"document.querySelector('{form}').dataset.judged")
    tab.open(f"{site.url}/alarms/{act}")
    photo = tab.js("document.querySelector('a[href*=photos]').href")
    assert httpx.get(photo, trust_env=False, timeout=60).headers["Content-Type"] == "image/jpeg"
    assert httpx.get(f"{site.url}/api/v1/acts/nothing", trust_env=False, timeout=60).status_code == 404


def _played(site: Site, tab) -> None:
    """What is refused says so: no exercise begins while a real alarm stands."""
    tab.open(f"{site.url}/exercise")
    put(tab, "[name=exercise]", "e1")
    put(tab, "[name=name]", HOSTILE)
    put(tab, "[name=until_ms]", "2016-01-01T10:00")
    shown = sign(tab, "form[data-act=exercise_begin]", "anna")
    assert "2016-01-01 10:00 (UTC) = 2016-01-01 10:00 UTC" in shown
    assert "no effect: a real alarm stands" in tab.js("document.querySelector('.answer').innerText")


def _sheet_accepted(site: Site, tab) -> None:
    """What is no sheet is said to be none; a sound one is shown back, previewed, and signed to the byte."""
    exe, sheet = site.folder / "sheet.toml", site.folder / "sheet.exe"
    exe.write_bytes(b"MZ\x90\0" + bytes(5000))
    text = SHEET.replace("2016-01-01T12:00:00Z", "2015-12-01T00:00:00Z").replace("\n", "\r\n")
    sheet.write_bytes(text.encode())
    tab.open(f"{site.url}/instruments/vw")
    tab.until("document.querySelector('form[data-send][data-ready=yes]')")
    for path, said in ((exe, "This is a program for Windows"), (sheet, "All 4 points are within the 0.2 % FS")):
        tab.choose_file("input[type=file]", path)
        tab.click("form[data-send] button")
        tab.until(f"document.getElementById('found').innerText.includes({json.dumps(said)})")
    tab.click("#found form[data-send] button")
    tab.until("document.querySelector('#preview').innerText.includes('Other values: 3 of 3')")
    shown = sign(tab, "form[data-act=sheet_accept]", "ravshan")
    assert "G = -0.1795" in shown
    (event,) = httpx.get(f"{site.url}/api/v1/events?kind=sheet", trust_env=False).json()
    assert event["text"] == "Ravshan accepted the sheet vw:2 of vw; SITE.toml is to take it"
    acts = [one["text"]["act"] for one in site.asked("acts?limit=1000") if "act" in one["text"]]
    assert [one["body"]["sheet"] for one in acts if one["kind"] == "sheet_accept"] == [text]
