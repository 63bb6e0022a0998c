"""What an attacker tries at the door, one test each: refused, written down, and nothing learned."""

import asyncio
import re
import stat

import pytest
from argon2 import PasswordHasher

from collector.people import password as passwords
from collector.people.accounts import INVITED_FOR_MS, invite
from collector.people.log import newest
from collector.people.sessions import IDLE_MS, LONGEST_MS
from tests.collector.people.conftest import AFAR, CSRF, HERE, PASSWORD, SECRET

NOBODY = passwords._NOBODY
COOKIE = "seepline_session"
SCRIPT = '"><script>alert(1)</script>'


ELSEWHERE = (
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "..//evil.example", "%2f%2fevil.example", "hand\r\nSet-Cookie: a=b", " //evil.example", ".//evil.example",
)  # fmt: skip


def without_what_differs(page: str) -> str:
    return re.sub(r'value="[0-9a-f]{64}"', "", page)


async def test_a_session_that_was_planted_is_never_the_one_that_signs_in(house):
    async with house.browser() as victim, house.browser() as attacker:
        await house.join("observer", victim)
        victim.cookies.clear()
        victim.cookies.set(COOKIE, "planted-by-the-attacker", domain="127.0.0.1")
        answer = await house.sign_in("observer", victim)
        fresh = answer.cookies[COOKIE]
        assert fresh != "planted-by-the-attacker"
        attacker.cookies.set(COOKIE, "planted-by-the-attacker", domain="127.0.0.1")
        assert (await attacker.get("/")).status_code == 303
        attacker.cookies.set(COOKIE, fresh, domain="127.0.0.1")  # one of the attacker's own, given to the victim
        victim.cookies.set(COOKIE, fresh, domain="127.0.0.1")
        assert (await house.sign_in("observer", victim)).cookies[COOKIE] != fresh
        assert (await attacker.get("/")).status_code == 303


async def test_the_cookie_is_for_the_browser_alone(house):
    async with house.browser(HERE) as plain, house.browser(HERE, "https") as secure:
        await house.join("observer", plain)
        said = (await house.sign_in("observer", plain)).headers["set-cookie"]
        assert "HttpOnly" in said
        assert "samesite=lax" in said.lower()
        assert "Secure" not in said
        said = (await house.sign_in("observer", secure)).headers["set-cookie"]
        assert said.startswith("__Host-seepline_session=")
        assert "Secure" in said
        assert "Path=/" in said
        assert "Domain" not in said
        kept = house.book.path.read_bytes()
        for browser in (plain, secure):
            assert next(iter(browser.cookies.values())).encode() not in kept
        assert stat.S_IMODE(house.book.path.stat().st_mode) == 0o600


async def test_nobody_learns_which_names_exist(house, monkeypatch):
    async with house.browser() as browser:
        await house.join("inspector", browser)
        await house.join("operator", browser)
    work, verify = [], passwords._HASHER.verify

    class Counted:
        def verify(self, kept, password):
            work.append(kept)
            return verify(kept, password)

    monkeypatch.setattr(passwords, "_HASHER", Counted())
    tries = {
        "wrong password": ("inspector", "not that one at all", ""),
        "unknown name": ("nobody-of-this-name", PASSWORD, ""),
        "in the policy, no account": ("accountable_executive", PASSWORD, ""),
        "invited, no password": ("observer", "", ""),
        "code wrong": ("operator", PASSWORD, "000000"),
        "code lacking": ("operator", PASSWORD, ""),
        "empty": ("", "", ""),
        "not appointed any more": ("ended", PASSWORD, ""),
    }
    invite(house.book, "observer", house.real_ms)
    invite(house.book, "ended", house.real_ms)
    with house.book.open() as db:
        db.execute("UPDATE account SET password = (SELECT password FROM account WHERE person = 'inspector')"
                   " WHERE person = 'ended'")  # fmt: skip
    pages = {}
    for number, (what, (name, password, code)) in enumerate(tries.items()):
        async with house.browser(f"192.0.2.{number}") as browser:
            work.clear()
            answer = await browser.post("/signin", data={"person": name, "password": password, "code": code})
            pages[what] = (answer.status_code, answer.text, sorted(answer.headers.items()))
            assert len(work) == 1, what
    assert len({repr(one) for one in pages.values()}) == 1, {key: one[0] for key, one in pages.items()}
    said = {(one.person, one.said) for one in newest(house.book, len(tries))}
    assert said == {
        ("inspector", "name or password"), ("", "unknown name"), ("operator", "code"),
        ("ended", "name or password"),
    }  # fmt: skip
    assert "nobody-of-this-name" not in house.book.path.read_bytes().decode("latin-1")  # it may be a password


