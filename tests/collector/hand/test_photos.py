"""Photos: only what an accepted act names, byte for byte, and nothing else fills the disk."""

import hashlib

import httpx
import pytest
from starlette.applications import Starlette

from collector.hand import photos

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256))
NAME = hashlib.sha256(JPEG).hexdigest()
TEXT = b"<script>alert(1)</script>"


@pytest.fixture
async def door(people, tmp_path):
    found = people.chain.store.hand.photo_bytes
    app = Starlette(routes=photos.routes(photos.Photos(tmp_path / "photos", found)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://field") as client:
        yield client


async def test_a_photo_is_taken_once_an_act_names_it(door, people, tmp_path):
    address = f"/api/v1/photos/{NAME}"
    assert (await door.put(address, content=JPEG)).status_code == 404
    assert not (tmp_path / "photos").exists()
    people.dips(10.0, photos={NAME: len(JPEG)})
    assert (await door.get(address)).status_code == 404
    assert [(await door.put(address, content=JPEG)).status_code for _ in range(2)] == [201, 200]
    answer = await door.get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_other_bytes_a_longer_body_and_what_is_no_photo_are_refused(door, people):
    text = hashlib.sha256(TEXT).hexdigest()
    people.dips(10.0, photos={NAME: len(JPEG), text: len(TEXT)})
    assert (await door.put(f"/api/v1/photos/{NAME}", content=JPEG[:-1] + b"x")).status_code == 400
    assert (await door.put(f"/api/v1/photos/{NAME}", content=JPEG * 9)).status_code == 413
    assert (await door.put(f"/api/v1/photos/{text}", content=TEXT)).json()[
        "message"
    ] == "expected a JPEG or PNG file"
    assert (await door.put("/api/v1/photos/..%2F..%2Fx", content=JPEG)).status_code in (400, 404)
