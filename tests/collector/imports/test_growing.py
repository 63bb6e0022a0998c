"""Watched files: whatever happens to file and collector, each row is in the journal once and judged."""

import os
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.imports.growing import Growing
from collector.imports.inbox import DONE, REFUSED, checked, hand_in
from collector.journal import JournalUnavailableError
from collector.raw_lines import RawRow, RawValue
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS, Chain
from tests.collector.imports.foreign import HEAD, LC2, Importing, site, toa5, toa5_row


async def test_rows_are_taken_as_they_are_written_and_a_half_line_waits(importing):
    importing.write(toa5([CALM]))
    await importing.watch.look()
    importing.add(toa5_row(1) + toa5_row(2)[:20])
    await importing.watch.look()
    assert importing.times() == [0, 1]
    importing.add(toa5_row(2)[20:])
    await importing.watch.look()
    assert importing.times() == [0, 1, 2]
    assert importing.status()["last_record"] == 102
    assert importing.chain.journal.counts()["duplicates"] == 0


async def test_an_import_judges_as_the_same_rows_from_a_gateway_do(importing, tmp_path):
    hertz = [CALM, CALM, RED, RED, CALM]
    importing.write(toa5(hertz))
    await importing.watch.look()
    (tmp_path / "other").mkdir()
    other = Chain(site(), tmp_path / "other")
    rows = [
        RawRow(line=1, logger="cr", block=None, time_ms=T0_MS + scan * SCAN_MS,
               values=(RawValue("f", one, 0), RawValue("t", 3000.0, 0)))
        for scan, one in enumerate(hertz)
    ]  # fmt: skip
    other.take(*rows, at_ms=importing.now_ms)
    for chain in (importing.chain, other):
        chain.pass_time(importing.now_ms + 4 * SCAN_MS)  # P1 waits for its barometer, which never comes
    series = [one.reader.series("P1", "temperature", 0, 2**60) for one in (importing.chain, other)]
    assert series[0] == series[1]
    assert len(series[0]) == 5
    assert importing.chain.kinds() == other.kinds()
    other.close()


async def test_a_file_that_grows_over_a_limit_raises_the_alarm_and_one_that_stops_is_silent(importing, rows):
    chain = importing.chain
    chain.take(*(rows.barometer(scan) for scan in range(3)))
    importing.now_ms = T0_MS + 2 * SCAN_MS
    importing.write(toa5([CALM, CALM, RED]))
    await importing.watch.look()
    red = [event for event in chain.reader.events() if event.kind == "level"]
    assert [(event.level_to, event.time_ms) for event in red] == [(3, T0_MS + 2 * SCAN_MS)]
    chain.pass_time(T0_MS + 2 * SCAN_MS + 3_601_000)
    assert ("silence", "cr") in [(event.kind, event.logger) for event in chain.reader.events()]
    importing.add(toa5_row(7))
    importing.now_ms = T0_MS + 7 * SCAN_MS
    await importing.watch.look()
    assert "silence_end" in chain.kinds()


@pytest.mark.parametrize("killed_after", [1, 1000, 1001])
async def test_a_collector_that_was_killed_goes_on_behind_the_last_line_it_has(importing, killed_after):
    importing.write(toa5([CALM + scan / 1000 for scan in range(killed_after)]))
    await importing.watch.look()
    importing.add("".join(toa5_row(scan) for scan in range(killed_after, killed_after + 5)))
    importing.begin()
    await importing.watch.look()
    assert importing.times() == list(range(killed_after + 5))
    assert importing.chain.journal.counts()["duplicates"] == 0


@settings(max_examples=15, deadline=None)
@given(st.data())
async def test_any_pieces_and_any_restarts_give_the_journal_of_the_whole_file(data):
    whole = toa5([CALM, "x", CALM, RED, CALM]) + HEAD + toa5_row(7) + toa5_row(7) + toa5_row(9)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    with tempfile.TemporaryDirectory() as folder:
        importing = Importing(Path(folder))
        for begin, end in pairwise((0, *cuts, len(whole))):
            importing.add(whole[begin:end])
            await importing.watch.look()
            if data.draw(st.booleans()):
                importing.begin()
        assert importing.times() == [0, 2, 3, 4, 7, 9]
        journal = importing.chain.journal
        assert journal.counts()["duplicates"] == 0
        assert journal._connection.execute("SELECT count(*) FROM refused").fetchone() == (1,)
        importing.chain.close()


