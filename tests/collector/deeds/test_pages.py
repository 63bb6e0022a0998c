"""The pages on which people act, in this process: forms fit their acts, states decide what is offered."""

import asyncio
from dataclasses import MISSING, fields
from functools import partial

import httpx
import pytest
from starlette.applications import Starlette

from collector.deeds import pages
from collector.deeds.forms import FORMS
from collector.deeds.set_draft import Drafts
from collector.deeds.words import GROUPS
from collector.events import KINDS as EVENTS
from collector.exercises import running
from collector.hand.reader import HandReader
from collector.recompute.job import Previews
from collector.web.deciding import ROLE_WORDS
from collector.web.shell import Shell
from collector.web.visitor import SCOPE_KEY, Visitor
from collector.works import seen as seen_works
from seepline.acts.kinds import KINDS
from seepline.acts.roles import ROLES
from seepline.sets.draft import draft_of
from seepline.sets.set_file import parse_set
from seepline.site_digest import site_digest
from tests.collector.chain import RED, T0_MS
from tests.collector.council import Council
from tests.sets import set_text

HOSTILE = "<script>alert(1)</script>'\"&"


@pytest.fixture
def council(chain) -> Council:
    return Council(chain)


class As:
    """Puts a visitor into each request, as sign-in does."""

    def __init__(self, app, visitor: Visitor) -> None:
        self.app, self.visitor = app, visitor

    async def __call__(self, scope, receive, send) -> None:
        await self.app({**scope, SCOPE_KEY: self.visitor}, receive, send)


class Browser:
    """Asks the pages of a council, without a server."""

    def __init__(self, council: Council, visitor: Visitor | None = None) -> None:
        chain = council.chain
        (chain.folder / "policy.toml").write_text(council.policy_text)
        shell = Shell(chain.site, lambda: chain.now_ms, partial(running, chain.reader))
        drafts = Drafts(chain.site, chain.reader, chain.folder / "policy.toml")
        photos = HandReader(chain.folder / "store.sqlite").photos_of
        previews = Previews(chain.folder / "journal.sqlite", chain.folder / "store.sqlite")
        deeds = pages.Deeds(shell, chain.reader, drafts, partial(seen_works.works, chain.reader), photos, previews)
        self.app = As(Starlette(routes=pages.routes(deeds)), visitor or Visitor())

    def ask(self, method: str, path: str, **more) -> httpx.Response:
        return asyncio.run(self._ask(method, path, **more))

    async def _ask(self, method: str, path: str, **more) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://dam") as opened:
            return await opened.request(method, path, **more)

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, **more) -> httpx.Response:
        return self.ask("POST", path, **more)


@pytest.fixture
def site(council, rows) -> Browser:
    council.chain.take(rows.barometer(0), rows.piezometer(0, hertz=RED))
    return Browser(council)


def forms(page: str) -> list[str]:
    return [one.split('"')[0] for one in page.split('data-act="')[1:]]


def alarm_event(council: Council) -> str:
    return council.chain.reader.standings()["P1/pore_pressure/above"].raised


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_a_form_asks_what_its_act_needs_and_nothing_else(kind):
    body = {one.name: one for one in fields(KINDS[kind].body)}
    asked = {one.name: one for one in FORMS[kind].fields}
    assert asked.keys() <= body.keys()
    needed = {name for name, one in body.items() if one.default is MISSING}
    assert needed <= asked.keys()
    assert {name for name, one in asked.items() if not one.needed} <= body.keys() - needed
    assert all((one.type == "ms") == name.endswith("_ms") for name, one in asked.items())


def test_every_role_has_a_word_and_every_group_holds_kinds_that_there_are():
    assert ROLE_WORDS.keys() == ROLES
    assert {kind for _, kinds in GROUPS.values() for kind in kinds} <= EVENTS.keys()


def test_an_alarm_offers_what_makes_sense_in_its_state(council, site):
    page = site.get(f"/alarms/{alarm_event(council)}").text
    for unit in ("kPa", "m H₂O", "kgf/cm²", "psi", "bar"):
        assert page.count(f" {unit}</") >= 2, unit  # value and limit
    assert forms(page) == ["acknowledge", "assess", "out_of_service", "observe", "note"]
    about = {"alarm": "P1/pore_pressure/above", "event": alarm_event(council)}
    council.act("ravshan", "acknowledge", {**about, "reason": HOSTILE})
    council.act("ravshan", "out_of_service", {"point": "P1", "until_ms": T0_MS * 2, "permit": "7", "reason": "x"})
    page = site.get(f"/alarms/{alarm_event(council)}").text
    assert forms(page) == ["assess", "release", "in_service", "observe", "note"]
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_form_is_offered_to_whose_role_may_sign_it(council, site):
    inspector = Browser(council, Visitor("irina", "Irina", "inspector", "c"))
    assert forms(inspector.get(f"/alarms/{alarm_event(council)}").text) == ["observe", "note"]
    administrator = Browser(council, Visitor("root", "Root", "administrator", "c"))
    assert forms(administrator.get(f"/alarms/{alarm_event(council)}").text) == []


