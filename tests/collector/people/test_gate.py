"""Who may see what: the table is whole, reading is open here alone while nobody has an account, headers stand."""

import pytest
from starlette.routing import Route

from collector.people import readers
from collector.people.accounts import invite, lock
from collector.people.gate import ruled
from collector.people.paths import READS, WRITES, Rule, Who
from tests.collector.people.conftest import AFAR, CSRF, HERE

SPELLINGS = (
    "//", "/./api/v1/state", "/api/v1/state/", "/API/v1/state", "/api//v1/state", "/static/..%2f..%2fpolicy.toml",
    "/hand%2f", "/%68and", "/hand;x", "/api/v1/state%00", "/field/../audit", "/field/..%2faudit",
)  # fmt: skip
FORWARDED = ({"X-Forwarded-For": AFAR}, {"Forwarded": "for=192.0.2.9"}, {"X-Real-IP": AFAR}, {"Via": "1.1 x"})


def rows(house) -> list[tuple[str, Rule]]:
    """Return the rows of the pages that are there; the table may have one before its page is built."""
    return [(one.path, READS[one.path]) for one in house.app.routes if "GET" in one.methods]


def plain(path: str) -> str:
    return path.replace("{", "").replace("}", "")


def test_every_route_stands_in_the_table(opened):
    reads, writes = set(), set()
    for route in opened.app.routes:
        assert isinstance(route, Route), f"{route} can hold anything: what is below it stands in no table"
        (reads if route.methods & {"GET"} else writes).add(route.path)
    assert sorted(reads - READS.keys()) == []
    assert sorted(writes - WRITES.keys()) == []


def test_what_stands_in_no_row_is_refused(opened):
    def route(request):
        raise AssertionError

    scope = {"type": "http", "path": "/new", "method": "POST", "headers": []}
    assert ruled([Route("/new", route, methods=["POST"])], scope) == ("/new", None)
    assert ruled([Route("/", route)], scope) == ("", None)


async def test_while_nobody_has_an_account_this_machine_alone_reads(opened):
    assert not opened.book.is_there()
    async with opened.browser(HERE) as here, opened.browser(AFAR) as afar:
        page = await here.get("/?lang=ru")
        assert page.status_code == 200
        assert "Пока ни у кого нет учётной записи" in page.text
        assert (await here.get("/api/v1/state")).status_code == 200
        assert (await here.get("/audit")).headers["location"] == "./signin?next=audit"
        assert "collector people add" in (await here.get("/signin")).text
        refused = await here.post("/signin", data={"person": "observer", "password": "x"})
        assert refused.status_code == 403
        assert not opened.book.is_there()
        assert (await afar.get("/api/v1/state")).status_code == 401
        assert (await afar.get("/hand")).headers["location"] == "./signin?next=hand"
        for header in FORWARDED:
            assert (await here.get("/api/v1/state", headers=header)).status_code == 401, header
        other = {"Host": "dam.evil.example"}  # its name leads to 127.0.0.1: DNS rebinding
        assert (await here.get("/api/v1/state", headers=other)).status_code == 401


async def test_from_the_first_account_on_nobody_reads_unasked_on_any_route(house):
    async with house.browser(HERE) as here:
        for path, rule in rows(house):
            answer = await here.get(plain(path))
            if rule.who in (Who.READER, Who.PERSON, Who.UNPROVEN):
                expected = 401 if path.startswith("/api/") else 303
            elif rule.who is Who.OWN_PROOF:
                expected = 401
            else:
                continue
            assert answer.status_code == expected, path
            assert "dam" not in answer.text.replace("Seepline", ""), path


async def test_every_answer_to_a_browser_has_the_headers(house):
    async with house.browser(HERE, "https") as here:
        assert (await house.join("inspector", here)).status_code == 303
        for path, rule in rows(house):
            if rule.who is Who.OWN_PROOF:
                continue
            answer = await here.get(plain(path))
            assert answer.status_code < 500, path
            assert "default-src 'none'" in answer.headers["content-security-policy"], path
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer"), path
            assert answer.headers["cache-control"], path
            assert answer.headers["strict-transport-security"] == "max-age=31536000", path
            assert "unsafe" not in answer.headers["content-security-policy"], path


