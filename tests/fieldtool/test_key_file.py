"""The operator's key file: keys come back only with the passphrase, for their own logger, and survive a crash."""

import json
import stat

import pytest

from fieldtool import key_file
from fieldtool.connection import FieldError

QUICK = 2**4  # scrypt's cost in tests; the file says which it was made with
WORD = "correct horse battery"


def test_a_key_comes_back_with_the_passphrase_and_the_file_shows_nothing_of_it(tmp_path):
    path, key = tmp_path / "keys.json", key_file.new_key()
    key_file.open_or_make(path, WORD, QUICK).with_key(501, key, "2026-01-01T00:00:00Z")
    assert key_file.open_or_make(path, WORD).key(501) == key
    assert key_file.open_or_make(path, WORD).key(502) is None
    text = path.read_bytes()
    assert key not in text
    assert key.hex().encode() not in text
    assert WORD.encode() not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrong_passphrase_neither_reads_nor_adds(tmp_path):
    path = tmp_path / "keys.json"
    key_file.open_or_make(path, WORD, QUICK).with_key(501, key_file.new_key(), "now")
    before = path.read_bytes()
    with pytest.raises(FieldError, match="passphrase is wrong"):
        key_file.open_or_make(path, WORD + "!")
    assert path.read_bytes() == before


def test_a_key_cannot_be_moved_to_another_logger_s_entry(tmp_path):
    path = tmp_path / "keys.json"
    key_file.open_or_make(path, WORD, QUICK).with_key(501, key_file.new_key(), "now")
    said = json.loads(path.read_text())
    said["keys"]["502"] = said["keys"].pop("501")
    path.write_text(json.dumps(said))
    with pytest.raises(FieldError, match="key file was changed"):
        key_file.open_or_make(path, WORD)


@pytest.mark.parametrize("content", ["", "{}", '{"format": "other", "scrypt": {}, "keys": {}}', "[1]"])
def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(FieldError, match="cannot be read as a key file"):
        key_file.open_or_make(path, WORD)
    assert path.read_text() == content


def test_a_short_passphrase_makes_no_file(tmp_path):
    with pytest.raises(FieldError, match="at least 12 characters"):
        key_file.open_or_make(tmp_path / "keys.json", "short", QUICK)
    assert not list(tmp_path.iterdir())


def test_what_a_crash_left_half_written_does_not_stand_in_the_way(tmp_path):
    path, key = tmp_path / "keys.json", key_file.new_key()
    keys = key_file.open_or_make(path, WORD, QUICK)
    (tmp_path / "keys.json.new").write_text("{half")
    keys.with_key(501, key, "now")
    assert key_file.open_or_make(path, WORD).key(501) == key
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_a_new_file_costs_what_owasp_asks_for(tmp_path):
    path = tmp_path / "keys.json"
    key_file.open_or_make(path, WORD)
    assert json.loads(path.read_text())["scrypt"] | {"salt": ""} == {"salt": "", "n": 2**17, "r": 8, "p": 1}
