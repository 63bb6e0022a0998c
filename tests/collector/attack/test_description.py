"""The API's table: equal to the routes, and what the routes answer is what it says."""

import jsonschema
import pytest

from collector.openapi.document import OPERATIONS, document
from collector.people.paths import READS, WRITES

_FOR_PROGRAMS = ("/api/", "/ping", "/health", "/ready")
DESCRIBED = document()
GOOD = {"point": "P1", "gateway": "gw1", "set": "none", "act": "none", "sha256": "0" * 64}
ASKED = {
    "/api/v1/points/{point}/series": "?quantity=pore_pressure",
    "/api/v1/points/{point}/versions": "?quantity=pore_pressure&time=1451635200000",
    "/api/v1/identities": "?logger=a",
}


def test_the_table_is_equal_to_the_routes(fort):
    routes = {
        (route.path, method.lower())
        for route in fort.app.routes
        for method in route.methods - {"HEAD"}
        if route.path.startswith(_FOR_PROGRAMS)
    }
    assert {(one.path, one.method) for one in OPERATIONS} == routes
    assert len(OPERATIONS) == len(routes)


def test_whoever_may_ask_stands_in_the_gate(fort):
    for one in OPERATIONS:
        assert one.path in (READS if one.method == "get" else WRITES), one.path


def test_it_is_served_as_it_is_made(fort):
    assert fort.client.get("/api/v1/openapi.json").json() == DESCRIBED


def _path(fort, one) -> str:
    event = fort.client.get("/api/v1/events?limit=1").json()[0]["id"]
    return one.path.format(**GOOD, event=event) + ASKED.get(one.path, "")


@pytest.mark.parametrize("one", [row for row in OPERATIONS if row.method == "get"], ids=lambda row: row.path)
def test_every_answer_is_as_described(fort, one):
    headers = {"Authorization": f"Token {fort.tokens['gw1']}"} if one.tag == "gateways" else {}
    answer = fort.client.get(_path(fort, one), headers=headers)
    described = DESCRIBED["paths"][one.path]["get"]["responses"][str(answer.status_code)]
    if "application/json" in described.get("content", {}):
        assert answer.headers["content-type"] == "application/json"
        jsonschema.validate(answer.json(), described["content"]["application/json"]["schema"])


ETAGS = [row.path for row in OPERATIONS if row.known and "{gateway}" not in row.path]


@pytest.mark.parametrize("path", ETAGS)
def test_who_has_it_already_is_told_so(fort, path):
    address = path.format(**GOOD)
    first = fort.client.get(address)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    fort.now_ms += 1  # the time of asking alone makes no other state
    for named in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = fort.client.get(address, headers={"If-None-Match": named})
        assert (again.status_code, again.content) == (304, b""), named
        assert again.headers["ETag"] == tag
    assert fort.client.get(address, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_new_reading_is_another_state(fort):
    tag = fort.client.get("/api/v1/state").headers["ETag"]
    fort.write(fort.lines(6))
    fort.judge()
    assert fort.client.get("/api/v1/state", headers={"If-None-Match": tag}).status_code == 200


LISTS = [row.path for row in OPERATIONS if row.pieces]


@pytest.mark.parametrize("path", LISTS)
def test_who_follows_the_links_sees_everything_once(fort, path):
    whole = fort.client.get(path).json()
    seen, query = [], "?limit=2"
    while query:
        answer = fort.client.get(path + query)
        assert len(answer.json()) <= 2
        seen += answer.json()
        query = answer.links["next"]["url"] if "next" in answer.links else ""
    assert seen == whole
    for wrong in ("after=-1", "after=x", "limit=0", "limit=1e3", f"after={'0' * 20}{'9' * 30}"):
        assert fort.client.get(f"{path}?{wrong}").status_code == 400, wrong


def test_events_are_found_by_point_kind_and_time(fort):
    notes = fort.client.get("/api/v1/events?kind=note&point=P1").json()
    assert [one["kind"] for one in notes] == ["note"]
    assert "next" not in fort.client.get("/api/v1/events?kind=note&limit=1").links
    at_ms = notes[0]["time_ms"]
    assert fort.client.get(f"/api/v1/events?kind=note&from={at_ms}&to={at_ms + 1}").json() == notes
    assert fort.client.get(f"/api/v1/events?kind=note&from={at_ms + 1}").json() == []
    for wrong in ("point=NONE", "kind=notes", "from=x"):
        assert fort.client.get(f"/api/v1/events?{wrong}").status_code == 400


def test_a_point_is_told_with_limits_gauge_and_sheet(fort):
    told = fort.client.get("/api/v1/points/P1").json()
    assert told["limits"]
    assert told["gauges"][0]["until_ms"] is None
    assert told["calibrations"]
    assert {one["quantity"] for one in told["readings"]} >= {"pore_pressure"}
    assert fort.client.get("/api/v1/points/NONE").status_code == 404
