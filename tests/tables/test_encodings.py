"""Advice on encodings."""

from pathlib import Path

import pytest

from garant.exceptions import TableError
from garant.tables.encodings import Marked, fitting_encoding, refuse_bytes, wide_encoding
from garant.tables.source_file import Format, SourceFile

FILE = SourceFile("bureau", Path("bureau.csv"), "bureau.csv", Format.CSV)

SENTENCES = (
    "Prêt à la consommation",
    "Crédit révisé, été, naïf",
    "l’été à Besançon, 12 °C",
    "Éducation supérieure",
    "Straße, Käse, Müller",
    "Divorcé(e);Célibataire / marié",
)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("encoding", ["cp1252", "iso8859-15", "cp850", "mac_roman"])
def test_the_encoding_that_is_named_reads_the_text_as_it_was_meant(sentence: str, encoding: str):
    data = sentence.encode(encoding, "ignore")
    assert data.decode(fitting_encoding(data)) == data.decode(encoding)


def test_the_euro_sign_and_the_ligature_tell_the_two_latin_encodings_apart():
    assert fitting_encoding("cœur, 12 €".encode("cp1252")) == "cp1252"
    assert fitting_encoding("cœur, 12 €".encode("iso8859-15")) == "iso8859-15"


def test_utf_8_is_recognised_even_when_its_last_character_is_cut_off():
    assert fitting_encoding("Prêté".encode()[:-1]) == "utf-8"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-16", Marked("utf-16", "UTF-16")),
        ("utf-16-le", Marked("utf-16-le", "UTF-16")),
        ("utf-16-be", Marked("utf-16-be", "UTF-16")),
        ("utf-32", Marked("utf-32", "UTF-32")),
        ("utf-8", None),
        ("cp1252", None),
    ],
)
def test_wide_text_is_told_with_and_without_its_mark(encoding: str, expected: Marked | None):
    assert wide_encoding("SK_ID_CURR;Prêt\n100001;été\n".encode(encoding)) == expected


def test_a_few_nul_bytes_are_no_wide_text():
    assert wide_encoding(b"\0\0\0\0") is None
    assert wide_encoding(b"a,b\0,c\n1,2,3\n") is None


def refused(data: bytes) -> TableError:
    with pytest.raises(UnicodeDecodeError) as wrong:
        data.decode()
    with pytest.raises(TableError) as caught:
        refuse_bytes(data, wrong.value, FILE, line=7)
    return caught.value


def test_the_word_around_the_wrong_bytes_is_shown_as_it_would_read():
    error = refused("1,Cafés\n2,Prêt étudiant\n".encode("cp850"))
    assert error.rule == "file.encoding"
    assert str(error).startswith(
        'bureau.csv: line 7: the bytes 82 are not UTF-8. Write [read.bureau] encoding = "cp850"'
    )
    assert "'Cafés'" in str(error)


def test_two_exports_put_together_are_not_blamed_on_one_encoding():
    error = refused("1,Prêt\n".encode() + "2,Prêt\n".encode("cp1252"))
    assert error.rule == "file.mixed_encodings"
    assert "Export the table again in one encoding" in str(error)
