"""What only the key's holder may do, at the real logger program: the key over USB once, then sealed commands."""

import json

import pytest
from typer.testing import CliRunner

from fieldtool import key_file
from seepline.cli import app
from tests.fieldtool.conftest import SITE_FILE
from tests.fieldtool.test_logger_reading import WELL

WORD = "correct horse battery"


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """Return the options that name a quick key file and its passphrase."""
    monkeypatch.setattr(key_file, "_N", 2**4)
    monkeypatch.setattr(key_file.open_or_make, "__defaults__", (2**4,))
    (tmp_path / "word").write_text(WORD + "\n")
    return ["--keys", str(tmp_path / "keys.json"), "--passphrase-file", str(tmp_path / "word")]


@pytest.fixture
def seepline():
    def run(*words, code=0, said=None):
        result = CliRunner().invoke(app, ["logger", *map(str, words)], input=said)
        assert result.exit_code == code, (result.exit_code, result.output, result.exception)
        return result

    return run


def configure(here, keys, tmp_path, *more):
    return ["configure", SITE_FILE, "toe", *keys, "--records", tmp_path / "book", *(more or here.usb)]


def identified(seepline, here):
    return json.loads(seepline("identify", *here.bus, "--json").stdout)


def test_a_new_logger_gets_its_key_over_usb_once_and_its_configuration_sealed(desk, keys, seepline, tmp_path):
    here = desk((0, WELL, {}))
    over_bus = seepline(*configure(here, keys, tmp_path, *here.port), "--yes", code=1)
    assert "connect its USB" in over_bus.stderr
    made = json.loads(seepline(*configure(here, keys, tmp_path), "--yes", "--json").stdout)
    after = identified(seepline, here)
    assert made["generation_after"] == after["config_generation"] == 1
    assert made["key_fingerprint"] == f"{after['key_fingerprint']:08x}" != "00000000"
    assert after["boot"] == 2
    again = seepline(*configure(here, keys, tmp_path, *here.port), "--yes").stdout
    assert "has this configuration already (generation 1)" in again


def test_a_change_is_shown_before_it_is_asked_and_no_means_no(desk, keys, seepline, tmp_path):
    here = desk((0, WELL, {}))
    seepline(*configure(here, keys, tmp_path), "--yes")
    slower = tmp_path / "slower.toml"
    slower.write_text(SITE_FILE.read_text().replace("scan_s = 60", "scan_s = 120"))
    words = ["configure", slower, "toe", *keys, "--records", tmp_path / "book", *here.port]
    said = seepline(*words, said="n\n", code=1)
    assert '-  "scan_s": 60' in said.stderr
    assert '+  "scan_s": 120' in said.stderr
    assert identified(seepline, here)["scan_s"] == 60
    seepline(*words, said="y\n")
    assert identified(seepline, here)["scan_s"] == 120


def test_a_stranger_s_key_changes_nothing_and_is_told(desk, keys, seepline, tmp_path):
    here = desk((0, WELL, {}))
    seepline(*configure(here, keys, tmp_path), "--yes")
    other = ["--keys", str(tmp_path / "other.json"), *keys[2:]]
    assert "this key file does not hold" in seepline("restart", *here.bus, *other, code=1).stderr
    assert identified(seepline, here)["boot"] == 2


def test_the_clock_is_set_by_a_step_and_the_logger_restarted(desk, keys, seepline, tmp_path, monkeypatch):
    here = desk((0, WELL, {}))
    assert "no device key" in seepline("set-clock", *here.bus, *keys, code=1).stderr
    seepline(*configure(here, keys, tmp_path), "--yes")
    monkeypatch.setenv("SEEPLINE_CLOCK", "2016-02-01T00:00:00Z@1")  # this computer is a month ahead
    told = json.loads(seepline("set-clock", *here.bus, *keys, "--json").stdout)
    assert told["offset_before_ms"] == pytest.approx(-31 * 86_400_000, abs=120_000)
    assert abs(told["offset_after_ms"]) < 1500
    before = identified(seepline, here)["boot"]
    assert json.loads(seepline("restart", *here.bus, *keys, "--json").stdout)["boot"] == before + 1


def test_a_forgotten_key_leaves_the_logger_open_for_a_new_one_over_usb_only(desk, keys, seepline, tmp_path):
    here = desk((0, WELL, {}))
    seepline(*configure(here, keys, tmp_path), "--yes")
    seepline("forget-key", *here.bus, *keys, "--yes")
    assert identified(seepline, here)["key_fingerprint"] == 0
    other = ["--keys", str(tmp_path / "other.json"), *keys[2:]]
    changed = tmp_path / "changed.toml"
    changed.write_text(SITE_FILE.read_text().replace("scan_s = 60", "scan_s = 30"))
    seepline("configure", changed, "toe", *other, "--records", tmp_path / "b2", *here.usb, "--yes")
    assert identified(seepline, here)["scan_s"] == 30


def test_another_logger_than_the_one_meant_is_not_configured(desk, keys, seepline, tmp_path):
    here = desk((0, WELL, {}))
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(SITE_FILE.read_text().replace("serial = 501", "serial = 777"))
    words = ["configure", renamed, "toe", *keys, "--records", tmp_path / "book", *here.usb, "--yes"]
    assert "Logger 501 answers, not toe (777)" in seepline(*words, code=1).stderr
    seepline(*words, "--new")
    assert json.loads(seepline("identify", *here.usb, "--json").stdout)["logger_id"] == 777
