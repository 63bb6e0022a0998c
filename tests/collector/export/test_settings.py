"""DIR/collector.toml: what is wrong with it is said with its key."""

import pytest

from collector.settings import SettingsError, read_influx

WHOLE = "[influxdb]\nurl='http://x'\norg='o'\nbucket='b'\ntoken_file='t'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[influxdb]\nurl = 'http://x'\n", "influxdb.bucket is None: expected a text"),
        ("[influxdb]\nurl='ftp://x'\norg='o'\nbucket='b'\ntoken_file='t'\n", "expected http:// or https://"),
        ("[influxdb]\nurl='http://x'\norg='o'\nbucket='b'\ntoken_file='t'\nx='y'", "influxdb.x is unknown"),
        (f"{WHOLE}raw='no'", "influxdb.raw is 'no': expected true or false"),
        ("[influx]\n", "influx is unknown"),
        ("influxdb = 5", "influxdb.bucket is None"),
        ("=", "expected readable TOML"),
    ],
)
def test_settings_that_cannot_be_used_say_what_was_expected(tmp_path, text, said):
    (tmp_path / "collector.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_influx(tmp_path)


@pytest.mark.parametrize(("text", "raw"), [("", True), ("raw = true", True), ("raw = false", False)])
def test_raw_values_go_out_unless_they_are_switched_off(tmp_path, text, raw):
    (tmp_path / "collector.toml").write_text(WHOLE + text)
    assert read_influx(tmp_path).raw is raw


def test_settings_without_the_library_say_how_to_install_it(tmp_path, monkeypatch):
    text = '[influxdb]\nurl = "http://127.0.0.1:1"\norg = "o"\nbucket = "b"\ntoken_file = "t"\n'
    (tmp_path / "collector.toml").write_text(text)
    assert read_influx(tmp_path) is not None
    monkeypatch.setattr("collector.settings.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install -e '.\[influxdb\]'"):
        read_influx(tmp_path)


def test_without_settings_nothing_is_mirrored(tmp_path):
    assert read_influx(tmp_path) is None
