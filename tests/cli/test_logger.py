"""`seepline logger` on a machine that lacks the laptop's packages, such as a gateway."""

import importlib.util

from typer.testing import CliRunner

from seepline.cli import app, logger


def test_what_is_missing_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(logger, "find_spec", lambda name: None if name == "cryptography" else object())
    result = CliRunner().invoke(app, ["logger", "identify", "--usb", "/dev/null"])
    assert result.exit_code == 1
    assert result.stderr == "This needs cryptography: pip install 'seepline[fieldtool]'\n"


def test_the_power_budget_needs_none_of_them(monkeypatch, tmp_path):
    monkeypatch.setattr(logger, "find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["logger", "budget", str(tmp_path / "none.toml")])
    assert "pip install" not in result.stderr


def test_a_command_of_every_kind_is_there():
    commands = {one.name or one.callback.__name__ for one in logger.app.registered_commands}
    wanted = {"flash", "configure", "identify", "check", "watch", "read-log", "update", "compare", "commission"}
    assert wanted <= commands
    assert importlib.util.find_spec("reportlab")  # of the development group, so that the report is tested
