"""Every row of every parts list says where its figures are from; a row that does not is refused with its place."""

import csv

import pytest

from hardware import pinmap
from hardware.carrier import bill, catalog, circuit
from hardware.front_end.decks import PARTS
from hardware.level1 import bom, table
from hardware.source import is_source
from seepline.toml_file import Faulty


def test_every_row_of_the_three_lists_has_a_source():
    rows = {f"bom.csv {row['refs']}": row["source"] for row in bom.read(table.read())}
    rows |= {f"catalog.toml [{name}]": kind.source for name, kind in catalog.read().items()}
    rows |= {f"parts.toml [{name}]": part.get("source", "") for name, part in PARTS.items()}
    assert len(rows) > 90
    assert [name for name, source in rows.items() if not is_source(source)] == []


def test_nothing_says_data_sheet_or_from_memory_in_words_of_its_own():
    said = " ".join(row["source"] for row in bom.read(table.read())) + str(PARTS)
    assert "data sheet," not in said.replace("its data sheet", "")
    assert "from memory" not in said


def test_the_factory_s_bill_has_the_source_of_each_kind(tmp_path):
    kinds = catalog.read()
    bill.write_bill(tmp_path / "bom.csv", circuit.all_parts(pinmap.read()), kinds)
    with (tmp_path / "bom.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(is_source(row["source"]) for row in rows)


@pytest.mark.parametrize("text", ["", "data sheet", "read", "read:", "from memory", "memory;", "own, memory"])
def test_a_source_that_says_nothing_is_none(text):
    assert not is_source(text)


@pytest.mark.parametrize(("old", "new"), [('source = "memory"', 'source = "sheet"'), ('source = "memory"\n', "")])
def test_a_kind_without_a_source_is_refused(tmp_path, old, new):
    text = catalog.PATH.read_text(encoding="utf-8").replace(old, new, 1)
    (tmp_path / "catalog.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Faulty, match=r"\[r4r7\]\.source"):
        catalog.read(tmp_path / "catalog.toml")
