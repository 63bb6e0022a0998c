"""Every rule of a site, each broken in one place of the demo site."""

from pathlib import Path

import pytest

from seepline.site_file import SiteError, parse_site

DEMO = Path("simulator/demo/site.toml").read_text(encoding="utf-8")
WATERTON, POND = 'id = "waterton-a"\n', 'id = "pond"\n'
BEGIN = "valid_from = 2015-01-01T00:00:00Z"
ASSIGN_TOE = '[[assignment]]\npoint = "TOE-P1"'
ASSIGN_MV1 = '[[assignment]]\npoint = "MV-P1"'
ASSIGN_WA1 = '[[assignment]]\npoint = "WA-P1"'
ASSIGN_RAIN = '[[assignment]]\npoint = "PD-RAIN"'
SHEET_TOE = '[[calibration]]\nid = "vw-toe"'
SHEET_MV1 = '[[calibration]]\nid = "vw-83807"'
LIMIT_TOE = "[[threshold]] # the pond rises"
LIMIT_RATE = 'direction = "rate_up"'
LIMIT_POND = 'point = "POND"\nquantity = "water'

# A second toe gauge, with its own sheet, for what needs two of something.
SECOND_GAUGE = (
    DEMO[DEMO.index('[[instrument]]\nid = "vw-toe"') :]
    .split("\n\n")[0]
    .replace("vw-toe", "vw-toe2")
    .replace("demo-1", "demo-9")
)
SECOND_SHEET = DEMO[DEMO.index(SHEET_TOE) :].split("\n\n")[0].replace("vw-toe", "vw-toe2")
TOE_ENTRY = DEMO[DEMO.index(ASSIGN_TOE) :].split("\n\n")[0]


def edited(anchor: str, old: str, new: str, text: str = DEMO) -> str:
    """Return the text with the first `old` at or after `anchor` replaced."""
    start = text.index(anchor)
    at = text.index(old, start)
    return text[:at] + new + text[at + len(old) :]


def problems_of(text: str) -> dict[str, str]:
    with pytest.raises(SiteError) as caught:
        parse_site(text)
    assert len({problem.path for problem in caught.value.problems}) == len(caught.value.problems)
    return {problem.path: f"{problem.found} | {problem.expected}" for problem in caught.value.problems}


def test_the_demo_site_has_no_problem():
    site = parse_site(DEMO)
    assert [logger.id for logger in site.loggers] == ["mvd116", "waterton-a", "pond"]
    assert site.channel_by_name["pond/level"].unit == "mA"
    assert site.assignments[0].valid_from_ms == 1_420_070_400_000