async def test_a_file_that_did_not_change_is_not_read_again(importing, monkeypatch):
    importing.write(toa5([CALM, CALM]))
    await importing.watch.look()
    read: list[object] = []
    monkeypatch.setattr(Growing, "begin", lambda self: read.append(self))
    await importing.watch.look()
    assert not read
    importing.add(toa5_row(2))
    await importing.watch.look()
    assert len(read) == 1


async def test_a_disk_that_is_full_for_a_while_costs_nothing(importing, monkeypatch):
    importing.write(toa5([CALM, RED]))
    whole = importing.chain.journal.append

    def refuse(batch):
        raise JournalUnavailableError("disk full")

    monkeypatch.setattr(importing.chain.journal, "append", refuse)
    with pytest.raises(JournalUnavailableError):
        await importing.watch.look()
    monkeypatch.setattr(importing.chain.journal, "append", whole)
    await importing.watch.look()
    assert importing.times() == [0, 1]


async def test_a_bad_line_is_refused_and_kept_and_the_good_ones_are_taken(importing):
    importing.write(toa5([CALM, "x", CALM]))
    await importing.watch.look()
    assert importing.times() == [0, 2]
    refused = importing.chain.journal._connection.execute("SELECT text, reason FROM refused").fetchall()
    assert refused == [(toa5_row(1, "x").rstrip().encode(), refused[0][1])]
    assert refused[0][1].startswith("line 6, column VW_Hz: found 'x'; expected a number")
    told = [event.text for event in importing.chain.reader.events() if event.kind == "logger"]
    assert "Logger cr: lines refused (count 1, first line 6)" in told[0]
    importing.begin()
    await importing.watch.look()
    assert len([event for event in importing.chain.reader.events() if event.kind == "logger"]) == 1


async def test_missing_records_and_a_clock_set_back_are_told_and_nothing_is_lost(importing):
    importing.write(HEAD + toa5_row(0) + toa5_row(4) + toa5_row(2, record=105))
    await importing.watch.look()
    assert importing.times() == [0, 2, 4]
    told = " ".join(event.text for event in importing.chain.reader.events() if event.kind == "logger")
    assert "records missing (count 1, first line 6)" in told
    assert "time went back (count 1, first line 7)" in told


async def test_a_changed_head_stops_the_file_once_and_what_stood_before_it_is_taken(importing):
    importing.write(toa5([CALM]) + HEAD.replace('"Hz"', '"digits"') + toa5_row(1, 8000.0))
    for _ in range(3):
        await importing.watch.look()
        importing.begin()
    assert importing.times() == [0]
    told = [event.text for event in importing.chain.reader.events() if event.kind == "logger"]
    assert [text for text in told if "file stopped (count 1, first line 8)" in text] == told


async def test_a_file_with_another_head_from_the_start_gives_nothing(importing):
    importing.write(toa5([CALM]).replace('"Hourly"', '"Daily"'))
    await importing.watch.look()
    await importing.watch.look()
    assert importing.times() == []
    assert importing.status()["state"] == "stopped: not as the source says"
    assert importing.status()["faults"] == [
        "line 1: found table 'Daily'; expected table 'Hourly', as the source says"
    ]
    importing.write(toa5([CALM]))
    await importing.watch.look()
    assert importing.times() == [0]


async def test_a_file_that_is_begun_anew_or_cut_is_read_again_and_known_rows_stay_one(importing):
    importing.write(toa5([CALM, CALM, CALM]))
    await importing.watch.look()
    importing.write(HEAD + toa5_row(2) + toa5_row(3))  # the data logger's PC keeps the newest rows only
    await importing.watch.look()
    importing.write(HEAD + toa5_row(2))
    await importing.watch.look()
    importing.add(toa5_row(4))
    await importing.watch.look()
    assert importing.times() == [0, 1, 2, 3, 4]
    assert importing.chain.journal.counts()["conflicts"] == 0


