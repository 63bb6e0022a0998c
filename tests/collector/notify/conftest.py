"""One certificate authority, and one of each server, for all tests of channels."""

import pytest

from tests.collector.notify.authority import Papers, papers
from tests.collector.notify.servers import PASSWORD, Mailbox


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Papers:
    return papers(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def secrets(tmp_path):
    """A data directory with a good secret, one that others may read, and an empty one."""
    for name, text, mode in (
        ("good", PASSWORD, 0o600),
        ("wrong", "another secret", 0o600),
        ("open", "x", 0o644),
        ("empty", "\n", 0o600),
    ):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(mode)
    return tmp_path


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(autouse=True)
def looks_often(monkeypatch):
    """Let what looks into a file twice a second look more often: tests wait for it."""
    for module in ("intake", "post", "parcels", "morning"):
        monkeypatch.setattr(f"collector.notify.{module}._LOOK_S", 0.05)