async def test_guessing_waits_longer_each_time_for_names_that_exist_and_for_others(house):
    async with house.browser() as browser:
        await house.join("inspector", browser)
    waits = {}
    for name in ("inspector", "no-such-name"):
        found = []
        for number in range(12):
            async with house.browser(f"198.51.100.{number}") as browser:
                answer = await browser.post("/signin", data={"person": name, "password": "guess"})
            if answer.status_code == 429:
                found.append(int(answer.headers["retry-after"]))
                house.real_ms += 1000 * found[-1]
            else:
                assert answer.status_code == 403
        waits[name] = found
    assert waits["inspector"] == waits["no-such-name"] == [1, 2, 4]
    async with house.browser() as browser:  # the owner is let in after the wait, and the name begins anew
        answer = await house.sign_in("inspector", browser)
        assert answer.status_code == 429
        house.real_ms += 1000 * int(answer.headers["retry-after"])
        assert (await house.sign_in("inspector", browser)).status_code == 303
        assert (await browser.post("/signin", data={"person": "inspector", "password": "no"})).status_code == 403


async def test_many_guesses_at_once_are_as_slow_as_one_after_another(house):
    async def guess(browser, number):
        return (await browser.post("/signin", data={"person": "authority", "password": f"{number}"})).status_code

    async with house.browser() as browser:
        found = await asyncio.gather(*(guess(browser, number) for number in range(20)))
    assert found.count(403) == 6
    assert found.count(429) == 14


async def test_one_address_does_not_try_many_names(house):
    async with house.browser("203.0.113.5") as browser:
        for number in range(31):
            answer = await browser.post("/signin", data={"person": f"name{number}", "password": "x"})
            assert answer.status_code == 403
        assert (await browser.post("/signin", data={"person": "other", "password": "x"})).status_code == 429


async def test_a_code_counts_once_and_an_old_one_never(house):
    async with house.browser() as browser:
        await house.join("operator", browser)
        code = house.code("operator")
        about = {"person": "operator", "password": PASSWORD, "code": code}
        assert (await browser.post("/signin", data=about)).status_code == 303
        assert (await browser.post("/signin", data=about)).status_code == 403
        assert (await house.sign_in("operator", browser)).status_code == 303
        house.real_ms += 30_000
        assert (await browser.post("/signin", data=about)).status_code == 403


async def test_one_code_at_two_places_at_once_opens_one(house):
    async with house.browser() as one, house.browser() as other:
        await house.join("operator", one)
        about = {"person": "operator", "password": PASSWORD, "code": house.code("operator")}
        answers = await asyncio.gather(one.post("/signin", data=about), other.post("/signin", data=about))
        assert sorted(one.status_code for one in answers) == [303, 403]


async def test_a_password_alone_opens_nothing_to_a_role_that_signs(house):
    async with house.browser() as browser:
        secret = invite(house.book, "authority", house.real_ms)
        answer = await browser.post("/invite", data={"invitation": secret, "password": PASSWORD})
        assert answer.status_code == 303
        for path in ("/", "/people", "/audit", "/me", "/key"):
            assert (await browser.get(path)).headers["location"] == "./totp", path
        assert (await browser.get("/api/v1/state")).status_code == 401
        page = await browser.get("/totp")
        assert SECRET.search(page.text)[1] == SECRET.search((await browser.get("/totp")).text)[1]
        wrong = await browser.post("/totp", data={"csrf": CSRF.search(page.text)[1], "code": "123456"})
        assert wrong.status_code == 403


