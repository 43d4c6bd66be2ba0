"""Write a whole synthetic lender: eight files of raw tables, and the truth in a folder of its own."""

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from garant.exceptions import UsageError
from garant.tables.synthetic.blocks import TRUTH, draw_block
from garant.tables.synthetic.clients import clients_at
from garant.tables.synthetic.config import remove_config, write_config
from garant.tables.synthetic.dates import Shock
from garant.tables.synthetic.frames import FILES
from garant.tables.synthetic.streams import BLOCK_CLIENTS
from garant.tables.synthetic.writers import FileFormat, LenderFiles, open_files

Progress = Callable[[int, int], None]

MAX_SCALE = 1000.0
"""Ids stay below 2**53 and no run is started by a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class SyntheticLender:
    """What `generate` wrote.

    Parameters
    ----------
    folder : Path
        Data folder with the raw tables.
    rows : mapping of str to int
        Rows per file, without extension: ``application_train``, ``bureau``, …
    files : tuple of Path
        The raw tables, in the same order.
    truth : Path
        Parquet file with SK_ID_CURR, z, true_pd and TARGET of every client, those of the test table included.
    """

    folder: Path
    rows: Mapping[str, int]
    files: tuple[Path, ...]
    truth: Path


def generate(
    out: Path,
    *,
    scale: float,
    seed: int,
    file_format: FileFormat,
    workers: int = 2,
    shock: Shock | None = None,
    progress: Progress | None = None,
) -> SyntheticLender:
    """Write a synthetic lender.

    The same seed gives the same bytes whatever the number of workers, and the first clients of a large lender are those
    of a small one, row by row in every table.

    Parameters
    ----------
    out : Path
        Folder to write into; an earlier synthetic lender in the same format is replaced, other tables are not.
    scale : float
        1.0 is the size of the complete competition tables: 356,255 applications and about 58 million child rows.
    seed : int
        0 ≤ seed < 2**64.
    file_format : {"parquet", "csv"}
        Format of the raw tables; the truth is always Parquet.
    workers : int
        Threads that draw blocks; the writing is a thread of its own.
    shock : Shock, optional
        A sudden change of risk and marginals from one day on; ``Shock()`` has sensible values.
    progress : callable, optional
        Called with blocks done and blocks in all after each block.

    Raises
    ------
    UsageError
        When a parameter is out of range, or `out` holds tables in the other format or of another origin.
    RunError
        When a file cannot be written.
    """
    _check(out, scale=scale, seed=seed, file_format=file_format, workers=workers)
    n_clients = clients_at(scale)
    n_blocks = -(-n_clients // BLOCK_CLIENTS)
    draw = partial(draw_block, seed, n_clients=n_clients, shock=shock)
    paths = {name: out / f"{name}.{file_format}" for name in FILES}
    truth = _truth(out)
    remove_config(out)
    rows = dict.fromkeys(FILES, 0)
    with ThreadPoolExecutor(workers) as pool, open_files({**paths, TRUTH: truth}) as files:
        blocks = _in_order(pool, draw, n_blocks, ahead=workers)
        for done in range(1, n_blocks + 1):
            _write(next(blocks), files, rows)
            if progress:
                progress(done, n_blocks)
    write_config(out)
    return SyntheticLender(folder=out, rows=rows, files=tuple(paths.values()), truth=truth)


def _check(out: Path, *, scale: float, seed: int, file_format: str, workers: int) -> None:
    if not 0 < scale <= MAX_SCALE:
        raise UsageError(f"scale is {scale}, expected more than 0 and at most {MAX_SCALE:g} (1.0 is the full size).")
    if not 0 <= seed < 2**64:
        raise UsageError(f"seed is {seed}, expected a whole number from 0 to 2**64 - 1.")
    if file_format not in ("parquet", "csv"):
        raise UsageError(f"format is '{file_format}', expected 'parquet' or 'csv'.")
    if workers < 1:
        raise UsageError(f"workers is {workers}, expected 1 or more.")
    other = "csv" if file_format == "parquet" else "parquet"
    found = [name for name in FILES if (out / f"{name}.{other}").exists()]
    if found:
        raise UsageError(
            f"{out} already holds {found[0]}.{other}: with {file_format} files beside it every table would be there "
            f"twice. Choose another folder, or remove the {other} files."
        )
    # The truth gets its name before any table does: tables without it were not written here.
    if out.is_dir() and not _truth(out).exists():
        _refuse_foreign(out, [f"{name}.{file_format}" for name in FILES])


def _refuse_foreign(out: Path, tables: Sequence[str]) -> None:
    """Refuse a folder with files that no earlier command for a synthetic lender can have left there."""
    found = sorted(file.name for file in out.iterdir() if not file.name.startswith(".") and file.name != TRUTH)
    if replaced := [name for name in found if name in tables]:
        raise UsageError(
            f"{out} holds {replaced[0]}, which is no table of a synthetic lender and would be replaced. "
            "Choose another folder."
        )
    if found:
        raise UsageError(f"{out} holds {found[0]}, which is no part of a synthetic lender. Choose another folder.")


def _truth(out: Path) -> Path:
    return out / TRUTH / f"{TRUTH}.parquet"


Block = Mapping[str, pa.Table]


def _write(block: Block, files: LenderFiles, rows: dict[str, int]) -> None:
    """Append a block to the files and count its rows; a function, so that nothing holds the block afterwards."""
    for name, table in block.items():
        files.write(name, table)
        if name in rows:
            rows[name] += table.num_rows


def _in_order(pool: ThreadPoolExecutor, draw: Callable[[int], Block], n_blocks: int, *, ahead: int) -> Generator[Block]:
    """Yield the blocks in order while at most `ahead` of them are drawn or wait."""
    waiting: deque[Future[Block]] = deque()
    try:
        for number in range(n_blocks):
            waiting.append(pool.submit(draw, number))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
