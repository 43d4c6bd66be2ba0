"""Load the LightGBM text on stdin and predict two rows with it: a script of its own, since LightGBM may abort.

Started by `garant.models.bundle.load_check`. It imports nothing of garant, so that it starts quickly, and prints the
number of inputs when all went well.
"""

import resource
import sys

import lightgbm
import numpy as np


def main() -> None:
    """Load, predict, print."""
    # A crash is foreseen here: no core file of it is kept.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    booster = lightgbm.Booster(model_str=sys.stdin.buffer.read().decode())
    inputs = booster.num_feature()
    rows = np.vstack([np.zeros(inputs), np.full(inputs, np.nan)])
    margins = np.asarray(booster.predict(rows, raw_score=True, num_threads=1))
    if not np.isfinite(margins).all():
        raise ValueError(f"margins {margins} are not finite")
    print(f"loaded {inputs}")  # noqa: T201 - the answer to the process that started this one


if __name__ == "__main__":
    main()
