"""Whose contract is it? One contract of two clients is trusted in no table."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from garant.tables.leaving import Leaving, Positions, rows_with
from garant.tables.orphans import IdSet
from garant.tables.rules import Code


def find_disputed(parts: Sequence[Path], owned: tuple[str, str], contracts: Positions) -> Leaving:
    """Rows of the Parquet `parts` that belong to one of the disputed `contracts`."""
    rows = rows_with(parts, owned[:1], IdSet(contracts))
    return Leaving(rows, np.array([Code.OWNER], object).repeat(rows.num_rows), owned)
