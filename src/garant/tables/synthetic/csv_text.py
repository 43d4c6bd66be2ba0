"""CSV as in the raw competition files: UTF-8, LF, header, nothing for missing, quotes only around a comma."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from garant.tables.synthetic.frames import word_array


def csv_header(names: Sequence[str]) -> bytes:
    """Header line with the `names` of the columns."""
    return (",".join(names) + "\n").encode()


def csv_rows(table: pa.Table) -> pa.Buffer:
    """Text of all rows of `table`.

    Floats always show a decimal point (``-3648.0``), integers never: pyarrow's own writer would print whole floats as
    integers and put quotes around every word.
    """
    comma, newline, nothing = word_array([",", "\n", ""])
    texts = [_text(column.combine_chunks()) for column in table.columns]
    lines = pc.binary_join_element_wise(*texts, comma, null_handling="replace", null_replacement="")
    ended = pc.binary_join_element_wise(lines, newline, nothing)
    # The values of a string array lie end to end in one buffer: that is the file.
    _, offsets, values = ended.buffers()
    last = pa.Array.from_buffers(pa.int32(), len(ended) + 1, [None, offsets])[len(ended)].as_py()
    return values.slice(0, last)


def _text(column: pa.Array) -> pa.Array:
    if isinstance(column, pa.DictionaryArray):
        words = [f'"{word}"' if "," in word else word for word in column.dictionary.to_pylist()]
        return word_array(words).take(column.indices)
    text = pc.cast(column, pa.string())
    if not pa.types.is_floating(column.type):
        return text
    point, nothing = word_array([".0", ""])
    suffix = pc.if_else(pc.equal(pc.trunc(column), column), point, nothing)
    return pc.binary_join_element_wise(text, suffix, nothing)
