"""A calibration sheet sent to the page of its instrument: looked at, shown back, signed; nothing else is kept."""

import asyncio
import gzip
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple
from html import unescape
from threading import Event

import httpx
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner

from collector.acts.sheets import accepted_sheets
from collector.deeds import preview_routes
from collector.journal import Journal
from collector.places import instrument_routes
from collector.places.sheet_check import Looking, sheet_page
from collector.recompute.job import About, NoPreviewError, Previews, asked_for
from collector.recompute.preview import PreviewError
from collector.web.shell import Shell
from collector.web.visitor import SCOPE_KEY, Visitor
from seepline.acts.check import checked
from seepline.acts.document import accepted_text
from seepline.acts.errors import BadBody, NotEntitled
from seepline.acts.sheets import MOST_BYTES, waiting
from seepline.cli import app
from seepline.sheets.entry import with_entry
from seepline.sheets.fit import with_sheet
from seepline.sheets.sheet_file import parse_sheet
from seepline.site_digest import site_digest
from seepline.site_file import parse_site, read_site
from tests.acts import Persons
from tests.collector.chain import T0_MS, Chain
from tests.collector.conftest import DAM, Rows
from tests.seepline.test_sheets import SHEET

PERSONS = Persons()
ENGINEER = Visitor("engineer_of_record", "The engineer", "engineer_of_record", "c")
EVIL = "<script>alert(1)</script>"
PATH = "/instruments/vw/sheet"


class Door:
    """The pages of instruments and previews in this process, and a person before them."""

    def __init__(self, chain) -> None:
        self.chain, self.visitor = chain, ENGINEER
        shell = Shell(chain.site, lambda: chain.now_ms)
        journal, store = chain.folder / "journal.sqlite", chain.folder / "store.sqlite"
        self.previews = Previews(journal, store)
        gauges = instrument_routes.Gauges(shell, journal, self.previews)
        routes = [*instrument_routes.routes(gauges), *preview_routes.routes(shell, self.previews)]
        self.app = Starlette(routes=routes)

    async def __call__(self, scope, receive, send) -> None:
        await self.app({**scope, SCOPE_KEY: self.visitor}, receive, send)

    def ask(self, method: str, path: str, **more) -> httpx.Response:
        return asyncio.run(self._ask(method, path, **more))

    async def _ask(self, method: str, path: str, **more) -> httpx.Response:
        transport = httpx.ASGITransport(self)
        async with httpx.AsyncClient(transport=transport, base_url="http://dam") as opened:
            return await opened.request(method, path, **more)

    def send(self, text: str | bytes, path: str = PATH, **headers: str) -> httpx.Response:
        return self.ask("POST", path, content=text, headers=headers)

    def found(self, answer: httpx.Response) -> str:
        """Return the words of the preview that an answer leads to, once it is at its end."""
        assert answer.status_code == 303, answer.text
        where, end_s = httpx.URL(f"http://dam{'/recompute/'}").join(answer.headers["location"]).path, _later_s()
        while "data-runs" in (page := self.ask("GET", where).text):
            assert time.monotonic() < end_s, words(page)
            time.sleep(0.02)
        return words(page)


def _later_s() -> float:
    return time.monotonic() + 120


def words(page: str) -> str:
    parted = re.sub(r"</?(?:br|p|div|t[dhr]|d[dlt]|h\d|section|li|time|span|small)\b[^>]*>", " ", page)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", parted)))