def test_late_readings_of_an_alarm_are_one_row_of_the_journal_and_each_its_own_when_asked(council, rows, site):
    council.chain.take(rows.barometer(9), rows.piezometer(9))
    for scan in (2, 3, 4, 5, 6):
        hertz = RED if scan % 2 == 0 else 2900.0
        council.chain.take(rows.barometer(scan), rows.piezometer(scan, hertz=hertz))
    assert site.get("/alarms?group=alarms").text.count('class="kind-late"') == 1
    assert "readings: 3, from" in site.get("/alarms").text
    assert site.get("/alarms?each=yes").text.count('class="kind-late"') == 3


def test_an_older_event_of_an_alarm_leads_to_what_stands_now(council, rows, site):
    first = alarm_event(council)
    about = {"alarm": "P1/pore_pressure/above", "event": first, "reason": "looked at"}
    council.act("eva", "assess", {**about, "finding": "real", "decision": "follow_readings"})
    council.chain.take(rows.barometer(1), rows.piezometer(1))
    council.chain.take(rows.barometer(2), rows.piezometer(2, hertz=RED))
    page = site.get(f"/alarms/{first}").text
    assert f"alarms/{alarm_event(council)}" in page
    assert "This alarm was raised again since." in page
    assert "acknowledge" not in forms(page)


def test_looking_changes_nothing(council, site):
    before = council.chain.journal.counts()
    for path in ("/alarms", f"/alarms/{alarm_event(council)}", "/limits", "/limits/new", "/exercise", "/diary"):
        assert site.get(path).status_code == 200, path
        assert site.ask("HEAD", path).status_code == 200
        assert site.post(path).status_code == 405
    assert council.chain.journal.counts() == before


@pytest.mark.parametrize(
    "query", ["point=P9", "group=x", "level=black", "days=2", "before=-1", f"point={HOSTILE}"]
)
def test_the_journal_says_what_it_can_be_asked(site, query):
    answer = site.get(f"/alarms?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert "The parameter" in answer.text


def test_the_journal_is_filtered_and_goes_on_page_by_page(council, site):
    for number in range(60):
        council.act("eva", "note", {"text": f"note {number}", "at_ms": T0_MS, "point": "P1"})
    first = site.get("/alarms?group=people&point=P1").text
    assert ("note 59" in first, "note 10" in first, "note 9<" in first) == (True, True, False)
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = site.get(f"/alarms{older}").text
    assert ("note 9<" in second, "note 59" in second, 'rel="next"' in second) == (True, False, False)
    assert "note" not in site.get("/alarms?level=red").text.split("</form>")[-1]


def test_a_draft_is_checked_by_the_rules_of_a_set_and_compared(council, site):
    draft = draft_of(parse_set(set_text("joint-1", reason=HOSTILE)))
    draft["threshold"][0] |= {"yellow": "35,5", "delay_count": "1"}
    said = site.post("/api/v1/sets/draft", json={"draft": draft}).json()
    assert (said["problems"], said["understood"]["threshold[1].yellow"], said["kind"]) == ([], "35.5", "first")
    yellow = next(one for one in said["changes"] if one["place"].endswith(": yellow"))
    assert (yellow["before"], yellow["after"], yellow["verdict"], said["against"]) == (
        "40.0",
        "35.5",
        "tighter",
        "s1",
    )
    assert said["needs"] == ["2 of 2 approvals", "an authority of UZ", "an authority of KZ"]
    assert parse_set(said["toml"]).digest == said["digest"]
    council.submit("ravshan", said["toml"])
    again = site.post("/api/v1/sets/draft", json={"draft": draft}).json()
    assert [one["place"] for one in again["problems"]] == ["set.id"]


def test_every_fault_of_a_draft_comes_at_once_with_its_place(site):
    draft = draft_of(parse_set(set_text("joint-1", "other")))
    draft["threshold"][0] |= {"yellow": "70", "point": "P9", "deadband": "1e3", "only": "x"}
    draft["action"] = []
    places = {one["place"] for one in site.post("/api/v1/sets/draft", json={"draft": draft}).json()["problems"]}
    assert {"threshold[1].deadband", "threshold[1].only"} <= places
    draft["threshold"][0] |= {"deadband": "1"}
    del draft["threshold"][0]["only"]
    places = {one["place"] for one in site.post("/api/v1/sets/draft", json={"draft": draft}).json()["problems"]}
    assert {"threshold[1].yellow", "threshold[1].orange", "threshold[1].red"} <= places


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"draft": 1}', '{"draft": {"set": {"id": "\\ud800"}}}', "[" * 9000]
)
def test_what_is_no_draft_is_a_sentence(site, body):
    answer = site.post("/api/v1/sets/draft", content=body)
    assert answer.status_code in (200, 400)
    assert answer.json().get("problems") or answer.json()["message"]


