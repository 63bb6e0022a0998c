"""The door by which gateways fetch their bundle: with their own token, and only when it is another one."""

import hashlib

import httpx

from tests.bundles import Keys

PATH = "/api/v1/gateways/gw1/bundle"


def test_a_gateway_fetches_the_bundle_once(client, collector_process, new_token):
    assert client.get(PATH).json() == {"code": "not found", "message": "no bundle was made yet"}
    data = Keys().bundle(3)
    (collector_process.data / "bundle").write_bytes(data)
    answer = client.get(PATH)
    assert (answer.status_code, answer.content) == (200, data)
    etag = answer.headers["ETag"]
    assert etag == f'"{hashlib.sha256(data).hexdigest()}"'
    for known in (etag, f'"0", {etag}'):
        again = client.get(PATH, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert client.get(PATH, headers={"If-None-Match": '"0"'}).status_code == 200
    assert client.get("/api/v1/gateways/gw2/bundle").status_code == 403
    for token in ("", "Token nonsense"):
        with httpx.Client(
            base_url=collector_process.url, headers={"Authorization": token}, trust_env=False, timeout=60
        ) as other:
            assert other.get(PATH).status_code == 401