def rows(page: str) -> list[list[str]]:
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    return [[words(cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", one, re.DOTALL)] for one in found]


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Iterator[Door]:
    chain, rows = Chain(read_site(DAM), tmp_path_factory.mktemp("kept")), Rows()
    chain.take(*(one for n in range(3) for one in (rows.barometer(n), rows.piezometer(n))))
    made = Door(chain)
    yield made
    made.previews.close()
    chain.close()


@pytest.fixture
def door(kept) -> Iterator[Door]:
    """Return pages that keep nothing of what they are sent, and hold them to it."""
    kept.visitor, before = ENGINEER, (kept.chain.journal.counts(), sorted(kept.chain.folder.iterdir()))
    yield kept
    assert (kept.chain.journal.counts(), sorted(kept.chain.folder.iterdir())) == before


def body(chain, text: str = SHEET, **changed) -> dict:
    about = {"instrument": "vw", "calibration": "vw:2", "sheet": text, "site": site_digest(chain.site)}
    return {**about, **changed}


def test_a_sheet_is_shown_back_as_it_was_read_beside_the_one_in_force(door):
    answer = door.send(SHEET)
    assert answer.status_code == 200, words(answer.text)
    said, cells = words(answer.text), rows(answer.text)
    assert "What was read: vw:2" in said
    assert "test, 1" in said  # maker and serial number
    assert "700.0 kPa" in said
    assert "2016-01-01 12:00" in said
    assert "In force at that time: sheet vw:1. It ends where this one begins." in said
    assert "All 4 points are within the 0.2 % FS that the maker states." in said
    assert ["420", "6749", "418.7735", "−0.175"] in [one[:4] for one in cells]
    assert ["form", "polynomial", "linear", ""] in cells
    assert re.findall(r'data-act="(\w+)"', answer.text) == ["sheet_accept"]


def test_the_difference_is_told_of_numbers_and_of_each_calibration_point(dam):
    coming = SHEET.replace("version = 2", "version = 3").replace("0.1795", "0.1796")
    coming = coming.replace("01-01T12", "01-02T12")
    first = parse_sheet(SHEET, dam)
    page = sheet_page(coming, Looking(with_sheet(dam, first.calibration), "vw", T0_MS, ENGINEER))
    cells = [list(astuple(one)) for one in (*page.numbers, *page.points)]
    assert ["coefficients.G", "−0.1795", "−0.1796", "−0.0001"] in cells
    assert ["420", "6749", "419.0068", "−0.142", "418.7735", "+0.2333"] in cells


FAULTS = {
    "a misspelt key": ("readings = [8300.0]", "reading = 8300.0", ["31", "point[2].reading"]),
    "another gauge's serial": ('serial = "1"', 'serial = "2"', ["19", "sheet.serial", "'2'"]),
    "a key that is not there": ("stated_percent_fs = 0.2\n", "", ["17", "sheet.stated_percent_fs"]),
    "a version that is there": ("version = 2", "version = 1", ["", "calibration[vw:1]"]),
    "no TOML": ('serial = "1"', "serial = 1,5", ["", "SHEET.toml", "Expected newline or end of document"]),
    "another gauge's sheet": ('instrument = "vw"', 'instrument = "baro"', ["5", "calibration.instrument"]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), FAULTS.values(), ids=FAULTS)
def test_every_fault_stands_with_its_line_its_value_and_what_was_expected(door, old, new, said):
    answer = door.send(SHEET.replace(old, new))
    assert answer.status_code == 422
    assert "data-act" not in answer.text
    cells = rows(answer.text)
    assert any(all(part in cell for part, cell in zip(said, one, strict=False)) for one in cells), cells


def test_a_sheet_that_disagrees_with_itself_offers_nothing_to_sign(door):
    answer = door.send(SHEET.replace("G = -0.1795", "G = -0.1759"))
    assert (answer.status_code, "data-act" in answer.text) == (422, False)
    assert "point[3] at 420 kPa: recomputed 410.375 kPa, off by -1.38 % FS" in words(answer.text)
    assert "It is not accepted" in answer.text


def test_who_may_not_sign_is_offered_no_form(door):
    door.visitor = Visitor("irina", "Irina", "inspector", "c")
    assert "data-act" not in (page := door.send(SHEET).text)
    assert "Only an engineer may accept it." in page


NO_SHEETS = {
    "a program": (b"MZ\x90\0\x03" + bytes(500), "This is a program for Windows"),
    "a workbook": (b"PK\x03\x04" + b"\x14\0" * 100, "This is a ZIP archive, as .xlsx"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "This is an old Excel or Word file"),
    "a PDF": (b"%PDF-1.7\n", "This is a PDF"),
    "packed": (b"\x1f\x8b\x08" + bytes(30), "This is packed by gzip"),
    "XML with entities": (b'<!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>', "This is XML or HTML"),
    "UTF-16": (SHEET.encode("utf-16"), "This is text saved as UTF-16"),
    "UTF-16 without a mark": (SHEET.encode("utf-16-le"), "is zero, as no text has"),
    "Windows' Cyrillic": ('source = "Паспорт"'.encode("cp1251"), "Byte 11, in line 1, is 0xcf"),
    "garbage": (bytes(range(128, 256)) * 9, "which is not UTF-8"),
    "nothing": (b" \n", "This is an empty file"),
    "one long line": (b"a" * 20_000, "Line 1 has 20000 characters"),
    "a key without end": (b"a." * 4000 + b"a = 1", "a key of more than 16 parts"),
    "too much": (b"#" * (MOST_BYTES + 1), f"expected at most {MOST_BYTES} bytes"),
}  # fmt: skip


@pytest.mark.parametrize("path", [PATH, "/instruments/vw/preview"])
@pytest.mark.parametrize(("data", "said"), NO_SHEETS.values(), ids=NO_SHEETS)
def test_what_is_no_sheet_is_refused_in_one_sentence(door, path, data, said):
    answer = door.send(data, path, **{"Content-Disposition": 'attachment; filename="sheet.toml"'})
    assert answer.status_code in (400, 413)
    assert (said in answer.text, "\n" in answer.text) == (True, False), answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_packed_body_is_never_unpacked_beyond_the_bound(door):
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < MOST_BYTES
    answer = door.send(bomb, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, f"at most {MOST_BYTES}" in answer.text) == (413, True)


HOSTILE = ("[" * 9000, "a = " + "[" * 9000, "a = " + "{b=" * 3000, f"{EVIL} = 1", f'[{EVIL!r}]\n"{EVIL}" = 1')


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_a_list_of_faults(door, text):
    answer = door.send(text)
    assert answer.status_code in (400, 422)
    assert EVIL not in answer.text


def test_hostile_words_in_a_sound_sheet_are_words(door):
    answer = door.send(SHEET.replace("Geokon 4500 manual, Appendix C", EVIL))
    assert (answer.status_code, EVIL in answer.text) == (200, False)
    assert "&lt;script&gt;" in answer.text


def test_an_instrument_s_page_shows_its_sheets_and_where_it_measured(door):
    page = door.ask("GET", "/instruments/vw").text
    (sheet,) = [one for one in rows(page) if one]
    assert (sheet[0], sheet[1][:4], sheet[2]) == ("vw:1 polynomial", "2015", "no end")
    assert 'href="../points/P1"' in page
    assert door.ask("GET", "/instruments/none").status_code == 404
    assert door.send(SHEET, "/instruments/none/sheet").status_code == 404
    assert 'lang="ru"' in (russian := door.ask("GET", "/instruments/vw?lang=ru").text)
    assert "Новый паспорт" in russian


def test_what_the_sheet_would_make_of_history_is_what_the_recompute_would(door):
    said = door.found(door.send(SHEET.replace("2016-01-01T12:00", "2016-01-01T08:15"), "/instruments/vw/preview"))
    assert "With sheet vw:2. Points, with all that depends on them: P1." in said, said
    assert "Other values: 2 of" in said  # of three scans, the first is before it
    assert "readings that would reach another level: 2, green → red" in said
    assert door.chain.pressure().calibration == "vw:1"


def test_a_sheet_that_begins_later_is_looked_at_as_if_it_were_in_force(door):
    said = door.found(door.send(SHEET, "/instruments/vw/preview"))
    assert "This sheet begins later and changes no reading that there is." in said
    assert "Other values: 3 of" in said


def test_another_site_file_is_previewed_from_a_day_on(door):
    corrected = DAM.read_text().replace("C = 828.53", "C = 868.53")
    said = door.found(door.send(corrected, "/recompute/previews?point=P1&from=2016-01-01"))
    assert "Other values: 3 of" in said
    assert "+40 kPa" in said
    assert "To make it so: run the collector with this file" in said
    said = door.found(door.send(corrected, "/recompute/previews?from=2016-01-02"))
    assert "Nothing changes." in said


def test_the_site_file_that_runs_is_previewed_and_asked_for_in_one_place(door):
    form = {"point": "P1", "from": "2016-01-01"}
    answer = door.ask("POST", "/recompute/previews", data=form)
    said = door.found(answer)
    assert "Nothing changes." in said
    page = door.ask("GET", f"/recompute/{answer.headers['location']}").text
    assert re.findall(r'data-act="(\w+)"', page) == ["recompute"]
    assert f'value="{site_digest(door.chain.site)}"' in page
    assert ">P1</textarea>" in page


NO_SITES = {
    "no TOML": (b"a =", "", "Invalid value"),
    "a program": (b"\x7fELF" + bytes(99), "", "This is a program for Linux; expected a SITE.toml"),
    "another site": (DAM.read_bytes().replace(b'"dam"', b'"lake"', 1), "", "expected a SITE.toml of dam"),
    "a fault": (DAM.read_bytes().replace(b"C = 828.53", b"C = true"), "", "calibration[vw:1].coefficients"),
    "an unknown point": (DAM.read_bytes(), "?point=%3Cb%3E", "expected a point of the site"),
    "no day": (DAM.read_bytes(), "?from=yesterday", "expected a day such as"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "query", "said"), NO_SITES.values(), ids=NO_SITES)
def test_what_cannot_be_previewed_says_why(door, data, query, said):
    answer = door.send(data, f"/recompute/previews{query}")
    assert (answer.status_code, said in answer.text) == (400, True), answer.text
    assert door.ask("GET", "/recompute/previews/none").status_code == 404


def test_one_preview_at_a_time_each_at_its_end_with_a_sentence(dam, tmp_path):
    go, broken = Event(), PreviewError("there is no room.")

    def make(_site, _journal, _store, _asked, _scratch, progress):
        assert go.wait(60)
        progress(asked)
        raise broken

    asked = asked_for((), 0, T0_MS)
    previews = Previews(tmp_path / "journal.sqlite", tmp_path / "store.sqlite", make)
    job = previews.begin(dam, About("running"), asked)
    with pytest.raises(NoPreviewError, match="Another preview is running"):
        previews.begin(dam, About("running"), asked)
    go.set()
    previews._thread.join(60)
    assert (job.runs, job.fault) == (False, "there is no room.")
    go.clear()
    ended = previews.begin(dam, About("running"), asked)
    previews._ends.set()
    go.set()
    previews._thread.join(60)
    previews.close()
    assert ended.fault == "It was broken off, for the collector ends."


def test_a_preview_that_fails_says_so_and_leaves_its_reason_in_the_log(dam, tmp_path, caplog):
    def make(*_about):
        raise ZeroDivisionError

    previews = Previews(tmp_path / "journal.sqlite", tmp_path / "store.sqlite", make)
    job = previews.begin(dam, About("running"), asked_for((), 0, T0_MS))
    previews._thread.join(60)
    assert job.fault == "It broke off; the collector's log says why."
    assert "ZeroDivisionError" in caplog.text
    assert len(previews._jobs) == 1


def test_the_sheet_of_a_page_is_that_of_the_command(dam):
    sheet = parse_sheet(SHEET, dam)
    added = "[[calibration]]" + SHEET.partition("[calibration]")[2].partition("[sheet]")[0]
    assert parse_site(with_entry(DAM.read_text(), dam, sheet, added)) == with_sheet(dam, sheet.calibration)


def test_an_engineer_s_signature_is_kept_and_the_site_file_takes_the_sheet(chain, tmp_path):
    door = Door(chain)
    act = PERSONS.act("engineer_of_record", "sheet_accept", body(chain), chain.now_ms)
    accepted = checked(act, PERSONS.policy(), chain.site, chain.now_ms)
    chain.journal.append_act(accepted.id, accepted_text(accepted), chain.now_ms)
    chain.judge()
    (event,) = [one for one in chain.reader.events() if one.kind == "sheet"]
    assert event.text == "The engineer_of_record accepted the sheet vw:2 of vw; SITE.toml is to take it"
    assert "was accepted by The engineer_of_record" in words(door.ask("GET", "/instruments/vw").text)
    site_file = tmp_path / "site.toml"
    site_file.write_text(DAM.read_text())
    taken = CliRunner().invoke(app, ["sheet", "take", str(site_file), "--data", str(chain.folder)])
    assert taken.exit_code == 0, taken.output
    before, added = read_site(site_file).calibrations_by_instrument["vw"]
    assert (before.label, added.label, before.valid_to_ms) == ("vw:1", "vw:2", added.valid_from_ms)
    assert "accepted by The engineer_of_record, 2016-01-01" in added.source
    again = CliRunner().invoke(app, ["sheet", "take", str(site_file), "--data", str(chain.folder)])
    assert "has every sheet that was accepted" in again.output
    assert waiting(read_site(site_file), accepted_sheets(chain.folder / "journal.sqlite")) == []
    nowhere = CliRunner().invoke(app, ["sheet", "take", str(site_file), "--data", str(tmp_path / "none")])
    assert (nowhere.exit_code, "--data is the directory of a collector" in nowhere.output) == (2, True)


UNFIT = {
    "another sheet than is named": ({"calibration": "vw:3"}, "calibration: found 'vw:3'; expected 'vw:2'"),
    "another instrument": ({"instrument": "baro"}, "instrument: found 'baro'; expected 'vw'"),
    "checked against another site file": ({"site": "0" * 64}, "site: found another site file's digest"),
    "a sheet that disagrees": ({"sheet": SHEET.replace("0.1795", "0.1759")}, "recomputed 410.375 kPa"),
    "a sheet that does not fit": ({"sheet": SHEET.replace("version = 2", "version = 1")}, "calibration"),
    "no sheet": ({"sheet": "a = 1"}, "an unknown table or key"),
    "nothing": ({"sheet": ""}, "expected a SHEET.toml of at most"),
    "too much": ({"sheet": "#" * (MOST_BYTES + 1)}, "expected a SHEET.toml of at most"),
    "nested without end": ({"sheet": "a = " + "[" * 9000}, "SHEET.toml"),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "said"), UNFIT.values(), ids=UNFIT)
def test_what_is_signed_is_checked_again_at_the_door(kept, changed, said):
    act = PERSONS.act("engineer_of_record", "sheet_accept", body(kept.chain, **changed), T0_MS)
    with pytest.raises(BadBody) as caught:
        checked(act, PERSONS.policy(), kept.chain.site, T0_MS)
    assert said in str(caught.value)


def test_only_engineers_accept_a_sheet(kept):
    act = PERSONS.act("operator", "sheet_accept", body(kept.chain), T0_MS)
    with pytest.raises(NotEntitled):
        checked(act, PERSONS.policy(), kept.chain.site, T0_MS)


def test_of_two_words_on_one_sheet_the_last_one_waits(chain):
    with closing(Journal(chain.folder / "other.sqlite")) as journal:
        for person in ("engineer_of_record", "responsible_engineer"):
            act = PERSONS.act(person, "sheet_accept", body(chain), T0_MS)
            accepted = checked(act, PERSONS.policy(), chain.site, T0_MS)
            journal.append_act(accepted.id, accepted_text(accepted), T0_MS)
        (one,) = waiting(chain.site, accepted_sheets(chain.folder / "other.sqlite"))
        assert one.name == "The responsible_engineer"