def test_a_form_begins_with_the_rules_in_force_and_no_number_before_the_first_set(council, site):
    first = site.get("/limits/new").text
    assert 'data-key="yellow" data-form="number" data-unit="kPa" value=""' in first
    assert "in force: 40 kPa" in first
    council.submit("ravshan", set_text("joint-1", reason=HOSTILE))
    for person in ("anna", "askar"):
        council.approve(person, "joint-1")
    after = site.get("/limits/new").text
    assert 'data-key="yellow" data-form="number" data-unit="kPa" value="40"' in after
    assert 'data-key="follows" data-form="text" data-unit="" value="joint-1"' in after
    assert (HOSTILE in after, site.get("/limits/new?from=nothing").status_code) == (False, 404)


def test_what_may_be_said_of_a_set_and_who_has_to(council, site):
    council.submit("ravshan", set_text("joint-1"))
    council.approve("anna", "joint-1")
    council.say("set_object", "askar", "joint-1", reason=HOSTILE)
    page = site.get("/limits").text
    assert forms(page) == ["set_approve", "set_object", "set_withdraw"]
    assert "1 of 2 approvals; an authority of KZ; Askar, who objects, approves it" in page
    assert HOSTILE not in page
    russian = site.get("/limits?lang=ru").text
    assert "утверждений: 1 из 2; орган государства KZ; Askar возражает" in russian


def test_exercise_diary_commissioning_and_history(council, site):
    assert forms(site.get("/exercise").text) == ["exercise_begin"]
    council.act("eva", "diary", {"work": "pumping", "from_ms": T0_MS - 1000, "text": HOSTILE, "section": "A"})
    council.act("eva", "commissioning_begun", {"point": "P1", "from_ms": T0_MS, "reason": HOSTILE})
    diary = site.get("/diary").text
    assert (forms(diary), HOSTILE in diary) == (["diary", "diary_end", "diary_withdraw"], False)
    page = site.get("/commissioning").text
    assert (forms(page), HOSTILE in page) == (["baseline_accepted", "commissioning_begun"], False)
    page = site.get("/recompute").text
    assert (forms(page), page.count(site_digest(council.chain.site))) == (["recompute"], 2)
    with council.chain.store.transaction():  # as the judgement does once an answer to the air is accepted
        council.chain.store.recomputes.judged_by("5" * 64, T0_MS)
    assert site.get("/recompute").text.count("5" * 64) == 2


def test_a_running_exercise_offers_what_belongs_to_it(council):
    ends = {"until_ms": T0_MS + 3_600_000, "siren_authority": "anna"}
    council.act("eva", "exercise_begin", {"exercise": "e1", "name": HOSTILE, **ends})
    opened = Browser(council)
    page = opened.get("/exercise").text
    assert forms(page) == ["exercise_event", "siren_release", "exercise_end"]
    assert HOSTILE not in page
    assert "stay silent until anna releases them" in page


def test_a_photo_that_an_observation_names_can_be_sent_and_is_shown(council, site):
    photo = "ab" * 32
    seen = {
        "place": "P1",
        "what": "boil",
        "level": "orange",
        "seen_ms": T0_MS,
        "text": "turbid",
        "photos": [photo],
    }
    act = council.act("eva", "observe", seen)
    assert HandReader(council.chain.folder / "store.sqlite").photo_bytes(photo) == 5_000_000
    assert f"api/v1/photos/{photo}" in site.get(f"/alarms/{act}").text


def test_pages_are_small_and_whole_in_russian(council, site):
    for path in ("/alarms", "/limits/new", "/exercise", "/diary", "/commissioning", "/recompute"):
        answer = site.get(f"{path}?lang=ru")
        assert len(answer.content) < 100_000, path
        assert ">Acknowledge<" not in answer.text
        assert 'lang="ru"' in answer.text
