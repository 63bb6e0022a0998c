import os

import trial

from seepline.wire import record, status
from simulator.device.nor import Nor
from simulator.device.table import InputTable, scalar_channel, vw_channel

PATH = "device-test.tmp"


def removed():
    try:
        os.remove(PATH)
    except OSError:
        pass


def table(text):
    with open(PATH, "w") as file:
        file.write(text)
    return InputTable(PATH, 900)


def test_a_flash_file_behaves_as_nor_flash():
    removed()
    nor = Nor(PATH, 3)
    assert nor.ioctl(4, 0) == 3
    nor.writeblocks(1, b"\xf0\x0f", 10)
    nor.writeblocks(1, b"\x3f\xff", 10)
    cells = bytearray(4)
    nor.readblocks(1, cells, 9)
    assert cells == b"\xff\x30\x0f\xff"
    again = Nor(PATH, 3)
    again.readblocks(1, cells, 9)
    assert cells == b"\xff\x30\x0f\xff"
    again.ioctl(6, 1)
    again.readblocks(1, cells, 9)
    assert cells == b"\xff\xff\xff\xff"
    assert "expected 4 blocks" in trial.raises(ValueError, Nor, PATH, 4)
    removed()


def test_cells_are_wire_integers_and_what_is_empty_is_missing():
    assert vw_channel("2923000/5781000/////") == record.VwChannel(0, 2923000, 5781000, *[65535] * 6)
    assert vw_channel("1/2/3/4/5/6/7/2") == record.VwChannel(2, 1, 2, 3, 4, 5, 6, 7, 65535)
    assert vw_channel("") == record.missing_vw(status.MISSING)
    assert vw_channel("///////2") == record.missing_vw(status.NO_SIGNAL)
    assert scalar_channel("-5") == record.ScalarChannel(0, -5)
    assert scalar_channel("-5/8") == record.ScalarChannel(8, -5)
    assert scalar_channel("") == record.missing_scalar(status.MISSING)


def test_a_row_holds_until_one_scan_later_and_a_gap_is_missing():
    rows = table("utc_s,1:0,1:2\n900,1,2\n1800,3,\n9000,5,6\n")
    assert rows.cell(1, 0, 0) == "" == rows.cell(1, 0, 899)
    assert (rows.cell(1, 0, 900), rows.cell(1, 2, 900), rows.cell(1, 1, 900)) == ("1", "2", "")
    assert rows.cell(1, 0, 1799) == "1"
    assert (rows.cell(1, 0, 1800), rows.cell(1, 2, 1800)) == ("3", "")
    assert rows.cell(1, 0, 2700) == ""
    assert rows.cell(1, 2, 9899) == "6"
    assert rows.cell(1, 2, 9900) == ""
    removed()


def test_a_table_that_is_none_is_refused():
    assert "line 1" in trial.raises(ValueError, table, "time,0:0\n")
    assert "expected 2 cells" in trial.raises(ValueError, table, "utc_s,0:0\n5,6,7\n")
    removed()


trial.run(globals())
