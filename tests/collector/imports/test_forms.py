"""The three forms as other systems write them: what a row says, and every kind of bad one by line and reason."""

import math

import pytest

from collector.imports.check import FileError, check
from collector.imports.table import Row
from seepline.instruments.thermistor import steinhart_hart_degc
from tests.collector.chain import SCAN_MS, T0_MS
from tests.collector.imports.foreign import CSV, HEAD, LC2, TOA5, source, toa5, toa5_row

LOGVIEW = """
[[source]]
id = "north"
logger = "cr"
form = "csv"
time_zone = "+05:00"
delimiter = ","
header_line = 1
first_line = 2
time_columns = ["Year", "Month", "Day", "Hour", "Minute", "Seconds"]
time_format = "%Y %m %d %H %M %S"

[[column]]
source = "north"
column = "Reading_01 (Digits)"
unit = "digits"
channel = "f"

[[column]]
source = "north"
column = "Therm_01 (C)"
unit = "degC"
thermistor = { A = 1.4051e-3, B = 2.369e-4, C = 1.019e-7 }
channel = "t"
"""


def rows_of(text: str, mapping: str = TOA5) -> list[Row]:
    known, rows = source(mapping), []
    check(known.form, known.wanted, text.splitlines(), rows)
    return rows


def faults_of(text: str, mapping: str = TOA5) -> list[str]:
    known = source(mapping)
    with pytest.raises(FileError) as caught:
        check(known.form, known.wanted, text.splitlines())
    return [str(fault) for fault in caught.value.faults]


def test_a_toa5_file_gives_time_record_number_and_values():
    rows = rows_of(toa5([2900.5, "NAN", '"NAN"']))
    assert rows == [
        Row(5, T0_MS, 100, (2900.5, 3000.0)),
        Row(6, T0_MS + SCAN_MS, 101, (None, 3000.0)),
        Row(7, T0_MS + 2 * SCAN_MS, 102, (None, 3000.0)),
    ]


def test_the_maker_s_own_example_of_a_toa5_file_is_read():
    # LoggerNet manual, TOA5: the example with time and record number, its values unchanged
    example = (
        '"TOA5","CR1000","CR1000","1031","CR1000.Std.00.60","CPU:Test.CR1","4062","Test"\n'
        '"TIMESTAMP","RECORD","batt_volt_Min","PTemp"\n"TS","RN","Volts","C"\n"","","Min","Smp"\n'
        '"2004-11-11 15:03:45",0,13.7,24.92\n"2004-11-11 15:04:00",1,13.7,24.95\n'
    )
    mapping = TOA5.replace('"North"', '"CR1000"').replace('"Hourly"', '"Test"').replace('"VW_Hz"', '"PTemp"')
    mapping = mapping.replace('unit = "Hz"', 'unit = "degC"').replace('channel = "f"', 'channel = "t"')
    mapping = mapping.replace('unit = "degC"', 'unit = "degC"\nthermistor = { A = 1e-3, B = 2e-4, C = 1e-7 }')
    rows = rows_of(example, mapping[: mapping.rindex("[[column]]")])
    assert [row.number for row in rows] == [0, 1]
    assert rows[1].time_ms - rows[0].time_ms == 15_000


def test_fractions_of_a_second_stay():
    first = toa5_row(0).replace(':00",', ':00.25",')
    assert rows_of(HEAD + first)[0].time_ms == T0_MS + 250


def test_an_lc2_array_is_hertz_and_ohm_again():
    # 2016-01-01 13:00 local; 8000 digits are 2828.427 Hz (Geokon 4500, 6.1)
    rows = rows_of("North,2016,1,1300,0,2.98,21.4,8000,10.5,1\nNorth,2016,1,1315,0,2.98,21.4,8001,10.6,2\n", LC2)
    hertz, ohm = rows[0].values
    assert (rows[0].time_ms, rows[0].number) == (T0_MS, 1)
    assert hertz == pytest.approx(math.sqrt(8_000_000))
    assert steinhart_hart_degc(ohm, 1.4051e-3, 2.369e-4, 1.019e-7) == pytest.approx(10.5, abs=1e-9)


def test_an_lc2x4_array_with_month_day_and_clock_in_parts():
    mapping = LC2.replace('"day_of_year"', '"month_day"').replace('"hhmm"', '"hour_minute"')
    mapping = mapping.replace("gauges = 1", "gauges = 4").replace("reading_1", "reading_3")
    line = "North,2016,1,1,13,0,0,2.98,21.4,8000,8100,8200,8300,10,11,12,13,5\n"
    row = rows_of(line, mapping.replace("temperature_1", "temperature_3"))[0]
    assert (row.time_ms, row.number) == (T0_MS, 5)
    assert row.values[0] == pytest.approx(math.sqrt(8_200_000))


