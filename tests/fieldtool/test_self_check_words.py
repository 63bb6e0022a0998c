"""The words for a logger's faults are those of its firmware."""

import sys
from pathlib import Path

from fieldtool.self_check import FAULTS, STATUS_CAUSES
from seepline import logger_words
from seepline.wire import status

sys.path.insert(0, str(Path(__file__).parents[2]))  # the firmware is no installed package

from firmware.drivers import driver


def test_every_fault_of_the_firmware_has_its_word_and_a_cause():
    assert list(FAULTS) == list(range(1, driver.BY_STATUS + 1))
    assert [row[0] for row in FAULTS.values()][:-1] == list(logger_words.FAULTS[1:-1])
    assert all(cause for _, cause in FAULTS.values())


def test_every_status_bit_that_excludes_or_warns_has_a_cause():
    explained = {bit for bit, _ in STATUS_CAUSES}
    elsewhere = {status.NOT_DUE, status.IMPOSSIBLE}  # no fault; said by the gateway of a third-party instrument
    assert {bit for bit, _ in status.STATUS_NAMES} - explained == elsewhere