async def test_plain_http_has_no_hsts(house):
    async with house.browser(HERE) as here:
        assert "strict-transport-security" not in (await here.get("/signin")).headers


async def test_a_token_reads_what_it_is_for_until_it_ends_or_is_revoked(house):
    day_ms = 86_400_000
    ends_ms = house.real_ms + day_ms
    audit = readers.add(house.book, readers.AUDIT, "head keeper", house.real_ms, ends_ms)
    state = readers.add(house.book, readers.STATE, "panel", house.real_ms, ends_ms)
    read = readers.add(house.book, readers.READ, "a program", house.real_ms, ends_ms)
    expected = {
        "/api/v1/state": (200, 200, 200),
        "/api/v1/acts": (200, 403, 200),
        "/api/v1/diary": (403, 403, 200),
        "/": (403, 403, 200),
        "/audit": (403, 403, 403),
        "/people": (403, 403, 403),
    }
    async with house.browser() as program:
        for path, statuses in expected.items():
            for token, status in zip((audit, state, read), statuses, strict=True):
                answer = await program.get(path, headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code == status, (path, status)
        assert (await program.post("/signout", headers={"Authorization": f"Bearer {read}"})).status_code == 403
        for odd in (
            "Bearer",
            "Bearer x",
            f"Token {read}",
            f"Bearer {read}x",
            f"Bearer {'a' * 5000}",
            "Bearer \xe9" * 9,
        ):
            answer = await program.get("/api/v1/state", headers={"Authorization": odd.encode("latin-1")})
            assert answer.status_code == 401, odd
        (kept, *_) = readers.tokens(house.book)
        assert kept.used_ms == house.real_ms
        assert audit not in house.book.path.read_bytes().decode("latin-1")
        readers.revoke(house.book, kept.id)
        assert (await program.get("/api/v1/acts", headers={"Authorization": f"Bearer {audit}"})).status_code == 401
        house.real_ms += day_ms
        assert (await program.get("/", headers={"Authorization": f"Bearer {read}"})).status_code == 401


async def test_a_role_sees_the_sign_ins_that_are_for_it(house):
    async with house.browser() as observer, house.browser() as inspector:
        await house.join("observer", observer)
        await house.join("inspector", inspector)
        assert "The inspector" in (await observer.get("/people")).text
        theirs, own = (await inspector.get("/audit")).text, (await observer.get("/audit")).text
        assert ">observer</td>" in theirs
        assert ">inspector</td>" not in own.partition("My sign-ins")[2]


async def test_whose_account_is_locked_or_whose_time_is_over_is_out_at_once(house):
    async with house.browser() as browser:
        await house.join("observer", browser)
        assert (await browser.get("/")).status_code == 200
        lock(house.book, "observer", True)
        assert (await browser.get("/")).status_code == 303
        lock(house.book, "observer", False)
        assert (await browser.get("/")).status_code == 303  # its sessions have ended
        assert (await house.sign_in("observer", browser)).status_code == 303
        text = house.persons.policy_text().replace('id = "observer"', 'id = "somebody"')
        (house.data / "policy.toml").write_text(text)
        assert (await browser.get("/")).status_code == 303
        house.persons.write_policy(house.data)
        assert (await browser.get("/")).status_code == 200


async def test_a_damaged_file_of_accounts_opens_nothing(house):
    kept = house.book.path.read_bytes()
    house.book.path.write_bytes(b"not a database" * 100)
    try:
        async with house.browser(HERE) as here:
            assert (await here.get("/api/v1/state")).status_code == 503
            assert (await here.get("/ping")).status_code in (204, 503)
    finally:
        house.book.path.write_bytes(kept)


@pytest.mark.parametrize("path", SPELLINGS)
async def test_no_spelling_of_a_path_goes_round_the_gate(house, path):
    async with house.browser(HERE) as here:
        answer = await here.get(f"http://127.0.0.1:8000{path}", follow_redirects=False)
        assert answer.status_code in (303, 307, 401, 404), (path, answer.status_code)
        assert "instruments valid" not in answer.text


async def test_an_invited_person_is_listed_with_what_is_known(house):
    invite(house.book, "authority", house.real_ms)
    async with house.browser() as browser:
        await house.join("inspector", browser)
        page = (await browser.get("/people")).text
        assert "invited, no password yet" in page
        assert CSRF.search((await browser.get("/me")).text)