# (what is broken, anchor, old, new, place of the one problem, a word of its sentence)
BROKEN = [
    ("id of odd letters", 'id = "battery"', "battery", "bat tery", {"channel[11].id": "letters"}),
    ("id twice", "[[gateway]]", 'id = "gw1"', 'id = "gw1"\n[[gateway]]\nid = "gw1"',
     {"gateway[2].id": "gateway[1]"}),
    ("logger address twice", WATERTON, "address = 2", "address = 1",
     {"logger[waterton-a].address": "logger[mvd116]"}),
    ("logger serial twice", WATERTON, "116002", "116001", {"logger[waterton-a].serial": "logger[mvd116]"}),
    ("gauge serial twice", 'id = "vw-83808"', '"83808"', '"83807"', {"instrument[vw-83808].serial": "vw-83807"}),
    ("address of broadcast", POND, "address = 3", "address = 0", {"logger[pond].address": "1 to 247"}),
    ("address too high", POND, "address = 3", "address = 248", {"logger[pond].address": "1 to 247"}),
    ("serial beyond u32", POND, "116003", "4294967296", {"logger[pond].serial": "4294967294"}),
    ("odd baud", "[[bus]]", "115200", "115000", {"bus[bus1].baud": "9600"}),
    ("odd parity", "[[bus]]", '"none"', '"mark"', {"bus[bus1].parity": '"even"'}),
    ("three stop bits", "[[bus]]", 'parity = "none"', 'parity = "none"\nstop_bits = 3',
     {"bus[bus1].stop_bits": "one of 1, 2"}),
    ("radio without its gaps", "[[bus]]", 'parity = "none"',
     'parity = "none"\nradio = { latency_s = 0.1, packet_bytes = 8, gap = 1, broadcast = "no" }', {
        "bus[bus1].radio.gap": "did you mean gap_s", "bus[bus1].radio.gap_s": "0 to 10 seconds",
        "bus[bus1].radio.packet_bytes": "24 bytes or more", "bus[bus1].radio.broadcast": "true or false"}),
    ("radio that is late by a minute", "[[bus]]", 'parity = "none"',
     'parity = "none"\nradio = { latency_s = 60, packet_bytes = 48, gap_s = 0, broadcast = true }',
     {"bus[bus1].radio.latency_s": "0 to 30 seconds"}),
    ("no such gateway", "[[bus]]", '"gw1"', '"gw2"', {"bus[bus1].gateway": "did you mean gw1"}),
    ("no such bus", POND, '"bus1"', '"bus2"', {"logger[pond].bus": "did you mean bus1"}),
    ("no such section", "[[profile]]", '"A"', '"B"', {"profile[1].section": "[[section]]"}),
    ("no such section of a point", 'id = "MV-P1"', '"A"', '"B"', {"point[MV-P1].section": "[[section]]"}),
    ("no such instrument", ASSIGN_RAIN, '"rain-pond"', '"rain-lake"',
     {"assignment[11].instrument": "[[instrument]]"}),
    ("no such point", ASSIGN_RAIN, '"PD-RAIN"', '"PD-SNOW"', {"assignment[11].point": "[[point]]"}),
    ("no such channel", ASSIGN_TOE, "pond/toe_f", "pond/toef",
     {"assignment[7].inputs.frequency": "pond/toe_frequency"}),
    ("no such reference", ASSIGN_TOE, '"PD-BARO"', '"XBARO"', {"assignment[7].references.barometer": "[[point]]"}),
    ("no such point of a limit", LIMIT_POND, "POND", "PONT", {"threshold[3].point": "did you mean POND"}),
    ("no such set", LIMIT_TOE, '"demo-1"', '"demo-2"', {"threshold[1].set": "did you mean demo-1"}),
    ("unknown channel kind", 'id = "battery"', '"voltage"', '"volts"',
     {"channel[waterton-a/battery].kind": "voltage"}),
    ("unit of another kind", 'id = "battery"', '"mV"', '"V"', {"channel[waterton-a/battery].unit": "'mV'"}),
    ("slot beyond a vw record", 'id = "toe_frequency"', "slot = 0", "slot = 4",
     {"channel[pond/toe_frequency].slot": "0 to 3"}),
    ("slot beyond a scalar record", 'id = "tilt5"', "slot = 5", "slot = 14",
     {"channel[pond/tilt5].slot": "0 to 13"}),
    ("negative slot", 'id = "tilt5"', "slot = 5", "slot = -1", {"channel[pond/tilt5].slot": "0 or more"}),
    ("block beyond the map", 'id = "tilt5"', "block = 1", "block = 16", {"channel[pond/tilt5].block": "0 to 15"}),
    ("two channels in one place", 'id = "tilt5"', "slot = 5", "slot = 4", {"channel[pond/tilt5].slot": "tilt4"}),
    ("two payloads in one block", 'id = "tilt5"', "block = 1", "block = 0",
     {"channel[pond/tilt5].block": "vw block"}),
    ("stuck without resolution", 'id = "tilt5"', "resolution = 0.00001", "",
     {"channel[pond/tilt5].resolution": "stuck_after"}),
    ("stuck after one reading", 'id = "tilt5"', "= 96", "= 1", {"channel[pond/tilt5].stuck_after": "2 or more"}),
    ("silence before the next scan", POND, "14400", "900", {"logger[pond].silence_s": "scan_s (900)"}),
    ("unknown instrument kind", 'id = "vw-toe"', '"vw_piezometer"', '"vw_piezo"', {
        "instrument[vw-toe].kind": "did you mean vw_piezometer"}),
    ("wrong sign convention", SHEET_TOE, '"R1-R0"', '"R1+R0"', {"calibration[vw-toe:1].sign": "R0-R1"}),
    ("missing sign", SHEET_TOE, 'sign = "R1-R0"', "", {"calibration[vw-toe:1].sign": "R0-R1"}),
    ("wrong thermal sign", SHEET_TOE, '"T1-T0"', '"T+"', {"calibration[vw-toe:1].thermal.sign": "T0-T1"}),
    ("missing thermal unit", SHEET_TOE, 'unit = "kPa/degC", ', "",
     {"calibration[vw-toe:1].thermal.unit": "missing"}),
    ("missing coefficient", SHEET_MV1, "C = 828.53, ", "", {"calibration[vw-83807:1].coefficients.C": "number"}),
    ("unknown form", SHEET_MV1, '"polynomial"', '"cubic"', {"calibration[vw-83807:1].form": "linear"}),
    ("unknown input", ASSIGN_RAIN, "tips =", "tip =", {
        "assignment[11].inputs.tip": "did you mean tips", "assignment[11].inputs.tips": "channel in count"}),
    ("input of another unit", ASSIGN_RAIN, "pond/rain", "pond/level",
     {"assignment[11].inputs.tips": "channel in count"}),
    ("unknown reference", ASSIGN_TOE, "barometer =", "barometre =", {
        "assignment[7].references.barometre": "did you mean barometer",
        "assignment[7].references.barometer": "barometric_pressure, for calibration[vw-toe:1]"}),
    ("reference of another quantity", ASSIGN_TOE, '"PD-BARO"', '"PD-RAIN"', {
        "assignment[7].references.barometer": "barometric_pressure"}),
    ("barometer term without barometer", ASSIGN_MV1, 'references = { barometer = "WA-BARO" }', "", {
        "assignment[1].references.barometer": "calibration[vw-83807:1]"}),
    ("thermal term without thermistor", ASSIGN_WA1, ', thermistor = "waterton-a/p1_thermistor"', "", {
        "assignment[3].inputs.thermistor": "channel in ohm"}),
    ("segment without channel", "point = \"IPI-1\"", ', tilt5 = "pond/tilt5"', "",
     {"assignment[9].inputs.tilt5": "deg"}),
    ("assignment that ends before it begins", ASSIGN_TOE, BEGIN, f"{BEGIN}\nvalid_to = 2014-01-01T00:00:00Z", {
        "assignment[7].valid_to": "after valid_from"}),
    ("calibration gap at the beginning", SHEET_TOE, BEGIN, "valid_from = 2015-06-01T00:00:00Z", {
        "calibration[vw-toe:1].valid_from": "from 2015-01-01T00:00:00Z to 2015-06-01T00:00:00Z"}),
    ("calibration gap at the end", SHEET_TOE, BEGIN, f"{BEGIN}\nvalid_to = 2016-01-01T00:00:00Z", {
        "calibration[vw-toe:1].valid_to": "from 2016-01-01T00:00:00Z on"}),
    ("negative deadband", LIMIT_POND, "0.05", "-0.05", {"threshold[3].deadband": "0 or more"}),
    ("no delay count", LIMIT_POND, "delay_count = 2", "delay_count = 0",
     {"threshold[3].delay_count": "1 or more"}),
    ("orange below yellow", LIMIT_TOE, "orange = 60.0", "orange = 30.0",
     {"threshold[1].orange": "yellow < orange"}),
    ("red equal to orange", LIMIT_TOE, "red = 80.0", "red = 60.0", {"threshold[1].red": "yellow < orange"}),
    ("lower limits that rise", LIMIT_POND, '"above"', '"below"', {
        "threshold[3].orange": "yellow > orange", "threshold[3].red": "yellow > orange"}),
    ("unknown direction", LIMIT_POND, '"above"', '"over"', {"threshold[3].direction": '"rate_up"'}),
    ("rates that are negative", LIMIT_RATE, "yellow = 20.0", "yellow = -20.0", {"threshold[2].yellow": "above 0"}),
    ("rate without window", LIMIT_RATE, "rate_window_s = 10800", "", {"threshold[2].rate_window_s": "seconds"}),
    ("limit with window", LIMIT_POND, "delay_count = 2", "delay_count = 2\nrate_window_s = 60", {
        "threshold[3].rate_window_s": "no such key"}),
    ("unknown quantity", LIMIT_POND, '"water_level"', '"pond_level"', {"threshold[3].quantity": "water_level"}),
    ("quantity of another point", LIMIT_POND, '"water_level"', '"pore_pressure"',
     {"threshold[3].quantity": "water_level"}),
    ("two rows for one limit", LIMIT_RATE, '"rate_up"', '"above"', {
        "threshold[2].direction": "threshold[1]", "threshold[2].rate_window_s": "no such key"}),
    ("demo limits in a real site", "[site]", "demo = true", "demo = false",
     {"threshold_set[demo-1].demo": "site.demo"}),
    ("unknown time zone", "[site]", "America/Los_Angeles", "America/Mukilteo", {"site.timezone": "IANA"}),
    ("a folder as time zone", "[site]", "America/Los_Angeles", "America", {"site.timezone": "IANA"}),
    ("share above one", "[site]", "= 0.7", "= 70", {"site.grey_above_share": "0 to 1"}),
    ("profile that turns back", "[[profile]]", "[0.0, 60.0]", "[-5.0, 60.0]", {"profile[1].line": "x rises"}),
    ("profile of one point", 'name = "foundation"', "[0.0, 18.0], [126.0, 17.0], [170.0, 17.0]", "",
     {"profile[2].line": "two"}),
    ("empty source", SHEET_TOE, '"invented for the demo"', '" "', {"calibration[vw-toe:1].source": "not empty"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("anchor", "old", "new", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_one_broken_line_is_found_at_its_place(anchor: str, old: str, new: str, expected: dict[str, str]):
    found = problems_of(edited(anchor, old, new))
    assert len(found) == len(expected), found
    for place, word in expected.items():
        assert place in found
        assert word in found[place]


def test_a_sign_that_lets_pressure_rise_with_frequency_is_refused_unless_the_gauge_is_declared_rising():
    text = edited(SHEET_TOE, '"R1-R0"', '"R0-R1"')
    ((place, sentence),) = problems_of(text).items()
    assert place.startswith("calibration[vw-toe:1].")
    assert "pressure that rises when frequency falls" in sentence
    rising = edited('id = "vw-toe"', 'serial = "demo-1"', 'serial = "demo-1"\nrising = true', text)
    assert parse_site(rising).instrument_by_id["vw-toe"].rising


def with_second_gauge(first_ends: str | None, second: str) -> str:
    """Return the demo with the toe gauge swapped: the first one's valid_to, the second one's dates."""
    ends = f"{BEGIN}\nvalid_to = {first_ends}" if first_ends else BEGIN
    text = edited(ASSIGN_TOE, BEGIN, ends)
    entry = TOE_ENTRY.replace('"vw-toe"', '"vw-toe2"').replace(BEGIN, second)
    return "\n\n".join((text, SECOND_GAUGE, SECOND_SHEET, entry))


def test_a_swapped_gauge_is_a_new_assignment_from_the_moment_the_old_one_ends():
    site = parse_site(with_second_gauge("2015-07-01T00:00:00Z", "valid_from = 2015-07-01T00:00:00Z"))
    assert [one.instrument for one in site.assignments if one.point == "TOE-P1"] == ["vw-toe", "vw-toe2"]


def test_two_instruments_at_one_point_overlap():
    found = problems_of(with_second_gauge(None, "valid_from = 2015-07-01T00:00:00Z"))
    assert list(found) == ["assignment[15].valid_from"]
    assert "while assignment[7] of point TOE-P1 is valid without end" in found["assignment[15].valid_from"]


def test_a_point_without_instrument_for_a_month_is_a_gap():
    found = problems_of(with_second_gauge("2015-07-01T00:00:00Z", "valid_from = 2015-08-01T00:00:00Z"))
    assert list(found) == ["assignment[15].valid_from"]
    assert "a gap since assignment[7] of point TOE-P1 ended" in found["assignment[15].valid_from"]


def test_one_instrument_at_two_points_at_once():
    text = edited('[[assignment]]\npoint = "MV-P2"', '"vw-83808"', '"vw-83807"')
    assert list(problems_of(text)) == ["assignment[2].instrument"]


def versions(first: str, second: str, number: int = 2, until: str = "") -> str:
    """Return the demo with two sheets of the toe gauge: their dates, and the second one's version."""
    sheet = DEMO[DEMO.index(SHEET_TOE) :].split("\n\n")[0]
    again = sheet.replace("version = 1", f"version = {number}").replace(BEGIN, second + until)
    return edited(SHEET_TOE, sheet, "\n\n".join((sheet.replace(BEGIN, first), again)))


def test_a_second_version_takes_over_when_the_first_ends():
    text = versions(f"{BEGIN}\nvalid_to = 2015-12-01T00:00:00Z", "valid_from = 2015-12-01T00:00:00Z")
    assert [one.label for one in parse_site(text).calibrations if one.id == "vw-toe"] == ["vw-toe:1", "vw-toe:2"]


def test_two_sheets_of_one_gauge_overlap():
    found = problems_of(versions(BEGIN, "valid_from = 2015-12-01T00:00:00Z"))
    assert list(found) == ["calibration[vw-toe:2].valid_from"]


def test_a_week_between_two_sheets_is_a_gap():
    text = versions(f"{BEGIN}\nvalid_to = 2015-12-01T00:00:00Z", "valid_from = 2015-12-08T00:00:00Z")
    found = problems_of(text)
    assert list(found) == ["calibration[vw-toe:2].valid_from"]
    assert "from 2015-12-01T00:00:00Z to 2015-12-08T00:00:00Z" in found["calibration[vw-toe:2].valid_from"]


def test_a_later_sheet_with_a_lower_version():
    text = versions(f"{BEGIN}\nvalid_to = 2015-12-01T00:00:00Z", "valid_from = 2015-12-01T00:00:00Z", 0)
    assert set(problems_of(text)) == {"calibration[vw-toe:0].version"}
    later_first = versions(
        "valid_from = 2015-12-01T00:00:00Z", BEGIN, 2, until="\nvalid_to = 2015-12-01T00:00:00Z"
    )
    assert list(problems_of(later_first)) == ["calibration[vw-toe:1].version"]


def test_a_bus_may_have_a_radio_segment_and_two_stop_bits():
    radio = "radio = { latency_s = 0.15, packet_bytes = 48, gap_s = 0.08, broadcast = false }"
    (bus,) = parse_site(edited("[[bus]]", 'parity = "none"', f'parity = "even"\nstop_bits = 2\n{radio}')).buses
    assert bus.character_bits == 12
    assert bus.radio_segment == (0.15, 48, 0.08, False)


def test_one_version_twice():
    text = versions(f"{BEGIN}\nvalid_to = 2015-12-01T00:00:00Z", "valid_from = 2015-12-01T00:00:00Z", 1)
    names = {one.split(".")[1] for one in problems_of(text)}
    assert names == {"version"}


def test_a_gauge_in_place_without_any_sheet():
    sheet = DEMO[DEMO.index(SHEET_TOE) :].split("\n\n")[0]
    assert list(problems_of(edited(SHEET_TOE, sheet, ""))) == ["instrument[vw-toe]"]


def test_two_threshold_sets_that_begin_at_one_moment():
    limits = (
        '[[threshold_set]]\nid = "demo-2"\nvalid_from = 2015-01-01T01:00:00+01:00\nsource = "s"\ndemo = true\n'
    )
    assert list(problems_of(f"{DEMO}\n{limits}")) == ["threshold_set[demo-2].valid_from"]


@pytest.mark.timeout(20)  # it takes a quarter of a second; a rule that compares all with all would take minutes
def test_a_site_of_a_hundred_loggers_is_checked_as_a_whole():
    logger = DEMO[DEMO.index('[[logger]]\nid = "pond"') :].split("\n\n")[0]
    channels = DEMO[DEMO.index("# Channels of pond.") : DEMO.index("# --- Monitoring points")]
    parts = [DEMO]
    for number in range(100):
        name = f"extra{number}"
        own = logger.replace('"pond"', f'"{name}"').replace("116003", str(200_000 + number))
        parts += [own.replace("address = 3", f"address = {number + 4}"), channels.replace('"pond"', f'"{name}"')]
    assert len(parse_site("\n\n".join(parts)).channels) > 1000
