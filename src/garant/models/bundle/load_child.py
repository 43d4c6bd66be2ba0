"""Load the LightGBM text on stdin and predict a few rows with it: a script of its own, since LightGBM may abort.

Started by `garant.models.bundle.load_check`. It imports nothing of garant, so that it starts quickly, and prints the
number of inputs when all went well.
"""

import resource
import sys

_NOT_NEEDED = ("dask", "graphviz", "matplotlib", "pandas", "pyarrow", "sklearn")
"""LightGBM does without them where they are not installed, and loads five times as fast."""


def main() -> None:
    """Load, predict, print."""
    # A crash is foreseen here: no core file of it is kept.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # None in sys.modules is Python's way to say: not installed.
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # pyright: ignore[reportArgumentType, reportCallIssue]
    import lightgbm  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    booster = lightgbm.Booster(model_str=sys.stdin.buffer.read().decode())
    inputs = booster.num_feature()
    # Both ends of every tree, its middle, and the way of missing values.
    rows = np.vstack([np.full(inputs, value) for value in (-1e30, 0.0, 1e30, np.nan)])
    margins = np.asarray(booster.predict(rows, raw_score=True, num_threads=1))
    if not np.isfinite(margins).all():
        raise ValueError(f"margins {margins} are not finite")
    print(f"loaded {inputs}")  # noqa: T201 - the answer to the process that started this one


if __name__ == "__main__":
    main()