def test_a_memory_that_begins_anew_is_no_hole():
    lines = [f"North,2016,1,{1300 + n},0,2.98,21.4,8000,10.5,{number}" for n, number in enumerate((10666, 1, 2))]
    known = source(LC2)
    assert check(known.form, known.wanted, lines).told == ()


def test_a_csv_with_decimal_commas_words_for_nothing_and_local_time():
    text = "Pegelstation Nord\nDatum;Zeit;f;R\n01.01.2016;09:00;2900,5;3,0\n01.01.2016;09:15;;NaN\n"
    rows = rows_of(text, CSV)
    assert rows == [Row(3, T0_MS, None, (2900.5, 3000.0)), Row(4, T0_MS + SCAN_MS, None, (None, None))]


def test_days_of_a_spreadsheet_are_times():
    mapping = CSV.replace('["Datum", "Zeit"]', '["Datum"]').replace('"%d.%m.%Y %H:%M"', '"excel_days"')
    rows = rows_of("x\nDatum;f;R\n42370,375;2900;3\n", mapping)  # 2016-01-01 09:00 in Berlin
    assert rows[0].time_ms == T0_MS


def test_what_the_maker_s_program_exports_of_an_lc2_is_a_csv():
    # column names as LogView's exports have them, found in public readers of such files
    names = "Logger Name,Year,Month,Day,Hour,Minute,Seconds,Battery Voltage(v),Internal Temp(C)"
    text = f"{names},Reading_01 (Digits),Therm_01 (C)\nNorth,2016,1,1,13,0,0,2.98,21.4,8000,10.5\n"
    row = rows_of(text, LOGVIEW)[0]
    assert row.time_ms == T0_MS
    assert row.values[0] == pytest.approx(math.sqrt(8_000_000))


def test_records_that_are_missing_are_told():
    known = source(TOA5)
    text = HEAD + toa5_row(0) + toa5_row(3)
    held = check(known.form, known.wanted, text.splitlines())
    assert [(one.line, one.text) for one in held.told] == [
        (6, "record 103 after 100: those between are not in the file")
    ]


def test_a_row_that_stands_twice_is_taken_once():
    known, rows = source(TOA5), []
    held = check(known.form, known.wanted, (HEAD + toa5_row(0) + toa5_row(0) + toa5_row(1)).splitlines(), rows)
    assert (held.rows, held.repeated) == (2, 1)


def test_a_second_head_of_the_same_words_is_passed_over():
    assert len(rows_of(toa5([2900.0]) + HEAD + toa5_row(1))) == 2


