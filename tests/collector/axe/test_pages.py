"""Every page is for everybody: axe finds nothing, the keyboard reaches all of it, and the first one is small."""

import re

import pytest

from collector.people.paths import READS
from collector.web.menu import MENU
from tests.collector.axe.conftest import COOKIE, installed
from tests.seepline.test_sheets import SHEET

ENGINEER, UNPROVEN, NOBODY = "engineer_of_record", "inspector", ""
PAGES = {
    **{f"/{one.path}": ENGINEER for one in MENU},
    "/points/P1": ENGINEER,
    "/labels": ENGINEER,
    "/limits/new": ENGINEER,
    "/alarms/EVENT": ENGINEER,
    "/instruments/vw": ENGINEER,
    "/recompute/previews/PREVIEW": ENGINEER,
    "/replay?set=s1": ENGINEER,
    "/me": ENGINEER,
    "/key": ENGINEER,
    "/totp": UNPROVEN,
    "/signin": NOBODY,
    "/invite": NOBODY,
    "/field/": NOBODY,
}
NO_PAGES = ("/api/", "/static/", "/ping", "/health", "/ready", "/field")
OTHERWISE_SEEN = {
    "/journals/point/{point}.pdf", "/journals/commissioning/{point}.pdf", "/journals/report.pdf",
    "/signin/provider", "/signin/back",
}  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
LOOKED = """axe.run(document, {runOnly: {type: 'tag', values: TAGS}, resultTypes: ['violations']}).then(
  (found) => found.violations.map((one) => one.id + ': ' + one.help + ' | ' + one.nodes.slice(0, 3).map(
    (node) => node.html.slice(0, 160) + ' -> ' + node.failureSummary).join(' | ')))""".replace("TAGS", str(TAGS))
# the parts of a date are stops of their own
CONTROLS = """(() => { window.controls = [...document.querySelectorAll(
  'a[href], button, input, select, textarea, summary, [tabindex]')].filter((one) => !one.disabled
    && one.type !== 'hidden' && one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true})
    && !(one.type === 'radio' && one.name && !one.checked));
  window.reached = new Set(); document.body.focus();
  document.addEventListener('focusin', (event) => window.reached.add(event.target));
  return controls.length + 7 * controls.filter((one) => /date|time/.test(one.type)).length })()"""
# act.js disables the forms of a visitor who has no key here, after the page has come
MISSED = """controls.filter((one) => !reached.has(one) && !one.disabled && one.checkVisibility())
  .map((one) => one.outerHTML.slice(0, 160))"""
WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
LOOKS = [
    pytest.param("ru", "phone"),
    pytest.param("en", "desk"),
    pytest.param("en", "phone", marks=pytest.mark.soak),
    pytest.param("ru", "desk", marks=pytest.mark.soak),
]


def opened(tab, place, path: str, person: str, language: str, look: str):
    width, height = WIDTHS[look]
    tab.ask(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=1,
        mobile=look == "phone",
    )
    tab.ask("Network.clearBrowserCookies")
    if person:
        tab.ask("Network.setCookie", name=COOKIE, value=place.cookies[person], url=place.url)
    there = path.replace("EVENT", place.event).replace("PREVIEW", place.preview)
    tab.open(f"{place.url}{there}{'&' if '?' in there else '?'}lang={language}")


def test_no_page_is_forgotten():
    pages = {path for path in READS if not path.startswith(NO_PAGES)}
    seen = {"/alarms/{event}", "/points/{point}", "/instruments/{instrument}", "/recompute/previews/{preview}"}
    seen |= {path.partition("?")[0] for path in PAGES}
    assert sorted(pages - seen - OTHERWISE_SEEN) == []


@pytest.mark.parametrize(("language", "look"), LOOKS)
def test_axe_finds_nothing(place, tab, language, look):
    script = installed().read_text(encoding="utf-8")
    found = {}
    for path, person in PAGES.items():
        opened(tab, place, path, person, language, look)
        assert tab.js("document.querySelectorAll('h1').length") == 1, path
        assert tab.js("location.pathname").startswith(re.split(r"[A-Z?]", path)[0]), tab.js("location.href")
        tab.js(f"{script}; 1")
        found |= {f"{path} {one}": 1 for one in tab.js(LOOKED)}
    assert "\n".join(found) == ""


def test_axe_finds_nothing_in_a_sheet_that_was_checked(place, tab):
    opened(tab, place, "/instruments/vw", ENGINEER, "ru", "phone")
    (place.collector.data / "sheet.toml").write_text(SHEET)
    tab.until("document.querySelector('form[data-send][data-ready=yes]')")
    tab.choose_file("input[type=file]", place.collector.data / "sheet.toml")
    tab.click("form[data-send] button")
    tab.until("document.querySelector('#found form[data-act]')")
    tab.js(f"{installed().read_text(encoding='utf-8')}; 1")
    assert tab.js(LOOKED) == []


def test_axe_would_find_something(place, tab):
    opened(tab, place, "/", ENGINEER, "en", "desk")
    tab.js("document.querySelector('main').append(document.createElement('img'), document.createElement('input'))")
    tab.js(f"{installed().read_text(encoding='utf-8')}; 1")
    assert {one.partition(":")[0] for one in tab.js(LOOKED)} == {"image-alt", "label"}


@pytest.mark.parametrize("look", ["desk", pytest.param("phone", marks=pytest.mark.soak)])
def test_the_keyboard_reaches_every_control(place, tab, look):
    for path, person in PAGES.items():
        opened(tab, place, path, person, "en", look)
        for _ in range(tab.js(CONTROLS) + 2):
            for kind in ("rawKeyDown", "keyUp"):
                tab.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        assert tab.js(MISSED) == [], path


@pytest.mark.parametrize("path", ["/", "/signin", "/field/"])
def test_the_first_page_is_below_100_kilobytes_with_all_that_it_loads(place, path):
    with place.client() as client:
        client.cookies.set(COOKIE, place.cookies[ENGINEER])
        page = client.get(path)
        assert page.status_code == 200
        loaded = {page.request.url: page.num_bytes_downloaded}
        for name in re.findall(r'(?:src|href)="([^"#?]+\.(?:css|js|svg|png|json))"', page.text):
            answer = client.get(page.request.url.join(name))
            assert answer.status_code == 200, name
            loaded[answer.request.url] = answer.num_bytes_downloaded
        assert len(loaded) > 1
        assert sum(loaded.values()) < 100_000, loaded
