"""Installed below a prefix: every file listed, again without harm, gone again; systemd accepts the units."""

import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from seepline.cli import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "gateway" / "deploy"
SITE = ROOT / "simulator" / "demo" / "site.toml"


def seepline(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["gateway", *map(str, arguments)])
    return result.exit_code, result.output


def files(prefix: Path) -> set[str]:
    return {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}


@pytest.fixture
def source(tmp_path):
    """A folder with the example, filled in, and what it names."""
    folder = tmp_path / "mine"
    folder.mkdir()
    example = (DEPLOY / "gateway.example.toml").read_text(encoding="utf-8")
    (folder / "gateway.toml").write_text(example)
    (folder / "SITE.toml").write_bytes(SITE.read_bytes())
    (folder / "collector.token").write_text("s3cret\n")
    (folder / "collector.token").chmod(0o600)
    return folder / "gateway.toml"


@pytest.fixture
def prefix(tmp_path):
    (tmp_path / "image" / "var" / "lib" / "seepline").mkdir(parents=True)
    (tmp_path / "image" / "var" / "lib" / "seepline" / "outbox.db").write_text("records")
    return tmp_path / "image"


WRITTEN = {
    "etc/systemd/system/seepline-gateway.service",
    "etc/udev/rules.d/99-seepline-rs485.rules",
    "etc/sysusers.d/seepline.conf",
    "etc/tmpfiles.d/seepline.conf",
    "etc/seepline/gateway.toml",
    "etc/seepline/SITE.toml",
    "etc/seepline/collector.token",
}
LISTED = {*WRITTEN, "etc/seepline/installed.json"}
DATA = {"var/lib/seepline/outbox.db"}


def test_install_and_uninstall_leave_nothing_but_data(source, prefix):
    code, output = seepline("install", source, "--prefix", prefix)
    assert code == 0, output
    assert {line.partition(":")[0].lstrip("/") for line in output.splitlines() if ": written" in line} == WRITTEN
    assert "systemctl enable --now seepline-gateway" in output
    assert "s3cret" not in output
    assert files(prefix) == LISTED | DATA
    assert stat.S_IMODE((prefix / "etc/seepline/collector.token").stat().st_mode) == 0o640
    code, output = seepline("uninstall", "--prefix", prefix)
    assert code == 0, output
    assert files(prefix) == DATA
    assert not (prefix / "etc").exists()


def test_a_second_install_changes_nothing_and_a_new_version_replaces_what_nobody_changed(source, prefix):
    seepline("install", source, "--prefix", prefix)
    code, output = seepline("install", source, "--prefix", prefix)
    assert code == 0
    assert output.count(": unchanged") == len(WRITTEN)
    source.with_name("SITE.toml").write_text(SITE.read_text() + "\n# a word\n")
    (prefix / "etc/seepline/gateway.toml").write_text("# by hand\n")
    source.write_text(source.read_text() + "\n# another\n")
    _, output = seepline("install", source, "--prefix", prefix)
    assert "/etc/seepline/SITE.toml: replaced" in output
    assert "/etc/seepline/gateway.toml: kept, for it was changed by hand" in output
    assert (prefix / "etc/seepline/gateway.toml").read_text() == "# by hand\n"
    seepline("uninstall", "--prefix", prefix)
    assert files(prefix) == DATA | {"etc/seepline/gateway.toml"}


def test_a_dry_run_lists_and_does_nothing(source, prefix):
    code, output = seepline("install", source, "--prefix", prefix, "--dry-run")
    assert code == 0
    assert output.count(": written") == len(WRITTEN)
    assert files(prefix) == DATA
    seepline("install", source, "--prefix", prefix)
    _, output = seepline("uninstall", "--prefix", prefix, "--dry-run")
    assert output.count(": removed") == len(WRITTEN)
    assert files(prefix) == LISTED | DATA


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('data = "/var/lib/seepline"', 'data = "here"', "the service may write /var/lib/seepline only"),
        ('token_file = "collector.token"', 'token_file = "../collector.token"', "does not lie beside"),
        ('id = "gw1"', 'id = "gw9"', "gateway.id"),
    ],
)
def test_what_could_not_run_is_not_installed(source, prefix, old, new, says):
    (source.parent.parent / "collector.token").write_text("s3cret\n")
    source.write_text(source.read_text().replace(old, new))
    code, output = seepline("install", source, "--prefix", prefix)
    assert code == 2
    assert says in output
    assert files(prefix) == DATA


def test_nothing_is_uninstalled_twice(source, prefix):
    code, output = seepline("uninstall", "--prefix", prefix)
    assert code == 2
    assert "is not installed there" in output


@pytest.mark.parametrize("room", ["gateway", "collector"])
def test_systemd_accepts_the_units_and_finds_little_exposed(tmp_path, room):
    command = tmp_path / "seepline"
    command.touch(mode=0o755)
    path = tmp_path / f"seepline-{room}.service"
    path.write_text(
        (ROOT / room / "deploy" / path.name).read_text().replace("/opt/seepline/.venv/bin/seepline", str(command))
    )
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    exposed = ["systemd-analyze", "security", "--offline=true", "--threshold=25", path]
    assert subprocess.run(exposed, capture_output=True).returncode == 0


def test_the_installed_unit_starts_this_seepline(source, prefix):
    seepline("install", source, "--prefix", prefix)
    unit = prefix / "etc/systemd/system/seepline-gateway.service"
    assert "ExecStart=" in unit.read_text()
    assert "/opt/seepline/.venv/bin" not in unit.read_text()
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("tool", "file"),
    [("systemd-sysusers", "sysusers.conf"), ("systemd-tmpfiles", "tmpfiles.conf")],
)
def test_systemd_reads_user_and_rights(tmp_path, tool, file):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "group").write_text("root:x:0:\ndialout:x:20:\n")
    (tmp_path / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    made = subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", DEPLOY / "sysusers.conf"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert "dialout:x:20:seepline" in (tmp_path / "etc" / "group").read_text()
    if tool == "systemd-tmpfiles":
        done = subprocess.run(
            [tool, "--create", f"--root={tmp_path}", DEPLOY / file], capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")
