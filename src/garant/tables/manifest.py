"""``garant-manifest.json``: what whoever exported the tables says of each file, held against what arrived.

Bytes and sha256 are compared before anything is parsed, rows when they have been read.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from garant.storage import write_json
from garant.tables.manifest_texts import PROBLEMS
from garant.tables.rule_texts import Text
from garant.tables.rules import refuse
from garant.tables.source_file import SourceFile, refuse_access

MANIFEST_NAME = "garant-manifest.json"

Progress = Callable[[str, int, int], None]
"""Told the step's text, how many bytes of it are done and the total."""

_CHUNK = 4 << 20

_SHOWN_DIGITS = 12
"""Of a sha256 in a message: enough to tell two apart."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


class Listed(BaseModel):
    """What is said of one file.

    Parameters
    ----------
    table : str
        Our name of the table.
    rows : int
        Rows as `garant check` counts them: no header, no blank lines.
    bytes : int
        Size of the file as it lies on disk.
    sha256 : str
        Hexadecimal digest of the file as it lies on disk.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    table: str
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What is said of the files of a data folder, by their names inside it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal["garant-manifest"] = "garant-manifest"
    version: Literal[1] = 1
    files: Mapping[str, Listed]

    def leaving_out(self, tables: Collection[str]) -> "Manifest":
        """Give what is said of the files of all other tables."""
        return Manifest(files={name: listed for name, listed in self.files.items() if listed.table not in tables})


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a file is not what the manifest says."""

    file: str
    kind: Literal["unlisted", "absent", "table", "bytes", "sha256", "rows", "unreadable"]
    listed: str = ""
    found: str = ""

    @property
    def text(self) -> Text:
        """The difference in two languages."""
        said = PROBLEMS[self.kind]
        listed, found = self.listed, self.found
        if self.kind == "sha256":
            listed, found = listed[:_SHOWN_DIGITS], found[:_SHOWN_DIGITS]
        values = {"file": self.file, "listed": listed, "found": found}
        return Text(said.en.format(**values), said.fr.format(**values), "", "")


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of `folder`, None when there is none.

    Raises
    ------
    TableError
        When it is there and is no such manifest.
    """
    path = folder / MANIFEST_NAME
    if not path.exists():
        return None
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        refuse_access(MANIFEST_NAME, error)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        found = f"{place}: {problem['msg']}" if place else str(problem["msg"])
        refuse("manifest_format", MANIFEST_NAME, cause=error, found=found)


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Write the manifest of `folder`; return where."""
    path = folder / MANIFEST_NAME
    write_json(path, manifest.model_dump(mode="json"))
    return path


def verify_files(
    manifest: Manifest, files: Sequence[SourceFile], without: Collection[str], *, progress: Progress = silent
) -> None:
    """Compare names, tables, bytes and sha256 of `files` with the manifest, before anything is parsed.

    Raises
    ------
    TableError
        Names every difference.
    """
    found = [*listing_differences(manifest, files, without), *_byte_differences(manifest, files, progress)]
    if found:
        refuse_differences(found)


def verify_read(manifest: Manifest, file: str, *, rows: int, sha256: str) -> None:
    """Compare the rows, and once more the digest, of a file that has been read.

    Raises
    ------
    TableError
        Names each difference.
    """
    found = list(read_differences(manifest.files[file], file, rows=rows, sha256=sha256))
    if found:
        refuse_differences(found)


def listing_differences(
    manifest: Manifest, files: Iterable[SourceFile], without: Collection[str]
) -> Iterator[Difference]:
    """Files that are only here or only in the manifest, or belong to another table; tables left out are passed over."""
    here = {file.name: file.table for file in files}
    for name, table in here.items():
        if name not in manifest.files:
            yield Difference(name, "unlisted")
        elif manifest.files[name].table != table:
            yield Difference(name, "table", manifest.files[name].table, table)
    for name, listed in manifest.files.items():
        if name not in here and listed.table not in without:
            yield Difference(name, "absent")


def read_differences(listed: Listed, file: str, *, rows: int, sha256: str) -> Iterator[Difference]:
    """How the content of a file differs from what is `listed`."""
    if sha256 != listed.sha256:
        yield Difference(file, "sha256", listed.sha256, sha256)
    if rows != listed.rows:
        yield Difference(file, "rows", str(listed.rows), str(rows))


def refuse_differences(found: Sequence[Difference]) -> None:
    """Raise TableError with every difference."""
    texts = [difference.text for difference in found]
    together = Text("; ".join(text.en for text in texts), "; ".join(text.fr for text in texts), "", "")
    refuse("manifest", MANIFEST_NAME, problems=together)


def _byte_differences(manifest: Manifest, files: Iterable[SourceFile], progress: Progress) -> Iterator[Difference]:
    """Sizes first: a file that was cut needs no reading."""
    for file in files:
        listed = manifest.files.get(file.name)
        if listed is None:
            continue
        try:
            size = file.path.stat().st_size
            found = "" if size != listed.bytes else _sha256(file, size, progress)
        except OSError as error:
            refuse_access(file.name, error)
        if size != listed.bytes:
            yield Difference(file.name, "bytes", str(listed.bytes), str(size))
        elif found != listed.sha256:
            yield Difference(file.name, "sha256", listed.sha256, found)


def _sha256(file: SourceFile, size: int, progress: Progress) -> str:
    digest, done = hashlib.sha256(), 0
    with file.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress(f"verify {file.name}", min(done, size), size)
    return digest.hexdigest()