async def test_a_form_of_another_site_does_nothing(house):
    async with house.browser() as browser:
        await house.join("observer", browser)
        csrf = CSRF.search((await browser.get("/me")).text)[1]
        evil = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
                {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"})  # fmt: skip
        for path in ("/signout", "/me/password", "/me/sessions", "/totp"):
            for headers in evil:
                answer = await browser.post(path, data={"csrf": csrf}, headers=headers)
                assert answer.status_code == 403, (path, headers)
            for given in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": csrf[:-1]}, {"csrf": "ы"}):
                assert (await browser.post(path, data=given)).status_code == 403, (path, given)
        for headers in evil:
            answer = await browser.post(
                "/signin", data={"person": "observer", "password": PASSWORD}, headers=headers
            )
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
        assert (await browser.get("/")).status_code == 200  # nobody was signed out
        own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8000"}
        assert (await browser.post("/signout", headers={**own, "X-Seepline-CSRF": csrf})).status_code == 415
        assert (await browser.post("/signout", data={"csrf": csrf}, headers=own)).status_code == 303


async def test_the_csrf_value_of_one_session_is_worth_nothing_in_another(house):
    async with house.browser() as one, house.browser() as other:
        await house.join("observer", one)
        await house.sign_in("observer", other)
        theirs = CSRF.search((await other.get("/me")).text)[1]
        assert (await one.post("/signout", data={"csrf": theirs})).status_code == 403


async def test_a_cookie_that_was_stolen_ends_with_its_session(house):
    async with house.browser() as owner, house.browser() as thief:
        await house.join("observer", owner)
        for how in ("here", "everywhere", "password", "idle", "old", "list"):
            await house.sign_in("observer", owner)
            thief.cookies.set(COOKIE, owner.cookies[COOKIE], domain="127.0.0.1")
            assert (await thief.get("/")).status_code == 200, how
            me = await owner.get("/me")
            csrf = CSRF.search(me.text)[1]
            if how in ("here", "everywhere"):
                more = {"everywhere": "yes"} if how == "everywhere" else {}
                await owner.post("/signout", data={"csrf": csrf, **more})
            elif how == "password":
                changed = {"csrf": csrf, "password": PASSWORD, "new": PASSWORD + "!", "again": PASSWORD + "!"}
                await house.sign_in("observer", other := house.browser())
                thief.cookies.set(COOKIE, other.cookies[COOKIE], domain="127.0.0.1")
                assert (await owner.post("/me/password", data=changed)).status_code == 200
                assert (await owner.get("/")).status_code == 200
                changed |= {"password": PASSWORD + "!", "new": PASSWORD, "again": PASSWORD}
                await owner.post("/me/password", data=changed)
                await other.aclose()
            elif how == "idle":
                house.real_ms += IDLE_MS + 1
            elif how == "old":
                for _ in range(LONGEST_MS // (IDLE_MS // 2) + 1):
                    house.real_ms += IDLE_MS // 2
                    last = (await owner.get("/")).status_code
                assert last == 303
            else:
                await house.sign_in("observer", other := house.browser())
                page = (await other.get("/me")).text
                csrf = CSRF.search(page)[1]
                for number in re.findall(r'name="session" value="(\d+)"', page):
                    await other.post("/me/sessions", data={"csrf": csrf, "session": number})
                assert (await other.get("/")).status_code == 200
                await other.aclose()
            assert (await thief.get("/")).status_code == 303, how


async def test_nobody_ends_the_session_of_another_person(house):
    async with house.browser() as inspector, house.browser() as observer:
        await house.join("inspector", inspector)
        await house.join("observer", observer)
        csrf = CSRF.search((await observer.get("/me")).text)[1]
        for number in range(1, 60):
            await observer.post("/me/sessions", data={"csrf": csrf, "session": str(number)})
        assert (await inspector.get("/")).status_code == 200


async def test_an_invitation_counts_once_for_a_day_and_a_new_one_ends_the_old(house):
    async with house.browser() as browser:
        first, second = (invite(house.book, "inspector", house.real_ms) for _ in range(2))
        form = {"password": PASSWORD}
        assert (await browser.post("/invite", data={**form, "invitation": first})).status_code == 403
        for bad in ("short", "inspector", "The inspector", "aaaaaaaaaaaaaaaa", "ПАРОЛЬпароль", "a" * 201):
            answer = await browser.post("/invite", data={"invitation": second, "password": bad})
            assert answer.status_code == 400, bad
        assert (await browser.post("/invite", data={**form, "invitation": second})).status_code == 303
        assert (await browser.post("/invite", data={**form, "invitation": second})).status_code == 403
        third = invite(house.book, "inspector", house.real_ms)
        assert (await browser.get("/")).status_code == 303  # a reset ends the sessions
        house.real_ms += INVITED_FOR_MS
        assert (await browser.post("/invite", data={**form, "invitation": third})).status_code == 403
        assert (await browser.post("/invite", data={**form, "invitation": ""})).status_code == 403
        assert third not in house.book.path.read_bytes().decode("latin-1")


async def test_what_is_no_form_is_refused_in_one_sentence(house):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    odd = {
        413: (b"a=" + b"x" * 20_000, form),
        415: (b'{"person": "observer"}', {"Content-Type": "application/json"}),
        400: (b"&".join(b"a%d=1" % number for number in range(100)), form),
    }
    async with house.browser() as browser:
        for status, (body, headers) in odd.items():
            answer = await browser.post("/signin", content=body, headers=headers)
            assert answer.status_code == status
            assert "Traceback" not in answer.text
        for body in (b"person=%ff%fe&password=x", b"\xff=1", b"person=a%00b&password=x"):
            assert (await browser.post("/signin", content=body, headers=form)).status_code == 400, body
        files = {"person": ("x.html", b"<script>")}
        assert (await browser.post("/signin", files=files)).status_code == 415


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_after_signing_in_nobody_is_sent_elsewhere(house, wanted):
    async with house.browser() as browser:
        await house.join("observer", browser)
        page = await browser.get("/signin", params={"next": wanted})
        assert 'name="next" value=""' in page.text
        answer = await house.sign_in("observer", browser, next=wanted)
        assert answer.headers["location"] == "./"


async def test_after_signing_in_the_page_that_was_asked_for_comes(house):
    async with house.browser() as browser:
        await house.join("observer", browser)
        browser.cookies.clear()
        to = (await browser.get("/replay?set=demo&days=7")).headers["location"]
        page = await browser.get(f"/{to.removeprefix('./')}")
        assert 'name="next" value="replay?set=demo&amp;days=7"' in page.text
        answer = await house.sign_in("observer", browser, next="replay?set=demo&days=7")
        assert answer.headers["location"] == "./replay?set=demo&days=7"


async def test_a_script_stays_a_text_in_every_field(house):
    house.act("operator", "note", {"text": SCRIPT, "at_ms": 1_451_635_200_000})
    async with house.browser(User_Agent=SCRIPT) as browser:
        await house.join("inspector", browser)
        await browser.post("/signin", data=dict.fromkeys(("person", "password", "code", "next"), SCRIPT))
        await browser.post("/invite", data=dict.fromkeys(("invitation", "password"), SCRIPT))
        await house.sign_in("inspector", browser, next=SCRIPT)
        pages = [await browser.get(path) for path in ("/me", "/people", "/key", "/audit")]
        pages.append(await browser.get("/audit", params={"person": SCRIPT, "kind": SCRIPT, "before": SCRIPT}))
        pages.append(await browser.get("/signin", params={"next": SCRIPT, "lang": SCRIPT}))
        for page in pages:
            assert page.status_code == 200, page.url
            assert "<script>alert" not in page.text, page.url
        assert "&lt;script&gt;alert" in pages[0].text  # the browser's name
        assert "&lt;script&gt;alert" in pages[3].text  # the note


async def test_sql_in_every_field_changes_and_finds_nothing(house):
    text = "' OR '1'='1'; DROP TABLE account; --"
    async with house.browser() as browser:
        await house.join("inspector", browser)
        for path, names in {
            "/signin": ("person", "password", "code"),
            "/invite": ("invitation", "password"),
        }.items():
            assert (await browser.post(path, data=dict.fromkeys(names, text))).status_code == 403
        page = await browser.get("/audit", params={"person": text, "kind": text})
        assert "No such act." in page.text
        assert (await browser.get("/people")).status_code == 200


async def test_the_audit_page_shows_the_chain_that_verifies(house):
    from seepline.acts.chain import audited

    house.act("operator", "note", {"text": "wet patch", "at_ms": 1_451_635_200_000})
    kept = house.rooms.journal.acts.after(0, 1000)
    audit = audited(kept)
    assert house.rooms.journal.acts.heads(30) == list(reversed(audit.heads))
    async with house.browser() as browser:
        await house.join("inspector", browser)
        page = (await browser.get("/audit")).text
        assert audit.head in page
        assert "wet patch" in page
        assert "wet patch" not in (await browser.get("/audit?person=observer")).text
        assert "wet patch" in (await browser.get("/audit?person=operator&kind=note")).text
        older = (await browser.get(f"/audit?before={kept[-1].line}")).text
        assert "wet patch" not in older
        assert (await browser.get("/audit?kind=policy")).text.count('data-name="Link"') == audit.policies


async def test_afar_and_here_are_one_to_the_gate_once_accounts_exist(house):
    async with house.browser(AFAR) as afar, house.browser(HERE) as here:
        assert without_what_differs((await afar.get("/signin")).text) == (await here.get("/signin")).text


def test_passwords_are_kept_as_argon2id_of_rfc_9106_and_an_unknown_name_costs_the_same():
    hasher = PasswordHasher()
    assert (hasher.memory_cost, hasher.time_cost, hasher.parallelism) == (65_536, 3, 4)
    kept = hasher.hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not hasher.check_needs_rehash(NOBODY)
    assert passwords.fits(kept, PASSWORD)
    assert not passwords.fits("", "nobody")
    assert not passwords.fits("damaged", PASSWORD)
    assert passwords.fits(kept, PASSWORD.replace("four", "ｆｏｕｒ"))


async def test_a_flood_of_sign_ins_leaves_threads_for_the_pages(house):
    places = passwords._PLACES
    held = 0
    while places.acquire(blocking=False):
        held += 1
    try:
        assert held == 8
        async with house.browser() as browser:
            answer = await browser.post("/signin", data={"person": "authority", "password": PASSWORD})
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"
    finally:
        for _ in range(held):
            places.release()
