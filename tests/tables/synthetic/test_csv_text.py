"""CSV text looks like the raw files, cell by cell."""

from datetime import date

import pyarrow as pa

from garant.tables.synthetic.csv_text import csv_header, csv_rows


def test_each_kind_of_cell_is_written_as_in_the_raw_files():
    table = pa.table(
        {
            "whole": pa.array([100_001, -3]),
            "nullable": pa.array([-3648.0, None]),
            "money": pa.array([9946.485, 0.045]),
            "large": pa.array([1_350_000.0, 4_050_000.5]),
            "word": pa.array(["Stone, brick", None]).dictionary_encode(),
            "day": pa.array([date(2026, 6, 30), date(2024, 7, 1)]),
        }
    )
    assert csv_header(table.column_names) == b"whole,nullable,money,large,word,day\n"
    assert csv_rows(table).to_pybytes() == (
        b'100001,-3648.0,9946.485,1350000.0,"Stone, brick",2026-06-30\n-3,,0.045,4050000.5,,2024-07-01\n'
    )


def test_no_row_is_no_text():
    assert csv_rows(pa.table({"a": pa.array([], pa.int64())})).to_pybytes() == b""


def test_rows_of_a_slice_are_written_and_no_others():
    table = pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]}).slice(1, 1)
    assert csv_rows(table).to_pybytes() == b"2,y\n"
