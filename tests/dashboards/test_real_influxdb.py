"""The check that a person runs against a real 2.x or 3.x (`make test-influx`), run against 1.6 behind nginx."""

from collector.settings import InfluxSettings
from tests.influxdb_v2 import TOKEN
from tests.real_influxdb import results


def test_every_check_holds_here(server, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    settings = InfluxSettings(server.url, "o", "dam", tmp_path / "token")
    found = list(results(settings, "check-here"))
    assert [passed for passed, _ in found] == [True] * 4, found


def test_a_server_that_forgets_is_found_out(server, tmp_path, monkeypatch):
    (tmp_path / "token").write_text(TOKEN)
    server.ask("CREATE DATABASE forgets")
    settings = InfluxSettings(server.url, "o", "forgets", tmp_path / "token")
    monkeypatch.setattr("tests.real_influxdb._SETTLE_S", 0.5)
    monkeypatch.setattr("tests.real_influxdb._counted", lambda *_: 999)
    found = dict(zip(("twice", "refused", "token", "questions"), results(settings, "check-lost"), strict=True))
    assert not found["twice"][0]
    assert not found["questions"][0]
