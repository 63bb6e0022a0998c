"""Batches and acts that are forged, replayed or another's: refused, nothing stored; photos that are none."""

import hashlib

import pytest

from tests.collector.attack.conftest import SCAN_MS, T0_MS

FIRST = iter(range(100, 10_000, 10))  # scans that no other test has sent


def test_the_same_batch_twice_is_stored_once(fort):
    first = next(FIRST)
    text = fort.lines(first, 3)
    fort.now_ms = T0_MS + (first + 3) * SCAN_MS
    assert fort.write(fort.lines(first, 3, logger="b")).status_code == 204
    assert fort.write(text).status_code == 204
    fort.judge()
    before = fort.client.get("/api/v1/points/P1/series?quantity=pore_pressure").json()
    for _ in range(3):
        assert fort.write(text, Seepline_Outbox=f"o1:{first + 1}-{first + 3}").status_code == 204
    fort.judge()
    assert fort.client.get("/api/v1/points/P1/series?quantity=pore_pressure").json() == before
    assert before[-1]["time_ms"] == fort.now_ms - SCAN_MS
    kept = fort.client.get("/api/v1/identities?logger=a").text.splitlines()
    assert [kept.count(f"7 {seq}") for seq in range(first + 1, first + 4)] == [1, 1, 1]


def test_an_old_record_with_another_content_stays_beside_the_first(fort):
    first = next(FIRST)
    assert fort.write(fort.lines(first)).status_code == 204
    fort.judge()
    assert fort.write(fort.lines(first, hertz=1234.0)).status_code == 204
    fort.judge()
    time_ms = T0_MS + first * SCAN_MS
    events = fort.client.get(f"/api/v1/events?from={time_ms}&to={time_ms + 1}").json()
    assert "identity_conflict" in {one["kind"] for one in events}


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "gw1", "' OR 1=1--", "\u00e9"])
def test_a_forged_token_writes_nothing(fort, token):
    before = fort.stored()
    answer = fort.client.post(
        "/api/v2/write",
        content=fort.lines(next(FIRST)),
        headers={"Authorization": f"Token {token}".encode("latin-1")},
    )
    assert answer.status_code == 401
    assert fort.stored() == before


def test_a_gateway_writes_for_no_logger_of_another_one(fort):
    before = fort.stored()
    first = next(FIRST)
    foreign, own = fort.lines(first, logger="c"), fort.lines(first)
    for text in (foreign, own + foreign, foreign + own, own + "not a line\n" + foreign):
        answer = fort.write(text)
        assert answer.status_code == 403
        assert answer.json()["code"] == "forbidden"
    assert fort.write(own, "gw2").status_code == 403
    assert fort.stored() == before


def test_two_tokens_are_no_token_of_two(fort):
    headers = [("Authorization", f"Token {fort.tokens[one]}") for one in ("gw2", "gw1")]
    answer = fort.client.post("/api/v2/write?precision=ms", content=fort.lines(next(FIRST)), headers=headers)
    assert answer.status_code in (400, 401, 403)


@pytest.mark.parametrize("what", ["watermark", "wishes", "bundle"])
def test_a_gateway_asks_for_nothing_of_another_one(fort, what):
    headers = {"Authorization": f"Token {fort.tokens['gw2']}"}
    assert fort.client.get(f"/api/v1/gateways/gw1/{what}", headers=headers).status_code == 403
    assert fort.client.get(f"/api/v1/gateways/gw1/{what}").status_code == 401


def test_a_gateway_reports_no_device_of_another_one(fort):
    report = {"run": "a", "at_ms": 1, "devices": [{"device": "c", "bus": "bus2", "ok": 1, "counts": {}}]}
    headers = {"Authorization": f"Token {fort.tokens['gw1']}"}
    assert fort.client.post("/api/v1/gateways/gw1/bus", json=report, headers=headers).status_code == 403
    assert fort.client.post("/api/v1/gateways/gw2/bus", json=report, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "header", ["", "o1", "o1:", "o1:1-", "o1:9-1", "o1:1-99999999999999999999", "\x01:1-2", "o" * 9000]
)
def test_an_outbox_that_cannot_be_is_refused(fort, header):
    before = fort.stored()
    assert fort.write(fort.lines(next(FIRST)), Seepline_Outbox=header).status_code == 400
    assert fort.stored() == before


def test_an_act_counts_once_and_only_as_it_was_signed(fort):
    sent = fort.persons.sent("operator", "note", {"text": "once", "at_ms": fort.now_ms}, fort.now_ms)
    assert fort.client.post("/api/v1/acts", json=sent).status_code == 201
    again = fort.client.post("/api/v1/acts", json=sent)
    assert (again.status_code, again.json()["new"]) == (200, False)
    changed = {**sent, "body": {**sent["body"], "text": "twice"}}
    foreign = fort.persons.sent("operator", "note", {"text": "x", "at_ms": 1}, fort.now_ms, site="other")
    others = fort.persons.sent("operator", "note", {"text": "x", "at_ms": 1}, fort.now_ms, by="observer")
    for wrong in (changed, {**sent, "person": "authority"}, {**sent, "signature": "00" * 64}, foreign, others):
        assert fort.client.post("/api/v1/acts", json=wrong).status_code == 403
    fort.judge()
    events = fort.client.get("/api/v1/events?kind=note").json()
    assert [one["text"].rpartition(": ")[2] for one in events][-1] == "once"


PHOTOS = {
    "a script": b"<script>alert(1)</script>",
    "a page that begins like a picture": b"GIF89a<html><script>alert(1)</script>",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a program": b"\x7fELF" + b"\0" * 100,
    "nothing": b"",
}


@pytest.mark.parametrize("data", PHOTOS.values(), ids=PHOTOS)
def test_what_is_no_picture_is_kept_by_nobody(fort, data):
    sha256 = hashlib.sha256(data).hexdigest()
    seen = {"place": "P1", "what": "crack", "level": "yellow", "seen_ms": fort.now_ms, "text": "x"}
    fort.act("operator", "observe", {**seen, "photos": [{"sha256": sha256, "bytes": len(data)}]})
    fort.act("operator", "observe", {**seen, "photos": [sha256]})
    fort.judge()
    answer = fort.client.put(f"/api/v1/photos/{sha256}", content=data, headers={"Content-Type": "image/jpeg"})
    assert answer.status_code in (400, 404, 413)
    assert fort.client.get(f"/api/v1/photos/{sha256}").status_code == 404
    assert not list((fort.data / "photos").rglob(sha256))


def test_a_picture_with_a_script_behind_its_head_is_sent_as_a_picture_alone(fort):
    data = b"\xff\xd8\xff\xe0<html><script>alert(1)</script>"
    sha256 = hashlib.sha256(data).hexdigest()
    seen = {"place": "P1", "what": "crack", "level": "yellow", "seen_ms": fort.now_ms, "text": "x"}
    assert fort.act("operator", "observe", {**seen, "photos": [sha256]}).status_code == 201
    fort.judge()
    assert fort.client.put(f"/api/v1/photos/{sha256}", content=b"\xff\xd8\xff\xe0other").status_code == 400
    assert fort.client.put(f"/api/v1/photos/{sha256}", content=data).status_code == 201
    answer = fort.client.get(f"/api/v1/photos/{sha256}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
