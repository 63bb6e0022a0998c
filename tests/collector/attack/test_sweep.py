"""Every route is asked hostile things, in every parameter that its source reads: never a fault, never a script."""

import gzip
import importlib
import inspect
import pkgutil
import re
from urllib.parse import quote

import pytest

from collector.body import MAX_BODY_BYTES
from collector.openapi.document import OPERATIONS, parameters_of
from tests.collector.attack.conftest import EVIL, SCRIPT, T0_MS

_READ = re.compile(
    r"(?:query_params(?:\.get\(|\[)|query\.get\(|_one_of\(\w+, |whole\(request, |_choice\(request, )\"(\w+)\""
)
WORST = (quote(EVIL), "0" * 20 + "9" * 30, "--5")
MORE = (
    "%D9%A3", "%00", "%ED%A0%80", "1e999", "a" * 5000, "", "-1", "9007199254740993", "%0d%0aSet-Cookie:%20a=b",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
)  # fmt: skip
BODIES = (
    b"", b"\xff\xfe\x00", b"[]", b"{}", b'"x"', b"null", b"NaN", b"[" * 100_000, b'{"a":' * 50_000,
    b'{"draft": {"a": 1e999}}', b'{"draft": {"set": {"id": "\\ud800"}}}',
    b'{"kind": "\\ud800", "person": "\\u0000"}',
    b"1" * 5000, b'{"run": "a", "at_ms": ' + b"9" * 400 + b', "devices": []}',
    b'{"run": "a", "at_ms": 1, "devices": [{"device": "a", "bus": "\\ud800", "ok": 1, "counts": {"\\ud800": 1}}]}',
    EVIL.encode(), b"raw,site=dam,logger=a,block=0 f=1e999 1\n", b"raw,site=dam " + b"\\" * 5000, b"a=%zz&b=%00",
)  # fmt: skip
ROUTES_READ = "GET"


def names_in(module: str) -> set[str]:
    """Return the parameters that a module of the collector reads, with those of its room."""
    room = importlib.import_module(module.rpartition(".")[0]) if module.count(".") > 1 else None
    found = [importlib.import_module(module)]
    if room is not None and hasattr(room, "__path__"):
        found += [
            importlib.import_module(f"{room.__name__}.{one.name}") for one in pkgutil.iter_modules(room.__path__)
        ]
    return {name for one in found for name in _READ.findall(inspect.getsource(one))}


def questions(app) -> list[tuple[str, str]]:
    """Return (path, parameter) of every route that is read; '' is one in the path."""
    described = {
        one.path: {each.name for each in parameters_of(one) if each.where == "query"} for one in OPERATIONS
    }
    asked = []
    for route in app.routes:
        if ROUTES_READ in route.methods:
            names = names_in(route.endpoint.__module__) | described.get(route.path, set()) | {"lang"}
            asked += [(route.path, name) for name in sorted(names)]
            asked += [(route.path, "")] if "{" in route.path else []
    return asked


def filled(path: str, text: str) -> str:
    return re.sub(r"{\w+}", lambda _: text, path)


def harmless(answer) -> None:
    assert answer.status_code < 500, answer.text
    assert "set-cookie" not in answer.headers or "a=b" not in answer.headers["set-cookie"]
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert SCRIPT not in answer.text
        assert "onerror=alert(1)>" not in answer.text
        assert not re.search(r"(?<![{$])\b49\b/etc/passwd", answer.text)
    assert "root:" not in answer.text[:200]


def test_the_parameters_are_found(fort):
    asked = questions(fort.app)
    assert {("/", "days"), ("/replay", "days"), ("/api/v1/events", "kind"), ("/alarms", "point")} <= set(asked)


@pytest.mark.parametrize("texts", [WORST, pytest.param(MORE, marks=pytest.mark.soak)], ids=["worst", "more"])
def test_no_parameter_of_any_route_breaks_it(fort, texts):
    for path, name in questions(fort.app):
        for text in texts:
            address = f"{filled(path, 'P1')}?{name}={text}" if name else filled(path, text or "x")
            try:
                harmless(fort.client.get(address))
            except Exception as error:
                raise AssertionError(f"GET {address[:300]}") from error


