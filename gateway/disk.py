"""The disk under the outbox: what is free, whether it may still be written, and what the card says of its own age.

    free bytes and inodes, read-only    statvfs(2)
    ext4 errors                         /sys/fs/ext4/<device>/errors_count
    eMMC wear                           /sys/block/mmcblk*/device/life_time and pre_eol_info (JEDEC eMMC 5.0)

SD cards report no wear; slower and slower commits are the sign that they give. Nothing here writes.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

SYSFS = Path("/sys")
LEAST_FREE_BYTES = 512 * 1024 * 1024
LEAST_FREE_SHARE = 0.05
WORN_PERCENT = 80  # of the life that the maker states
WORN_RESERVE = 2  # pre_eol_info: 1 normal, 2 four fifths of the spare blocks used, 3 nine tenths
SLOW_COMMIT_S = 0.5
SLOWER_THAN_USUAL = 10.0


class Disk(NamedTuple):
    """What the file system under a folder says. Life is used percent, None where the card does not tell."""

    free_bytes: int
    total_bytes: int
    free_inodes: int
    total_inodes: int
    read_only: bool
    ext4_errors: int | None
    life_used_percent: int | None
    spare_blocks: int | None


class Commits(NamedTuple):
    """How long commits take: the mean of the last few, and of the last few thousand."""

    recent_s: float
    usual_s: float


def look(directory: Path, sysfs: Path = SYSFS) -> Disk:
    """Return what is known of the disk under a folder; raises OSError when it cannot be asked."""
    found = os.statvfs(directory)
    return Disk(
        free_bytes=found.f_bavail * found.f_frsize,
        total_bytes=found.f_blocks * found.f_frsize,
        free_inodes=found.f_favail,
        total_inodes=found.f_files,
        read_only=bool(found.f_flag & os.ST_RDONLY),
        ext4_errors=_most(sysfs.glob("fs/ext4/*/errors_count"), _decimal),
        life_used_percent=_most(sysfs.glob("block/mmcblk*/device/life_time"), _life_percent),
        spare_blocks=_most(sysfs.glob("block/mmcblk*/device/pre_eol_info"), _hexadecimal),
    )


def _most(files: Iterator[Path], read: Callable[[str], int]) -> int | None:
    """Return the largest number in some files, None when none of them tells one."""
    numbers = []
    for file in files:
        try:
            numbers.append(read(file.read_text(encoding="ascii")))
        except (OSError, ValueError):  # a card that does not answer, or an attribute of another form
            continue
    return max(numbers, default=None)


def _decimal(text: str) -> int:
    return int(text)


def _hexadecimal(text: str) -> int:
    return int(text, 16)


def _life_percent(text: str) -> int:
    """Return used life in percent of '0x01 0x03': tenths, by the worse of the two kinds of cells.

    >>> _life_percent("0x01 0x03"), _life_percent("0x0b 0x01")
    (30, 110)
    """
    return 10 * max(int(part, 16) for part in text.split())


Test = Callable[[Disk, Commits], bool]

# kind of event -> (whether it is so, what it means and what to do)
TROUBLES: Mapping[str, tuple[Test, str]] = {
    "disk_read_only": (
        lambda disk, _: disk.read_only,
        "the disk is mounted read-only: nothing can be stored; look at `dmesg`, replace the card",
    ),
    "disk_low": (
        lambda disk, _: disk.free_bytes < max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * disk.total_bytes),
        f"the disk has less than 512 MiB or {LEAST_FREE_SHARE:.0%} free: free space or let sent records go sooner",
    ),
    "inodes_low": (
        lambda disk, _: disk.total_inodes > 0 and disk.free_inodes < LEAST_FREE_SHARE * disk.total_inodes,
        f"the disk can hold few more files (less than {LEAST_FREE_SHARE:.0%} of its inodes): remove files",
    ),
    "disk_errors": (
        lambda disk, _: (disk.ext4_errors or 0) > 0,
        "the file system has found errors (errors_count of ext4): check it with fsck, replace the card",
    ),
    "disk_worn": (
        lambda disk, _: (disk.life_used_percent or 0) > WORN_PERCENT or (disk.spare_blocks or 0) >= WORN_RESERVE,
        f"the eMMC has used {WORN_PERCENT} % of its life or its spare blocks: replace it",
    ),
    "disk_slow": (
        lambda _, commits: (
            commits.recent_s > SLOW_COMMIT_S and commits.recent_s > SLOWER_THAN_USUAL * commits.usual_s
        ),
        f"commits take {SLOWER_THAN_USUAL:g} times the usual and more than {SLOW_COMMIT_S:g} s: a dying card",
    ),
}


def troubles(disk: Disk, commits: Commits) -> frozenset[str]:
    """Return the kinds of all troubles that are."""
    return frozenset(kind for kind, (is_so, _) in TROUBLES.items() if is_so(disk, commits))


def news(before: frozenset[str], now: frozenset[str]) -> list[tuple[str, str]]:
    """Return (kind, sentence) of each trouble that began or ended.

    >>> news(frozenset({"disk_low"}), frozenset())
    [('disk_low', 'over: the disk has less than 512 MiB or 5% free: free space or let sent records go sooner')]
    """
    begun = [(kind, TROUBLES[kind][1]) for kind in sorted(now - before)]
    return begun + [(kind, f"over: {TROUBLES[kind][1]}") for kind in sorted(before - now)]
