"""Every role, token and stranger at every route: the gate lets through whom its table names, and nobody else."""

import re
from collections.abc import Iterator

import httpx
import pytest

from collector.people import readers
from collector.people.gate import Gate
from collector.people.paths import READS, WRITES, Rule, Who
from seepline.acts.roles import ROLES
from tests.collector.people.conftest import AFAR, CSRF

EVERYBODY = (Who.ANYBODY, Who.OWN_PROOF, Who.DOOR)  # the route itself asks for a proof, or tells nothing


async def through(scope, receive, send) -> None:
    """Stand in the place of the routes: whoever comes here was let through."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def gate(house) -> httpx.ASGITransport:
    """The collector's own gate before its own routes, of which none is run."""
    (desk,) = [one.kwargs["desk"] for one in house.app.user_middleware if one.cls is Gate]
    return httpx.ASGITransport(app=Gate(through, desk, house.app.routes), client=(AFAR, 4711))


def routes(house) -> Iterator[tuple[str, str, Rule]]:
    for route in house.app.routes:
        for method in route.methods:
            rule = (READS if method in ("GET", "HEAD") else WRITES)[route.path]
            yield method, re.sub(r"[{}]", "", route.path), rule


async def let_through(house, gate, **headers: str) -> dict[tuple[str, str], bool]:
    async with httpx.AsyncClient(transport=gate, base_url="http://127.0.0.1:8000") as client:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        asked = [(method, path) for method, path, _ in routes(house)]
        answers = {one: (await client.request(*one, headers=named)).status_code for one in asked}
    assert set(answers.values()) <= {299, 303, 401, 403}
    return {one: status == 299 for one, status in answers.items()}


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_a_role_at_every_route(house, gate, role):
    async with house.browser() as browser:
        await house.join(role, browser)
        csrf = CSRF.search((await browser.get("/me")).text)[1]
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    expected = {
        (method, path): rule.who in EVERYBODY or role in rule.roles for method, path, rule in routes(house)
    }
    assert await let_through(house, gate, Cookie=cookie, X_Seepline_CSRF=csrf) == expected


async def test_without_its_csrf_value_a_session_reads_and_changes_nothing(house, gate):
    async with house.browser() as browser:
        await house.join("operator", browser)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    kept = (*EVERYBODY, Who.READER)  # what a reader posts is kept by nobody
    expected = {
        (method, path): method in ("GET", "HEAD") or rule.who in kept for method, path, rule in routes(house)
    }
    assert await let_through(house, gate, Cookie=cookie) == expected


@pytest.mark.parametrize("purpose", sorted(readers.PURPOSES))
async def test_a_token_at_every_route(house, gate, purpose):
    secret = readers.add(house.book, purpose, "a program", house.real_ms, house.real_ms + 1000)
    expected = {
        (method, path): rule.who in EVERYBODY or (rule.who is Who.READER and purpose in rule.purposes)
        for method, path, rule in routes(house)
    }
    assert await let_through(house, gate, Authorization=f"Bearer {secret}") == expected


@pytest.mark.parametrize("authorization", ["", "Bearer none", "Token none", "Basic Og=="])
async def test_a_stranger_at_every_route(house, gate, authorization):
    expected = {(method, path): rule.who in EVERYBODY for method, path, rule in routes(house)}
    assert (
        await let_through(house, gate, **({"Authorization": authorization} if authorization else {})) == expected
    )
