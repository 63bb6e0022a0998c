"""What a wrong clock, a silent logger and an edited site must not do: mute an alarm or stop the judgement."""

from dataclasses import replace
from pathlib import Path

import pytest

from collector.api import state_json
from collector.present import present
from collector.web import state_page
from collector.web.render import DAY_CHOICES, Renderer
from seepline.site_file import read_site
from tests.collector.chain import CALM, RED, SCAN_MS, T0_MS
from tests.pages import framed


def test_one_reading_dated_years_ahead_is_told_and_mutes_nothing_behind_it(chain, rows):
    years_ms = 20 * 365 * 86_400_000
    ahead = replace(rows.piezometer(0, CALM, seq=1), time_ms=T0_MS + years_ms)
    chain.take(replace(rows.barometer(0), time_ms=T0_MS + years_ms), ahead, at_ms=T0_MS)
    for scan in (0, 1, 2):
        chain.take(rows.barometer(scan, seq=scan + 2), rows.piezometer(scan, RED, seq=scan + 2))
    assert chain.kinds() == ["clock", "clock", "clock_end", "clock_end", "level"]
    assert chain.pressure().time_ms == T0_MS + 2 * SCAN_MS
    assert not chain.pressure().late
    told = [one for one in chain.reader.events() if one.kind == "clock"]
    assert {one.logger for one in told} == {"a", "b"}
    assert {one.time_ms for one in told} == {T0_MS}
    assert "630720000 s ahead of the collector's clock, 2016-01-01 08:00:00 UTC;" in told[0].text
    assert chain.journal.counts()["raw_records"] == 8


def test_a_true_reading_is_judged_though_one_dated_ahead_had_claimed_its_time(chain, rows):
    chain.take(rows.barometer(4), replace(rows.piezometer(4, CALM), seq=1), at_ms=T0_MS)
    chain.take(rows.barometer(4, seq=6), rows.piezometer(4, RED, seq=6), at_ms=T0_MS + 4 * SCAN_MS)
    assert chain.pressure().level == 3
    assert "conflict" not in chain.kinds()


def test_a_reading_dated_ahead_that_is_sent_again_when_its_date_has_come_stays_evidence(chain, rows):
    sent = rows.barometer(4), rows.piezometer(4, RED)
    chain.take(*sent, at_ms=T0_MS)
    chain.take(*sent, at_ms=T0_MS + 4 * SCAN_MS)
    assert chain.pressure() is None
    assert chain.journal.counts()["duplicates"] == 2


def test_a_backfill_between_readings_dated_ahead_makes_no_second_event(chain, rows):
    ahead = [replace(rows.barometer(500 + scan), time_ms=T0_MS + 86_400_000 + scan) for scan in range(3)]
    for number, wrong in enumerate(ahead):
        chain.take(wrong, rows.barometer(number - 50, seq=number + 1), at_ms=T0_MS)
    assert chain.kinds() == ["clock"]


def test_a_red_instrument_whose_logger_falls_silent_stays_red_in_state_and_page(chain, rows):
    chain.take(rows.barometer(0), rows.piezometer(0, RED))
    chain.pass_time(T0_MS + 3_601_000)
    state = state_json(chain.site, present(chain.site, chain.reader, chain.now_ms))
    levels = {(one["point"], one["quantity"]): one["level"] for one in state["points"]}
    assert (state["level"], levels["P1", "pore_pressure"]) == ("red", "red")
    assert (state["coverage"]["valid"], state["coverage"]["invalid_critical"]) == (0, ["P1"])
    found = state_page.read_page(chain.site, chain.reader, chain.now_ms, 14, Renderer())
    page = framed(chain.site, "page.html", found, refresh_s=None, choices=DAY_CHOICES)
    assert "<title>RED" in page
    assert "0 of 2 instruments valid" in page
    assert "no reading for more than 3600 s; last reading 2016-01-01 08:00:00 UTC" in page


_EDITS = [('"P1"', '"P9"'), ("valid_from = 2015-01-01", "valid_from = 2015-01-02")]


@pytest.mark.parametrize(("old", "new"), _EDITS)
def test_a_value_that_waits_outlives_an_edit_of_its_site(chain, rows, tmp_path, old, new):
    chain.take(rows.piezometer(0))
    chain.close()
    edited = tmp_path / "edited.toml"
    edited.write_text(Path(__file__).with_name("dam.toml").read_text().replace(old, new))
    chain.site = read_site(edited)
    chain.open()
    chain.pass_time(T0_MS + 2 * SCAN_MS)
    assert (chain.pressure() is None) == (new == '"P9"')
