"""What an earlier demo left running is ended, and only that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seepline.cli.demo import children

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)", "seepline.cli"]


@pytest.fixture
def sleepers(tmp_path, monkeypatch):
    """Two programs like ours, in their own process groups: one started in this folder, one elsewhere."""
    monkeypatch.chdir(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    started = [subprocess.Popen(SLEEPS, cwd=cwd, start_new_session=True) for cwd in (tmp_path, elsewhere)]
    yield started
    for one in started:
        one.kill()
        one.wait()


def test_only_programs_that_were_started_in_this_folder_are_ended(sleepers):
    here, stranger = sleepers
    for pid in (here.pid, stranger.pid, os.getpid()):
        children._remember(Path(), pid)
    assert children.stop_earlier_run(Path()) == 1
    assert here.wait() < 0
    assert stranger.poll() is None


def test_half_a_list_of_programs_is_one_sentence_that_says_what_to_do(tmp_path):
    (tmp_path / "pids.json").write_text("[12, 3")
    with pytest.raises(children.ChildError, match=r"end what an earlier demo left running, then remove"):
        children.stop_earlier_run(tmp_path)


def test_a_kill_while_the_list_is_written_leaves_the_list_before(tmp_path, monkeypatch):
    children._remember(tmp_path, 12)

    def dies(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        children._remember(tmp_path, 13)
    assert children._remembered(tmp_path) == [12]
