"""What a file is by its first bytes: the format that its name says, or something else under the name of a table."""

import codecs

from garant.tables.rules import refuse
from garant.tables.source_file import Format, SourceFile

START_BYTES = 256
"""First bytes by which a file is told."""

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"

_DOCUMENT_PARTS = (b"[Content_Types].xml", b"_rels/", b"xl/", b"docProps/", b"mimetypeapplication/vnd.oasis")
"""What stands first in the zip of a spreadsheet."""

_FOREIGN = {
    b"version https://git-lfs": "lfs_pointer",
    b"<!doctype": "web_page",
    b"<html": "web_page",
    b"<?xml": "web_page",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "spreadsheet",
}
"""First bytes, in lower case and without blanks before them, of what is found under the name of a table."""

_PACKED = {
    b"BZh91AY&SY": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"%PDF": "PDF",
    b"SQLite format 3\x00": "SQLite",
    b"ARROW1\x00\x00": "Arrow",
}


def check_kind(start: bytes, file: SourceFile) -> None:
    """Refuse a file whose first bytes are not those of the format that its name says; an empty one is left to others.

    Raises
    ------
    TableError
        Says what the file is and what to do.
    """
    if file.format is Format.PARQUET and start.startswith(_PARQUET):
        return
    is_gzip = start.startswith(_GZIP)
    if is_gzip and file.format is not Format.CSV_GZ:
        refuse("gzip_file", file.name)
    check_text(start, file)
    if file.format is Format.CSV_GZ and not is_gzip and not _GZIP.startswith(start):
        refuse("plain_file", file.name)
    if file.format is Format.PARQUET and not _PARQUET.startswith(start):
        refuse("not_parquet", file.name)


def check_unpacked(start: bytes, file: SourceFile) -> None:
    """Refuse what comes out of a gzip and is no text either."""
    if start.startswith(_GZIP):
        refuse("packed_twice", file.name)
    check_text(start, file)


def check_text(start: bytes, file: SourceFile) -> None:
    """Refuse what is surely no delimited text."""
    if start.startswith(_ZIP):
        name = start[30:]
        refuse("spreadsheet" if name.startswith(_DOCUMENT_PARTS) else "zip_file", file.name)
    if start.startswith(_PARQUET):
        refuse("parquet_file", file.name)
    bare = start.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for magic, code in _FOREIGN.items():
        if bare.startswith(magic):
            refuse(code, file.name)
    for magic, kind in _PACKED.items():
        if start.startswith(magic):
            refuse("packed_file", file.name, kind=kind)
