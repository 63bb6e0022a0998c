"""The disk under the outbox: a fake sysfs tree stands where a card would."""

import asyncio
from pathlib import Path

import pytest

from gateway import disk
from gateway.clock import Clock
from gateway.commit_times import CommitTimes
from gateway.disk import Commits, Disk
from gateway.outbox.backlog import Backlog
from gateway.outbox.file import OutboxFile
from gateway.upkeep import Upkeep

WELL = Disk(20 * 10**9, 30 * 10**9, 10**6, 10**6, False, 0, 10, 1)
QUICK = Commits(0.01, 0.01)


def card(sysfs: Path, *, life: str = "0x01 0x02", spare: str = "0x01", errors: str = "0") -> Path:
    for name, text in {
        "block/mmcblk0/device/life_time": life,
        "block/mmcblk0/device/pre_eol_info": spare,
        "fs/ext4/mmcblk0p2/errors_count": errors,
    }.items():
        (sysfs / name).parent.mkdir(parents=True, exist_ok=True)
        (sysfs / name).write_text(f"{text}\n")
    return sysfs


def test_a_card_tells_its_wear_and_the_file_system_its_errors(tmp_path):
    found = disk.look(tmp_path, card(tmp_path / "sys", life="0x03 0x07", spare="0x02", errors="4"))
    assert (found.life_used_percent, found.spare_blocks, found.ext4_errors) == (70, 2, 4)
    assert 0 < found.free_bytes < found.total_bytes
    assert not found.read_only


def test_what_a_card_does_not_tell_is_none(tmp_path):
    found = disk.look(tmp_path, tmp_path / "sys")
    assert (found.life_used_percent, found.spare_blocks, found.ext4_errors) == (None, None, None)
    assert (
        disk.troubles(found._replace(free_bytes=found.total_bytes, free_inodes=found.total_inodes), QUICK) == set()
    )


def test_an_attribute_of_another_form_is_not_believed(tmp_path):
    found = disk.look(tmp_path, card(tmp_path / "sys", life="worn", errors=""))
    assert (found.life_used_percent, found.ext4_errors) == (None, None)


@pytest.mark.parametrize(
    ("sick", "commits", "kind"),
    [
        (WELL, QUICK, None),
        (WELL._replace(read_only=True), QUICK, "disk_read_only"),
        (WELL._replace(free_bytes=1_499_999_999), QUICK, "disk_low"),
        (WELL._replace(free_bytes=1_500_000_000), QUICK, None),
        (WELL._replace(total_bytes=10**9, free_bytes=disk.LEAST_FREE_BYTES - 1), QUICK, "disk_low"),
        (WELL._replace(free_inodes=49_999), QUICK, "inodes_low"),
        (WELL._replace(free_inodes=0, total_inodes=0), QUICK, None),  # btrfs counts none
        (WELL._replace(ext4_errors=1), QUICK, "disk_errors"),
        (WELL._replace(life_used_percent=80), QUICK, None),
        (WELL._replace(life_used_percent=90), QUICK, "disk_worn"),
        (WELL._replace(spare_blocks=2), QUICK, "disk_worn"),
        (WELL, Commits(0.6, 0.05), "disk_slow"),
        (WELL, Commits(0.6, 0.5), None),  # a slow card, as it always was
        (WELL, Commits(0.1, 0.005), None),
    ],
)
def test_each_trouble_has_its_threshold(sick, commits, kind):
    assert disk.troubles(sick, commits) == ({kind} if kind else set())


def test_a_card_that_gets_slower_is_noticed_within_some_commits():
    times = CommitTimes()
    for _ in range(5000):
        times.took(0.02)
    assert disk.troubles(WELL, times.means) == set()
    for _ in range(60):
        times.took(2.0)
    assert disk.troubles(WELL, times.means) == {"disk_slow"}
    assert (times.count, times.longest_s) == (5060, 2.0)


def test_a_trouble_is_told_when_it_begins_and_when_it_is_over(tmp_path):
    file = OutboxFile(tmp_path, 0)
    try:
        upkeep = Upkeep(tmp_path, file, Backlog(file), Clock())
        for errors in ("0", "2", "2", "0"):
            asyncio.run(upkeep.look(card(tmp_path / "sys", errors=errors)))
        told = [(kind, text) for _, _, kind, _, text in file.events() if kind == "disk_errors"]
        assert [text.startswith("over: ") for _, text in told] == [False, True]
    finally:
        file.close()
