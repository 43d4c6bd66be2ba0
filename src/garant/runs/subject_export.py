"""What a person gets who asks for their records: one ZIP of a page in each language and everything as JSON."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from garant.decisions.export import SubjectExport
from garant.decisions.record import Language
from garant.runs.subject_page import subject_page
from garant.storage import atomic_path

RECORDS = "records.json"
PAGES: dict[str, Language] = {"page.fr.html": "fr", "page.en.html": "en"}

_OF_OTHERS = frozenset({"person"})
"""What an event holds of somebody else: who of the lender's people confirmed."""


def write_subject_export(path: Path, found: SubjectExport, *, made_on: date) -> None:
    """Write the ZIP to `path`, whole or not at all; nobody but the owner of the file may read it.

    Parameters
    ----------
    path : Path
        File to write or replace.
    found : SubjectExport
        Everything that is stored about the person.
    made_on : date
        Day on which it is made; the only time in the archive.
    """
    with atomic_path(path, private=True) as temporary:
        temporary.write_bytes(subject_archive(found, made_on=made_on))


def subject_archive(found: SubjectExport, *, made_on: date) -> bytes:
    """Give the ZIP: a page in each language and everything as JSON, dated `made_on` and nothing else."""
    parts = {
        RECORDS: json.dumps(subject_records(found), ensure_ascii=False, indent=2, allow_nan=False),
        **{
            name: subject_page(found, language=language, made_on=made_on, file=RECORDS)
            for name, language in PAGES.items()
        },
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (made_on.year, made_on.month, made_on.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text.encode())
    return packed.getvalue()


def subject_records(found: SubjectExport) -> dict[str, Any]:
    """Everything as JSON, without the names of the lender's people."""
    content = found.content()
    for decision in content["decisions"]:
        for event in decision["events"]:
            event["content"] = {name: said for name, said in event["content"].items() if name not in _OF_OTHERS}
    return content
