"""What an explainer takes of time and memory for so many rows, alone in its process.

Other explainers are measured where they are installed; garant needs none of them.
"""

import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from measure.process import Spent, in_a_process, medians, peak_mb, print_spent

Matrix = npt.NDArray[np.float32]
Work = Callable[[Matrix], npt.ArrayLike]

ROWS: Mapping[int, tuple[str, ...]] = {
    1_000: ("kernel", "lightgbm", "shap", "woodelf"),
    10_000: ("kernel", "lightgbm", "shap", "woodelf"),
    100_000: ("kernel", "woodelf"),
}
"""LightGBM and shap would take five minutes and more for the most rows."""

ROUNDS, SEED, WARM, COMPARED = 2, 1, 200, 100
SCRIPT = Path(__file__).parents[1] / "explain.py"


def measured_alone(booster: lightgbm.Booster, matrix: Matrix) -> dict[str, Any]:
    """CPU, waiting and memory of each explainer by number of rows, alternated; and how far they are from the kernel.

    ``more_mb`` is how far the peak rose above that of the process with model and rows loaded.
    """
    installed = {"kernel", "lightgbm"} | {who for who in ("shap", "woodelf") if find_spec(who)}
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        booster.save_model(folder / "model.txt")
        most = np.random.default_rng(SEED).permuted(np.resize(matrix, (max(ROWS), matrix.shape[1])), axis=0)
        for n, whose in ROWS.items():
            np.save(folder / "rows.npy", most[:n])
            runs: dict[str, list[Spent]] = {who: [] for who in whose if who in installed}
            for _ in range(ROUNDS):
                for who, of_it in runs.items():
                    of_it.append(in_a_process(str(SCRIPT), who, name))
            found[str(n)] = _summary(folder, n, runs)
    return found


def _summary(folder: Path, n: int, runs: Mapping[str, list[Spent]]) -> dict[str, Any]:
    spent = {who: medians(of_it) for who, of_it in runs.items()}
    kernel = np.load(folder / "kernel.npy")
    return {
        who: {
            "cpu_ms_per_row": round(of_it["cpu_s"] / n * 1e3, 4),
            "cpu_to_kernel": round(of_it["cpu_s"] / spent["kernel"]["cpu_s"], 1),
            "wall_seconds": round(of_it["wall_s"], 1),
            "more_mb": round(of_it["more_mb"]),
            "peak_mb": round(of_it["peak_mb"]),
            "largest_difference": float(np.max(np.abs(np.load(folder / f"{who}.npy") - kernel))),
        }
        for who, of_it in spent.items()
    }


def _explainer(who: str, booster: lightgbm.Booster) -> Work:
    """The explainer, ready but for what it does for each question anew."""
    if who == "kernel":
        from garant.explanations.treeshap.explainer import Explainer  # noqa: PLC0415 - who is measured loads only its own

        return Explainer.of_text(booster.model_to_string()).contributions
    if who == "lightgbm":
        return lambda rows: booster.predict(rows, pred_contrib=True, num_threads=1)  # pyright: ignore[reportReturnType]
    if who == "shap":
        import shap  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - not a dependency

        return shap.TreeExplainer(booster).shap_values
    import pandas  # noqa: ICN001, PLC0415 - pd is our PD; what it wants rows to be in
    from woodelf import WoodelfExplainer  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

    names = booster.feature_name()
    # Made anew for each question, as its tables follow from the rows.
    return lambda rows: WoodelfExplainer(booster).shap_values(pandas.DataFrame(rows, columns=names), verbose=False)


def measure_one(who: str, folder: Path) -> None:
    """Explain the rows of `folder` by one explainer and print what that took: the work of the child process."""
    booster = lightgbm.Booster(model_file=str(folder / "model.txt"))
    rows = np.load(folder / "rows.npy")
    explain = _explainer(who, booster)
    # What a first call compiles or loads is not counted.
    explain(rows[:WARM])
    before = peak_mb()

    def work() -> dict[str, float]:
        found = np.asarray(explain(rows))
        rose = peak_mb() - before
        np.save(folder / f"{who}.npy", found[:COMPARED, : rows.shape[1]])
        return {"more_mb": rose}

    print_spent(work)
