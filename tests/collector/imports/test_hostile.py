"""Files as careless loggers, copying programs and failing disks leave them: none stops the others."""

import json
from pathlib import Path

import pytest

from collector.imports import watch
from collector.imports.inbox import hand_in
from collector.imports.settings import parse_sources
from seepline.toml_file import Faulty
from tests.collector.chain import CALM, SCAN_MS
from tests.collector.imports.foreign import HEAD, LC2, TOA5, Importing, site, source, toa5, toa5_row


async def test_two_sources_on_one_file_bring_each_its_own_column(importing):
    first, second = TOA5.split("\n[[column]]\n")[0], TOA5.split("\n[[column]]\n")
    where = f'folder = "{importing.folder}"\nfiles = "*.dat"\nform = "'
    one = first.replace('form = "', where, 1) + "\n[[column]]\n" + second[1]
    other = (first.replace('form = "', where, 1) + "\n[[column]]\n" + second[2]).replace('"north"', '"south"')
    importing.sources = parse_sources(one + "\n" + other, site())
    importing.begin()
    importing.write(toa5([CALM, CALM]))
    await importing.watch.look()
    assert importing.times() == [0, 1]
    assert len(importing.chain.journal.raw.times("cr/t", 0, 2**60)) == 2
    assert sorted(one["source"] for one in importing.watch.status.as_json()) == ["north", "south"]


async def test_lines_that_end_twice_are_whole_lines(importing):
    importing.write(toa5([CALM, CALM]).replace("\n", "\r\r\n"))
    await importing.watch.look()
    assert importing.times() == [0, 1]
    assert importing.status()["refused"] == 0


async def test_a_head_of_empty_lines_is_a_fault_of_the_file(importing):
    importing.write(HEAD.partition("\n")[0] + "\n\n\n\n" + toa5_row(0))
    await importing.watch.look()
    assert importing.status()["state"] == "stopped: not as the source says"


async def test_a_number_that_no_calendar_has_is_a_fault_of_its_line(tmp_path):
    importing = Importing(tmp_path, LC2)
    importing.write(
        f"North,{'9' * 20},1,1300,0,2.98,21.4,8000,10.5,1\nNorth,2016,1,{'9' * 20},0,2.98,21.4,8000,10.5,1\n"
        "North,2016,1,1315,0,2.98,21.4,8000,10.5,2\n"
    )
    await importing.watch.look()
    assert importing.times() == [1]
    importing.chain.close()


@pytest.mark.parametrize("constants", ["A = 0.0, B = 0.0, C = 0.0", "A = 1e3, B = -1e3, C = 1e-30"])
def test_constants_of_no_thermistor_are_a_fault_of_the_mapping(constants):
    with pytest.raises(Faulty) as caught:
        source(LC2.replace("A = 1.4051e-3, B = 2.369e-4, C = 1.019e-7", constants))
    assert "constants A, B, C by which ohm fall while degC rise" in str(caught.value.problems[0])


async def test_bad_lines_that_came_bit_by_bit_do_not_hold_a_new_collector(importing):
    importing.write(HEAD)
    for begin in (0, 60, 120):
        importing.add("".join(toa5_row(scan, "x") for scan in range(begin, begin + 60)))
        await importing.watch.look()
    importing.begin()
    importing.add(toa5_row(200))
    await importing.watch.look()
    assert importing.times() == [200]


async def test_a_second_head_that_came_in_two_pieces_stops_the_file_after_every_restart(importing):
    other = HEAD.replace('"Hourly"', '"Daily"').splitlines(keepends=True)
    importing.write(toa5([CALM]) + "".join(other[:2]))
    await importing.watch.look()
    importing.add("".join(other[2:]) + "".join(toa5_row(scan) for scan in range(1, 9)))
    for _ in range(4):
        await importing.watch.look()
        importing.begin()
    assert importing.times() == [0]
    assert importing.chain.kinds().count("logger") == 1