# name -> (mapping, text, what is said)
BAD = {
    "a unit changed in the head": (
        TOA5, toa5([2900.0]).replace('"Hz"', '"digits"'),
        "line 3, column VW_Hz: found unit 'digits'; expected 'Hz', as the source says",
    ),
    "processing changed": (
        TOA5, toa5([2900.0]).replace('"Min","Smp","Smp"', '"Min","Avg","Smp"'),
        "line 4, column VW_Hz: found processing 'Avg'; expected 'Smp', as the source says",
    ),
    "a column renamed": (
        TOA5, toa5([2900.0]).replace("VW_Hz", "VW1_Hz"),
        "line 2, column VW_Hz: found no such column; expected one; the columns are TIMESTAMP, RECORD, BattV, ",
    ),
    "two columns of one name": (
        TOA5, toa5([2900.0]).replace("BattV", "VW_Hz"), "line 2, column VW_Hz: found 2 columns of this name;",
    ),
    "another station's file": (
        TOA5, toa5([2900.0]).replace('"North"', '"South"'),
        "line 1: found station 'South'; expected station 'North', as the source says",
    ),
    "no TOA5": (
        TOA5, "time,f\n1,2\n3,4\n5,6\n7,8\n",
        "line 1: found 'time' and 2 texts; expected 'TOA5' and 8 texts",
    ),
    "a head that changes": (
        TOA5, toa5([2900.0]) + HEAD.replace('"Hz"', '"digits"') + toa5_row(1, 8000.0),
        "line 8, column VW_Hz: found unit 'digits'; expected 'Hz'",
    ),
    "columns in another order": (
        TOA5,
        toa5([2900.0]) + HEAD.replace('"VW_Hz","VW_R"', '"VW_R","VW_Hz"').replace('"Hz","Ohms"', '"Ohms","Hz"'),
        "line 7: found another head; expected the names of the file's first head",
    ),
    "a head without its end": (TOA5, HEAD[:90], "found the end of the file; expected 4 lines of head, then rows"),
    "no row": (TOA5, HEAD, "line 5: found the end of the file; expected rows"),
    "a NaN word that nobody declared": (
        TOA5, toa5([2900.0, "n/a"]),
        "line 6, column VW_Hz: found 'n/a'; expected a number, or a word of the source's list `missing`: 'NAN'",
    ),
    "decimal commas in a TOA5": (
        TOA5, toa5(['"2900,5"']),
        "line 5, column VW_Hz: found '2900,5'; expected a number with '.' before its decimals",
    ),
    "decimal commas between commas": (
        TOA5, toa5(["2900,5"]),
        "line 5: found 6 cells; expected 5 cells: are there decimal commas between the commas?",
    ),
    "decimal points in a file of commas": (
        CSV, "x\nDatum;Zeit;f;R\n01.01.2016;09:00;2900.5;3,0\n",
        "line 3, column f: found '2900.5'; expected a number with ',' before its decimals",
    ),
    "a time that goes back": (
        TOA5, HEAD + toa5_row(1) + toa5_row(0, record=102),
        "line 6: found a time before that of line 5; expected rows in the order of time",
    ),
    "a time that stands twice": (
        TOA5, HEAD + toa5_row(0) + toa5_row(0, 2950.0),
        "line 6: found the time of line 5, with other content; expected one row for one time",
    ),
    "no time": (
        TOA5, HEAD + '"01.01.2016 13:00",1,12.9,2900,3000\n',
        "line 5, column TIMESTAMP: found '01.01.2016 13:00'; expected a time such as",
    ),
    "an hour that stands twice": (
        CSV, "x\nDatum;Zeit;f;R\n30.10.2016;02:30;2900,5;3,0\n",
        "line 3, column Datum: found '30.10.2016 02:30'; expected a time that stands once in Europe/Berlin",
    ),
    "an hour that never was": (
        CSV, "x\nDatum;Zeit;f;R\n27.03.2016;02:30;2900,5;3,0\n",
        "expected a time that stands once in Europe/Berlin",
    ),
    "a record number that is none": (
        TOA5, HEAD + toa5_row(0).replace(",100,", ",-1,"),
        "line 5, column RECORD: found '-1'; expected a whole record",
    ),
    "a broken quote": (
        TOA5, HEAD + '"2016-01-01 13:00:00,1,12.9,2900,3000\n', "line 5: found unexpected end of data",
    ),
    "bytes of no text": (TOA5, HEAD + toa5_row(0, "29\0"), "line 5, column VW_Hz: found '29\\x00'"),
    "negative digits": (
        LC2, "North,2016,1,1300,0,2.98,21.4,-999,10.5,1\n",
        "line 1, column reading_1: found '-999'; expected 0 or more digits; a word for no reading belongs in",
    ),
    "another datalogger's array": (
        LC2, "South,2016,1,1300,0,2.98,21.4,8000,10.5,1\n",
        "line 1, column name: found 'South'; expected 'North', the datalogger of this source",
    ),
    "an array of another model": (
        LC2, "North,2016,1,1300,0,2.98,21.4,8000,8000,10.5,10.5,1\n", "line 1: found 12 cells; expected 10 cells",
    ),
    "day 366 of a short year": (
        LC2, "North,2015,366,1300,0,2.98,21.4,8000,10.5,1\n",
        "line 1, column year: found '2015 366 1300 0'; expected year, day of the year, hhmm, seconds",
    ),
    "minute 75": (
        LC2, "North,2016,1,1375,0,2.98,21.4,8000,10.5,1\n", "expected year, day of the year, hhmm, seconds",
    ),
    "a number like no gauge's": (TOA5, toa5(["1e300"]), "expected a number of at most 1e+15"),
}  # fmt: skip


@pytest.mark.parametrize(("mapping", "text", "said"), BAD.values(), ids=BAD)
def test_each_kind_of_bad_file_is_named_with_line_and_reason(mapping, text, said):
    assert any(said in fault for fault in faults_of(text, mapping)), faults_of(text, mapping)


def test_every_fault_of_a_file_is_found_at_once():
    text = toa5(["x", 2900.0, "y"]) + toa5_row(1) + '"never",1,12.9,2900,3000\n'
    assert [fault.split(":")[0] for fault in faults_of(text)] == [
        "line 5, column VW_Hz", "line 7, column VW_Hz", "line 9, column TIMESTAMP",
    ]  # fmt: skip