async def test_a_file_that_is_put_away_under_another_name_is_not_read_twice(importing):
    path = importing.write(toa5([CALM, CALM]))
    await importing.watch.look()
    path.rename(path.with_name("north-2016.dat"))
    importing.write(HEAD + toa5_row(2))
    await importing.watch.look()
    assert importing.times() == [0, 1, 2]
    assert importing.chain.journal.counts()["duplicates"] == 0


async def test_another_value_for_a_known_time_is_a_conflict_and_the_first_stays(importing):
    importing.write(toa5([CALM]))
    await importing.watch.look()
    importing.write(HEAD.replace("12.02", "12.03") + toa5_row(0, RED))
    await importing.watch.look()
    assert importing.chain.journal.raw.nearest("cr/f", T0_MS, 0).value == CALM
    assert "conflict" in importing.chain.kinds()


async def test_a_file_of_something_else_is_left_after_its_first_lines(tmp_path):
    importing = Importing(tmp_path, LC2)
    importing.write("".join(f"not an array {number}\n" for number in range(5000)))
    await importing.watch.look()
    assert importing.status()["state"] == "stopped: not as the source says"
    assert importing.chain.journal._connection.execute("SELECT count(*) FROM refused").fetchone() == (0,)
    assert importing.chain.kinds() == ["logger"]
    importing.chain.close()


async def test_a_maker_s_word_for_no_reading_is_evidence_of_the_instrument(tmp_path):
    importing = Importing(
        tmp_path, dam=lambda text: text.replace('unit = "ohm"\n', 'unit = "ohm"\nsentinels = "campbell"\n')
    )
    importing.write(HEAD + toa5_row(0, ohm=-9999999))
    await importing.watch.look()
    importing.chain.pass_time(importing.now_ms + 4 * SCAN_MS)  # it waits for its barometer in vain
    found = importing.chain.reader.latest()[("P1", "temperature")]
    assert (found.value, found.judged) == (None, False)
    assert any("campbell's word for" in reason for reason in found.reasons)
    importing.chain.close()


async def test_a_folder_that_is_not_there_and_a_file_that_may_not_be_read(importing):
    importing.folder.rename(importing.folder.with_name("away"))
    await importing.watch.look()
    assert importing.status()["state"] == "no such folder"
    importing.folder.with_name("away").rename(importing.folder)
    path = importing.write(toa5([CALM]))
    path.unlink()
    os.mkfifo(path)
    await importing.watch.look()  # a pipe would keep us waiting
    assert importing.times() == []


async def test_a_file_that_a_person_hands_in_is_checked_taken_whole_and_kept(importing, tmp_path):
    path = tmp_path / "history.dat"
    path.write_text(toa5([CALM] * 1200).rstrip("\n"), encoding="utf-8")  # its last line has no end
    source = importing.sources[0]
    assert checked(source, path).rows == 1200
    target = hand_in(importing.data, importing.sources[0], path)
    hand_in(importing.data, importing.sources[0], path)
    await importing.watch.look()
    assert importing.times() == list(range(1200))
    kept = importing.data / "imports" / DONE / "north" / target.name
    assert kept.read_bytes() == path.read_bytes()
    assert not target.exists()


async def test_a_handed_in_file_that_was_changed_afterwards_is_put_aside(importing, tmp_path):
    path = tmp_path / "history.dat"
    path.write_text(toa5([CALM]), encoding="utf-8")
    target = hand_in(importing.data, importing.sources[0], path)
    target.write_text(toa5([CALM]).replace('"Hz"', '"digits"'), encoding="utf-8")
    await importing.watch.look()
    assert importing.times() == []
    assert (importing.data / "imports" / REFUSED / "north" / target.name).exists()


async def test_an_lc2_file_goes_the_same_way(tmp_path):
    importing = Importing(tmp_path, LC2)
    importing.write("North,2016,1,1300,0,2.98,21.4,8000,10.5,1\nNorth,2016,1,1315,0,2.98,21.4,8000,10.5,2\n")
    await importing.watch.look()
    assert importing.times() == [0, 1]
    importing.chain.close()