@pytest.mark.parametrize("size", [70_000, 200_000, 1_000_000])
async def test_a_block_of_nuls_costs_no_row_behind_it(importing, size):
    importing.write(toa5([CALM]))
    block = "\0" * size
    for begin in range(0, size, size // 7):
        importing.add(block[begin : begin + size // 7])
        await importing.watch.look()
    importing.add("\n" + toa5_row(1))
    await importing.watch.look()
    importing.begin()
    importing.add(toa5_row(2))
    await importing.watch.look()
    assert importing.times() == [0, 1, 2]


async def test_the_end_of_a_line_without_end_is_no_row(importing):
    importing.write(toa5([CALM]) + "x" * 65_536 + toa5_row(1) + toa5_row(2))
    await importing.watch.look()
    assert importing.times() == [0, 2]


async def test_a_name_in_another_alphabet_can_be_shown(importing):
    importing.write(toa5([CALM]), "северный.dat".encode("cp1251").decode("utf-8", "surrogateescape"))
    await importing.watch.look()
    assert importing.times() == [0]
    assert r"\xf1\xe5" in json.loads(json.dumps(importing.status(), ensure_ascii=False).encode())["file"]


async def test_stars_in_a_pattern_are_stars(importing):
    where = f'folder = "{importing.folder}"\nfiles = "**.dat"\nform = "'
    importing.sources = parse_sources(TOA5.replace('form = "', where, 1), site())
    importing.begin()
    importing.write(toa5([CALM]))
    await importing.watch.look()
    assert importing.times() == [0]


async def test_a_handed_in_file_may_have_any_name(importing, tmp_path):
    path = tmp_path / "history.part"
    path.write_text(toa5([CALM]), encoding="utf-8")
    hand_in(importing.data, importing.sources[0], path)
    await importing.watch.look()
    assert importing.times() == [0]


async def test_a_file_that_was_checked_by_an_edited_mapping_waits_for_a_collector_that_has_it(importing, tmp_path):
    path = tmp_path / "history.dat"
    path.write_text(toa5([CALM]), encoding="utf-8")
    edited = source(TOA5.replace('column = "VW_Hz"', 'column = "BattV"').replace('"Smp"', '"Min"', 1))
    hand_in(importing.data, edited, path)
    await importing.watch.look()
    assert importing.times() == []
    assert importing.status()["state"] == watch.OTHER_MAPPING


async def test_a_folder_that_is_there_again_is_no_longer_said_to_be_away(importing):
    importing.folder.rename(importing.folder.with_name("away"))
    await importing.watch.look()
    importing.folder.with_name("away").rename(importing.folder)
    importing.write(toa5([CALM]))
    await importing.watch.look()
    assert [one["state"] for one in importing.watch.status.as_json()] == ["read"]


async def test_a_folder_that_may_not_be_read_is_said_and_costs_the_others_nothing(importing, monkeypatch):
    def refuse(_folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    await importing.watch.look()
    assert importing.status()["state"] == "cannot be read: Permission denied"


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("shorter", [False, True])
async def test_a_file_that_changed_behind_its_first_row_is_read_anew(importing, restarted, shorter):
    importing.write(toa5([CALM, CALM, CALM]))
    await importing.watch.look()
    if restarted:
        importing.begin()
    later = (7,) if shorter else (7, 8, 9)
    importing.write(HEAD + "".join(toa5_row(scan) for scan in (0, *later)))
    await importing.watch.look()
    importing.add(toa5_row(10))
    await importing.watch.look()
    assert importing.times() == [0, 1, 2, *later, 10]


async def test_a_period_of_nothing_is_no_frequency_without_end(tmp_path):
    importing = Importing(tmp_path, LC2.replace('unit = "digits"', 'unit = "period_1e-7s"'))
    importing.write("North,2016,1,1300,0,2.98,21.4,1e-320,10.5,1\n")
    await importing.watch.look()
    assert importing.times() == []
    importing.chain.close()


async def test_a_maker_s_number_for_no_reading_is_that_in_every_unit(tmp_path):
    def named(text: str) -> str:
        return text.replace('unit = "Hz"\n', 'unit = "Hz"\nsentinels = "campbell"\n')

    importing = Importing(tmp_path, LC2, named)
    importing.write("North,2016,1,1300,0,2.98,21.4,-9999999,10.5,1\n")
    await importing.watch.look()
    importing.chain.pass_time(importing.now_ms + 4 * SCAN_MS)
    found = importing.chain.reader.latest()[("P1", "pore_pressure")]
    assert (found.value, found.judged) == (None, False)
    assert any("campbell's word for: no signal" in reason for reason in found.reasons)
    importing.chain.close()