def test_no_body_breaks_any_route(fort):
    for route in fort.app.routes:
        for method in sorted(route.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            address = filled(route.path, "gw1")
            for body in BODIES:
                for token in ("", fort.tokens["gw1"]):
                    for kind in ("application/json", "application/x-www-form-urlencoded"):
                        headers = {"Content-Type": kind, "Authorization": f"Token {token}"}
                        answer = fort.client.request(method, address, content=body, headers=headers)
                        assert answer.status_code < 500, (address, body[:50], answer.text)


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_no_body_is_taken_beyond_its_bound(fort, encoding):
    large = b" " * (MAX_BODY_BYTES + 1)
    body = gzip.compress(large, 1) if encoding == "gzip" else large
    before = fort.stored()
    for route in fort.app.routes:
        for method in sorted(route.methods & {"POST", "PUT"}):
            headers = {"Authorization": f"Token {fort.tokens['gw1']}", "Content-Encoding": encoding}
            answer = fort.client.request(method, filled(route.path, "gw1"), content=body, headers=headers)
            assert 400 <= answer.status_code < 500, (route.path, answer.status_code)
    assert fort.stored() == before


def test_what_people_wrote_is_shown_as_text_on_every_page(fort):
    assert any(one.text == EVIL for one in fort.works())
    notes = fort.client.get("/api/v1/events?kind=note").json()
    assert EVIL in notes[0]["text"]
    for route in fort.app.routes:
        if ROUTES_READ in route.methods:
            for address in {filled(route.path, one) for one in ("P1", notes[0]["id"])}:
                for language in ("en", "ru"):
                    answer = fort.client.get(f"{address}?lang={language}")
                    harmless(answer)


def test_a_method_that_is_not_taken_is_said_with_those_that_are(fort):
    for route in fort.app.routes:
        taken = set().union(*(one.methods for one in fort.app.routes if one.path == route.path))
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - taken):
            answer = fort.client.request(method, filled(route.path, "P1"))
            if answer.status_code == 405 and not re.search(r"{", route.path):
                assert set(answer.headers["allow"].split(", ")) >= taken, (method, route.path)
            assert answer.status_code in (303, 401, 403, 404, 405), (method, route.path, answer.status_code)


def test_a_head_has_what_a_get_has_but_no_body(fort):
    for route in fort.app.routes:
        if "HEAD" in route.methods:
            address = filled(route.path, "P1")
            one, other = fort.client.head(address), fort.client.get(address)
            assert one.status_code == other.status_code, address
            assert one.headers.get("content-type") == other.headers.get("content-type"), address


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2f..%2fservice.py", "/static/%2e%2e/shell.py",
        "/static/....//page.css", "/field/..%2fpages.py",
        "/field/%2e%2e%2fdoor.py", "/journals/point/..%2f..%2fpolicy.pdf", "/api/v1/photos/..%2f..%2fpolicy.toml",
        "/static//etc/passwd", "/static/page.css%00.js", "/api/v1/sets/..%2fpolicy.toml",
    ],
)  # fmt: skip
def test_no_path_leads_to_a_file(fort, path):
    answer = fort.client.get(path)
    assert answer.status_code in (400, 404), answer.status_code
    assert "import" not in answer.text
    assert "[[person]]" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000.evil.example", "a'\"><b", "", "x" * 4000])
def test_another_host_name_gets_nothing(fort, host):
    answer = fort.client.get("/api/v1/state", headers={"Host": host})
    assert answer.status_code in (400, 401)


def test_a_header_changes_no_method_and_no_path(fort):
    before = fort.stored()
    tricks = {"X-HTTP-Method-Override": "PUT", "X-Original-URL": "/audit", "X-Rewrite-URL": "/audit"}
    assert fort.client.get("/ping", headers=tricks).status_code == 204
    assert fort.now_ms >= T0_MS
    assert fort.stored() == before
