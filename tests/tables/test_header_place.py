"""Where the header stands, and what separates it."""

import gzip
from pathlib import Path

import pytest

from garant.exceptions import TableError
from garant.tables.config import ReadOptions
from garant.tables.header_place import check_header
from garant.tables.schema import TABLES
from garant.tables.source_file import Format, SourceFile

HEADER = "SK_ID_CURR,SK_ID_BUREAU,CREDIT_ACTIVE,DAYS_CREDIT,AMT_CREDIT_SUM,AMT_CREDIT_SUM_DEBT\n"
ROW = "100001,5000001,Active,-400,91323.0,\n"


def check(tmp_path: Path, text: str, suffix: str = ".csv", delimiter: str = ",", **renamed: str) -> None:
    path = tmp_path / f"bureau{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if suffix == ".csv.gz" else text.encode())
    file = SourceFile("bureau", path, path.name, Format(suffix))
    check_header(file, ReadOptions(delimiter=delimiter), TABLES["bureau"], renamed=renamed)


def refused(tmp_path: Path, text: str, suffix: str = ".csv", delimiter: str = ",") -> TableError:
    with pytest.raises(TableError) as caught:
        check(tmp_path, text, suffix, delimiter)
    return caught.value


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_title_lines_above_the_header_are_refused_with_its_line(tmp_path: Path, suffix: str):
    error = refused(tmp_path, f"Export of the bureau; 31 January\n\nsource: warehouse\n{HEADER}{ROW}", suffix)
    assert error.rule == "file.header_place"
    assert str(error).startswith(f"bureau{suffix}: line 4: the header stands here, below other lines")
    assert "remove what stands above them" in str(error)
    assert "delimiter" not in str(error)


def test_a_late_header_with_another_delimiter_names_both(tmp_path: Path):
    error = refused(tmp_path, "sep=;\r\n" + (HEADER + ROW).replace(",", ";"))
    assert error.rule == "file.header_place"
    assert "line 2" in str(error)
    assert '[read.bureau] delimiter = ";"' in str(error)


def test_a_file_without_header_is_refused(tmp_path: Path):
    error = refused(tmp_path, ROW * 3)
    assert error.rule == "file.header_place"
    assert "line 1: the file has no header" in str(error)
    assert "Active" not in str(error)


@pytest.mark.parametrize(("mark", "spelled"), [(";", ";"), ("\t", "\\t"), ("|", "|"), (",", ",")])
def test_another_delimiter_than_the_expected_one_is_named(tmp_path: Path, mark: str, spelled: str):
    declared = ";" if mark == "," else ","
    error = refused(tmp_path, (HEADER + ROW).replace(",", mark), delimiter=declared)
    assert error.rule == "file.delimiter"
    assert f'line 1: the header is separated by "{spelled}", not by "{declared}"' in str(error)
    assert f'[read.bureau] with delimiter = "{spelled}"' in str(error)


def test_foreign_names_in_one_cell_are_told_by_their_delimiter(tmp_path: Path):
    assert refused(tmp_path, "client;credit;amount\n1;2;3\n").rule == "file.delimiter"


@pytest.mark.parametrize("text", [HEADER + ROW, "\n\n" + HEADER.lower(), HEADER, "a,b,c\nx,y,z\n", ""])
def test_what_is_no_matter_of_place_is_left_to_others(tmp_path: Path, text: str):
    if not text:
        with pytest.raises(TableError, match="the file is empty"):
            check(tmp_path, text)
    else:
        check(tmp_path, text)


def test_names_that_tables_toml_gives_count_as_known(tmp_path: Path):
    header = "client,credit,etat,jours,montant,reste\n"
    names = dict(zip(HEADER.strip().split(","), header.strip().split(","), strict=True))
    check(tmp_path, header + ROW, **names)
    with pytest.raises(TableError, match="line 2: the header stands here"):
        check(tmp_path, "Titre\n" + header + ROW, **names)
