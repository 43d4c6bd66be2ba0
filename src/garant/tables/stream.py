"""The bytes of a delimited file as UTF-8: unpacked, decoded, hashed on the way, refused when they are no table."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NoReturn, cast

from garant.tables.config import ReadOptions
from garant.tables.encodings import Marked, fitting_encoding, wide_encoding
from garant.tables.file_kind import START_BYTES, check_kind, check_unpacked
from garant.tables.framing import count_line_ends
from garant.tables.rules import refuse
from garant.tables.source_file import Format, SourceFile, refuse_access

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

_WIDE = ("utf-16", "utf-32")


class TextBytes:
    """A delimited file, read once from its start as UTF-8 without byte order mark.

    Attributes
    ----------
    finished : bool
        Whether the end of the file was reached.
    """

    def __init__(self, raw: IO[bytes], file: SourceFile, options: ReadOptions) -> None:
        self._file, self._encoding = file, options.encoding
        self._hashing = _HashingReader(raw)
        buffered = io.BufferedReader(self._hashing, 1 << 20)
        check_kind(self._guarded(lambda: buffered.peek(START_BYTES))[:START_BYTES], file)
        unpack = file.format is Format.CSV_GZ
        self._stream = cast("IO[bytes]", gzip.GzipFile(fileobj=buffered) if unpack else buffered)
        self._decode = None if options.encoding == "utf-8" else codecs.getincrementaldecoder(options.encoding)().decode
        # Bytes that are UTF-8 although another encoding is stated: nearly every byte is a letter of those encodings.
        self._doubt = None if options.encoding.startswith("utf") else codecs.getincrementaldecoder("utf-8")()
        self._at_start = True
        self._n_line_ends = 0
        self.finished = False

    @property
    def n_bytes(self) -> int:
        """Bytes read so far, as they lie on disk."""
        return self._hashing.n_bytes

    def read(self, size: int) -> bytes:
        """Next text: `size` bytes as they are in a UTF-8 file; fewer at its end."""
        data = self._guarded(lambda: _read_full(self._stream, size))
        self.finished = len(data) < size
        if self._at_start:
            self._check_start(data)
        text = data if self._decode is None else self._recoded(data)
        if self._at_start:
            self._at_start = False
            text = text.removeprefix(codecs.BOM_UTF8)
        return text

    def sha256(self) -> str:
        """Digest of the whole file as it lies on disk; what is left of it is read."""
        while self._guarded(lambda: self._hashing.read(1 << 20) or b""):
            pass
        return self._hashing.digest.hexdigest()

    def _check_start(self, data: bytes) -> None:
        if not data:
            refuse("empty_file", self._file.name)
        if self._file.format is Format.CSV_GZ:
            check_unpacked(data[:START_BYTES], self._file)
        table, expected = self._file.table, self._encoding.upper()
        wide = None if self._encoding.startswith(_WIDE) else wide_encoding(data)
        if wide is None and data.startswith(codecs.BOM_UTF8) and not self._encoding.startswith("utf"):
            wide = Marked("utf-8", "UTF-8")
        if wide is not None:
            name, encoding = wide.name, wide.encoding
            refuse("wide_encoding", self._file.name, name=name, encoding=encoding, expected=expected, table=table)

    def _check_stated(self, data: bytes) -> None:
        """Refuse bytes beyond ASCII that are all UTF-8, where an encoding of single letters is stated."""
        if self._doubt is None or data.isascii():
            return
        try:
            is_utf8 = not self._doubt.decode(data, self.finished).isascii()
        except UnicodeDecodeError:
            self._doubt = None
            return
        if is_utf8:
            expected, table = self._encoding.upper(), self._file.table
            refuse("wide_encoding", self._file.name, name="UTF-8", encoding="utf-8", expected=expected, table=table)

    def _recoded(self, data: bytes) -> bytes:
        self._check_stated(data)
        try:
            text = self._decode(data, self.finished).encode() if self._decode else data
        except UnicodeError as error:
            self._refuse_encoding(data, error)
        self._n_line_ends += count_line_ends(text)
        return text

    def _refuse_encoding(self, data: bytes, error: UnicodeError) -> NoReturn:
        found, before = "?", b""
        if isinstance(error, UnicodeDecodeError):
            data, before = error.object, error.object[: error.start]
            found = error.object[error.start : error.end].hex(" ")
        refuse(
            "wrong_encoding",
            self._file.name,
            cause=error,
            line=1 + self._n_line_ends + count_line_ends(before),
            found=found,
            encoding=self._encoding,
            fits=fitting_encoding(data),
            table=self._file.table,
        )

    def _guarded(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except (OSError, EOFError, zlib.error) as error:
            refuse("unreadable", self._file.name, cause=error, detail=str(error) or type(error).__name__)


@contextmanager
def open_text(file: SourceFile, options: ReadOptions) -> Generator[TextBytes]:
    """Open a delimited file for the length of the block."""
    try:
        raw = file.path.open("rb", buffering=0)
    except OSError as error:
        refuse_access(file.name, error)
    with raw:
        yield TextBytes(cast("IO[bytes]", raw), file, options)


class _HashingReader(io.RawIOBase):
    """Raw bytes, hashed as they pass."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = cast("io.RawIOBase", raw)
        self.digest = hashlib.sha256()
        self.n_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        n = self._raw.readinto(view) or 0
        self.digest.update(view[:n])
        self.n_bytes += n
        return n


def _read_full(stream: IO[bytes], size: int) -> bytes:
    """Exactly `size` bytes unless the stream ends: blocks, and so the files made of them, are always the same."""
    parts: list[bytes] = []
    left = size
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
