"""`seepline logger update` at a logger whose program lies in slots: whole, broken off, and a stranger's bundle."""

import io
import json
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from fieldtool import bundle, key_file, program_update
from seepline.cli import app
from seepline.wire import bundle_format, seal
from tests.fieldtool.test_logger_reading import WELL

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # the logger's program is no installed package

from firmware import rom_image, rom_slots  # noqa: E402
from simulator.device.slot_flash import SlotFlash  # noqa: E402

RELEASE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = bytes(range(1, 33))
WORD = "correct horse battery"


@pytest.fixture(scope="module")
def program():
    """The real program for the MicroPython of this machine; its weight is another test's matter."""
    limit, bundle.MOST_BYTES = bundle.MOST_BYTES, 10**9
    made = bundle.program(1, ROOT, "x64", desk=True)
    yield made
    bundle.MOST_BYTES = limit


@pytest.fixture
def slotted(request, desk, program, tmp_path):
    """Return a logger with version 1 in slot A, the release key, and a device key that the key file has."""

    def prepared(folder):
        flash, file = SlotFlash(str(folder / "toe.flash")), io.BytesIO(bundle.unsigned(program))
        head = bundle_format.read_head(file)
        entries = list(bundle_format.read_entries(file, head))
        file.seek(bundle_format.SIGNATURE_BYTES, io.SEEK_CUR)
        rom_image.fill(rom_slots.Halves(flash, flash.memory), 0, head.version, entries, file)
        flash._file.close()
        store = folder / "toe.flash.nvs"
        store.mkdir()
        (store / "key").write_bytes(KEY)
        (store / "release_key").write_bytes(RELEASE.public_key().public_bytes_raw())

    key_file.open_or_make(tmp_path / "keys.json", WORD, 2**4).with_key(501, KEY, "now")
    (tmp_path / "word").write_text(WORD)
    return desk((0, WELL, {}), prepared=prepared, **getattr(request, "param", {"baud": 921_600}))


@pytest.fixture
def update(slotted, tmp_path):
    """Return the command, over the bus."""
    keys = ["--keys", str(tmp_path / "keys.json"), "--passphrase-file", str(tmp_path / "word")]

    def run(content, code=0, more=()):
        (tmp_path / "new.bundle").write_bytes(content)
        words = ["logger", "update", str(tmp_path / "new.bundle"), *slotted.bus, *keys, "--yes", "--json", *more]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == code, (result.exit_code, result.output, result.exception)
        return result

    return run


@pytest.mark.parametrize("slotted", [{"baud": 115_200, "rate": 10}], indirect=True)  # a scan every 6 s
def test_an_update_goes_through_the_gateway_that_owns_the_bus_while_it_polls(slotted, gateway, program, tmp_path):
    running = gateway(slotted)
    lives = running.lives()
    (tmp_path / "new.bundle").write_bytes(signed(program, 2))
    keys = ["--keys", str(tmp_path / "keys.json"), "--passphrase-file", str(tmp_path / "word")]
    words = ["logger", "update", str(tmp_path / "new.bundle"), *running.through, *keys, "--yes", "--json"]
    result = taken_up_again(words)
    assert result.exit_code == 0, (result.output, running.status())
    assert json.loads(result.stdout)["version_after"] == 2
    running.wait_for(lambda: running.lives() >= lives + 2)
    running.wait_for(lambda: nothing_is_missing(running))  # back-fill went on too
    assert not [event for event in running.events() if event.startswith(("gap", "conflict", "stranger"))]
    assert any("writes to address 7 of bus1 through this gateway" in event for event in running.events())


def taken_up_again(words):
    """Return the result of an update that a machine too slow for its logger may break off a few times."""
    for _ in range(4):
        result = CliRunner().invoke(app, words)
        if result.exit_code == 0 or "No logger answers" not in result.output:
            break
    return result


def nothing_is_missing(running):
    sequences = [sequence for _, sequence, _ in running.rows()]
    return sequences == list(range(1, 1 + len(sequences)))


def signed(program, version, key=RELEASE):
    return bundle.signed(bundle.packed(version, program.files, "x64"), key)


def staged_bytes(desk):
    result = CliRunner().invoke(app, ["logger", "identify", *desk.bus, "--json"])
    return json.loads(result.stdout)["staged_bytes"]


def test_a_bundle_is_sent_and_runs(update, program):
    assert json.loads(update(signed(program, 2)).stdout) == {"version_before": 1, "version_after": 2, "boot": 3}


def test_what_was_sent_before_a_break_is_not_sent_again(update, slotted, program, monkeypatch):
    from fieldtool import sealed

    content, whole = signed(program, 2), sealed.Commander._stage_piece
    sent = []

    async def pulled(self, target, data, at):
        sent.append(at)
        if at > 40 * seal.STAGE_BYTES and len(sent) < 100:
            raise sealed.NoLogger("the cable was pulled")
        return await whole(self, target, data, at)

    monkeypatch.setattr(sealed.Commander, "_stage_piece", pulled)
    assert "pulled" in update(content, code=1).stderr
    held = staged_bytes(slotted)
    assert held == 41 * seal.STAGE_BYTES
    monkeypatch.setattr(sealed.Commander, "_stage_piece", whole)
    monkeypatch.setattr(
        sealed.Commander, "_stage_piece", lambda self, *piece: sent.append(piece[2]) or whole(self, *piece)
    )
    sent.clear()
    update(content)
    assert sent[:2] == [0, held]


def test_a_rest_of_another_bundle_does_not_spoil_this_one(update, slotted, program, monkeypatch):
    from fieldtool import sealed

    other, whole = signed(program, 3), sealed.Commander._stage_piece

    async def pulled(self, target, data, at):
        if at > 10 * seal.STAGE_BYTES:
            raise sealed.NoLogger("the cable was pulled")
        return await whole(self, target, data, at)

    monkeypatch.setattr(sealed.Commander, "_stage_piece", pulled)
    update(other, code=1)
    monkeypatch.setattr(sealed.Commander, "_stage_piece", whole)
    assert json.loads(update(signed(program, 2)).stdout)["version_after"] == 2


def test_a_stranger_s_bundle_does_not_run_and_that_is_said(update, program, monkeypatch):
    monkeypatch.setattr(program_update, "_SETTLED_S", 5)
    said = update(signed(program, 2, Ed25519PrivateKey.generate()), code=1).stderr
    assert "The logger runs version 1, not 2" in said
    assert "read-log" in said


def test_an_old_bundle_and_a_file_that_is_none_are_refused(update, program):
    assert "not newer than what runs or ran here" in update(signed(program, 1), code=1).stderr
    assert update(b"no bundle", code=1).stderr.count("\n") == 1
