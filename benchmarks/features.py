"""The matrix in DuckDB against the same aggregates in pandas, on the synthetic lender.

Run: python benchmarks/features.py [scale]
Both read the same accepted Parquet files and must give the same values. Each run is a process of its own, runs
alternate, and each reports its own time and peak memory. Results go to benchmarks/results/features.json.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas  # noqa: ICN001 - pd means probability of default
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.features.catalogue import groups
from garant.features.matrix import joined, only, stages
from garant.tables.acceptance import accept_tables
from garant.tables.accepted import open_accepted
from garant.tables.schema import TABLES
from garant.tables.sources import DataFolder, find_sources
from garant.tables.synthetic import generate
from measure.process import Spent, circumstances, in_a_process, medians, print_spent, ratios, write_result

RESULT = Path(__file__).parent / "results" / "features.json"
SCALE, SEED, ROUNDS = 0.1, 7, 3
THREADS, MEMORY_LIMIT = 2, "2GB"

DAYS = {"90d": 90, "180d": 180, "365d": 365, "730d": 730, "all": None}
MONTHS = {"3m": 3, "6m": 6, "12m": 12, "24m": 24, "all": None}
DAYS_OF_STATUS = {"0": 0, "1": 1, "2": 31, "3": 61, "4": 91, "5": 120}

Frame = Any
Made = dict[str, Any]


def main(scale: float) -> None:
    """Run both engines in turn and write what was measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = generate(folder / "lender", scale=scale, seed=SEED, file_format="parquet").rows
        data = find_sources(folder / "lender")
        if not isinstance(data, DataFolder):
            raise SystemExit("The synthetic lender was taken for accepted tables.")
        accept_tables(data, folder / "accepted", purpose="train")
        runs: dict[str, list[Spent]] = {"pandas": [], "duckdb": []}
        for _ in range(ROUNDS):
            for engine, found in runs.items():
                found.append(in_a_process(__file__, engine, str(folder)))
        columns, differences = _compare(folder)
    report = {
        "what": f"{columns} aggregates over six child tables, joined per client; {ROUNDS} alternated runs, medians",
        "scale": scale,
        "seed": SEED,
        "rows": dict(rows),
        "columns_compared": columns,
        "columns_that_differ": differences,
        "pandas": medians(runs["pandas"]),
        "duckdb": {
            **medians(runs["duckdb"]),
            "of_which_compiling_cpu_s": round(_compiling(), 2),
            "threads": THREADS,
            "memory_limit": MEMORY_LIMIT,
        },
        "duckdb_to_pandas": ratios(runs["pandas"], runs["duckdb"]),
        **circumstances(("duckdb", "ibis-framework", "pandas", "pyarrow")),
    }
    write_result(RESULT, report)


def by_duckdb(accepted: Path, out: Path) -> None:
    """Make the features of `NAMES` as garant makes them: stages stored, then joined."""
    files = open_accepted(accepted).files
    with DuckDBEngine(memory_limit=MEMORY_LIMIT, threads=THREADS) as engine:
        for table, schema in TABLES.items():
            engine.register(table, files[table], schema.arrow)
        parts = stages(only(groups(), NAMES))
        for part in parts:
            engine.store(part.name, part.expression, out.parent)
        engine.write(joined(parts), out)


def _compiling() -> float:
    """CPU seconds from the catalogue to SQL text: the same for a thousand clients and for a million."""
    begun = time.process_time()
    parts = stages(only(groups(), NAMES))
    for expression in (*(part.expression for part in parts), joined(parts)):
        DuckDBEngine().compile(expression)
    return time.process_time() - begun


def by_pandas(accepted: Path, out: Path) -> None:
    """Make the same features in the ordinary way: read, filter, group, aggregate, merge."""
    files = open_accepted(accepted).files
    application = _read(files, "application", ["SK_ID_CURR", "AMT_INCOME_TOTAL"]).set_index("SK_ID_CURR")
    matrix = application[[]].sort_index()
    for make in (bureau, bureau_balance, previous_application, pos_cash_balance, installments, credit_card_balance):
        matrix = matrix.join(pandas.DataFrame(make(files, application)), how="left")
    matrix.reset_index().to_parquet(out)


def _read(files: Any, table: str, columns: list[str]) -> Frame:  # noqa: ANN401 - a mapping of paths
    return pandas.concat([pandas.read_parquet(file, columns=columns) for file in files[table]], ignore_index=True)


def _windows(rows: Frame, when: str, lengths: dict[str, int | None], *names: str) -> Iterator[tuple[str, Frame]]:
    for name in names:
        length = lengths[name]
        yield name, rows if length is None else rows[rows[when] >= -length]


def _count(rows: Frame, inside: Frame) -> Frame:
    """Rows per client; 0 for a client that has rows, but none inside."""
    return inside.groupby("SK_ID_CURR").size().reindex(rows["SK_ID_CURR"].unique(), fill_value=0).astype(float)


def _total(rows: Frame, inside: Frame, column: str) -> Frame:
    summed = inside.groupby("SK_ID_CURR")[column].sum(min_count=1)
    return summed.reindex(rows["SK_ID_CURR"].unique(), fill_value=0)


def _share(inside: Frame, part: Frame) -> Frame:
    return part[inside.index].groupby(inside["SK_ID_CURR"]).mean()


def bureau(files: Any, application: Frame) -> Made:  # noqa: ANN401 - a mapping of paths
    """Credits elsewhere."""
    rows = _read(
        files,
        "bureau",
        [
            *("SK_ID_CURR", "DAYS_CREDIT", "CREDIT_ACTIVE", "CREDIT_TYPE", "AMT_CREDIT_SUM", "AMT_CREDIT_SUM_DEBT"),
            *("AMT_CREDIT_SUM_OVERDUE", "CREDIT_DAY_OVERDUE", "AMT_CREDIT_MAX_OVERDUE", "CNT_CREDIT_PROLONG"),
        ],
    )
    rows = rows[rows["DAYS_CREDIT"] <= 0]
    by_client = rows.groupby("SK_ID_CURR")
    made: Made = {}
    for name, inside in _windows(rows, "DAYS_CREDIT", DAYS, *DAYS):
        made[f"bureau_credits_n_{name}"] = _count(rows, inside)
    for name, inside in _windows(rows, "DAYS_CREDIT", DAYS, "365d", "all"):
        made[f"bureau_credit_sum_{name}"] = _total(rows, inside, "AMT_CREDIT_SUM") / 1000
        made[f"bureau_debt_sum_{name}"] = _total(rows, inside, "AMT_CREDIT_SUM_DEBT") / 1000
    for name, inside in _windows(rows, "DAYS_CREDIT", DAYS, "730d", "all"):
        worst = inside.groupby("SK_ID_CURR")["AMT_CREDIT_MAX_OVERDUE"].max() / 1000
        made[f"bureau_worst_overdue_max_{name}"] = worst
    made["bureau_active_share_all"] = _share(rows, rows["CREDIT_ACTIVE"] == "Active")
    made["bureau_history_days_all"] = -by_client["DAYS_CREDIT"].min()
    made["bureau_last_credit_days_all"] = -by_client["DAYS_CREDIT"].max()
    made["bureau_cards_n_all"] = _count(rows, rows[rows["CREDIT_TYPE"] == "Credit card"])
    made["bureau_credit_mean_all"] = by_client["AMT_CREDIT_SUM"].mean() / 1000
    stated = rows[rows["AMT_CREDIT_SUM_DEBT"].notna()].groupby("SK_ID_CURR")
    credit = stated["AMT_CREDIT_SUM"].sum()
    made["bureau_debt_to_credit_all"] = stated["AMT_CREDIT_SUM_DEBT"].sum() / credit.where(credit != 0)
    debt = _total(rows, rows, "AMT_CREDIT_SUM_DEBT")
    made["bureau_debt_to_income_all"] = debt / application["AMT_INCOME_TOTAL"].reindex(debt.index)
    made["bureau_overdue_sum_all"] = _total(rows, rows, "AMT_CREDIT_SUM_OVERDUE") / 1000
    made["bureau_overdue_days_max_all"] = by_client["CREDIT_DAY_OVERDUE"].max()
    made["bureau_prolonged_n_all"] = _total(rows, rows, "CNT_CREDIT_PROLONG")
    return made


def bureau_balance(files: Any, _: Frame) -> Made:  # noqa: ANN401 - a mapping of paths
    """Monthly records of credits elsewhere."""
    owner = _read(files, "bureau", ["SK_ID_BUREAU", "SK_ID_CURR", "DAYS_CREDIT"])
    rows = _read(files, "bureau_balance", ["SK_ID_BUREAU", "MONTHS_BALANCE", "STATUS"])
    rows = rows[rows["MONTHS_BALANCE"] <= 0].merge(owner[owner["DAYS_CREDIT"] <= 0], on="SK_ID_BUREAU")
    rows["late_days"] = rows["STATUS"].map(DAYS_OF_STATUS)
    reported = rows[rows["late_days"].notna()]
    made: Made = {}
    for name, inside in _windows(reported, "MONTHS_BALANCE", MONTHS, "6m", "12m", "24m", "all"):
        made[f"bureau_balance_late_share_{name}"] = _share(inside, reported["late_days"] > 0)
        if name != "6m":
            made[f"bureau_balance_worst_days_{name}"] = inside.groupby("SK_ID_CURR")["late_days"].max()
    per_credit = reported.groupby(["SK_ID_CURR", "SK_ID_BUREAU"])["late_days"].max() > 0
    made["bureau_balance_late_credits_share_all"] = per_credit.groupby("SK_ID_CURR").mean()
    late = reported[reported["late_days"] > 0]
    made["bureau_balance_last_late_months_all"] = -late.groupby("SK_ID_CURR")["MONTHS_BALANCE"].max()
    return made


def previous_application(files: Any, _: Frame) -> Made:  # noqa: ANN401 - a mapping of paths
    """Earlier applications here."""
    rows = _read(
        files,
        "previous_application",
        ["SK_ID_CURR", "DAYS_DECISION", "NAME_CONTRACT_STATUS", "AMT_CREDIT", "AMT_APPLICATION", "CNT_PAYMENT"],
    )
    rows = rows[rows["DAYS_DECISION"] <= 0]
    refused, approved = rows["NAME_CONTRACT_STATUS"] == "Refused", rows["NAME_CONTRACT_STATUS"] == "Approved"
    made: Made = {}
    for name, inside in _windows(rows, "DAYS_DECISION", DAYS, *DAYS):
        made[f"previous_applications_n_{name}"] = _count(rows, inside)
    for name, inside in _windows(rows, "DAYS_DECISION", DAYS, "365d", "730d", "all"):
        made[f"previous_refused_n_{name}"] = _count(rows, inside[refused[inside.index]])
    for name, inside in _windows(rows, "DAYS_DECISION", DAYS, "365d", "all"):
        made[f"previous_refused_share_{name}"] = _share(inside, refused)
        made[f"previous_approved_share_{name}"] = _share(inside, approved)
    made["previous_history_days_all"] = -rows.groupby("SK_ID_CURR")["DAYS_DECISION"].min()
    made["previous_last_days_all"] = -rows.groupby("SK_ID_CURR")["DAYS_DECISION"].max()
    made["previous_last_refused_days_all"] = -rows[refused].groupby("SK_ID_CURR")["DAYS_DECISION"].max()
    granted = rows[approved]
    made["previous_credit_mean_all"] = granted.groupby("SK_ID_CURR")["AMT_CREDIT"].mean() / 1000
    made["previous_term_mean_all"] = granted[granted["CNT_PAYMENT"] > 0].groupby("SK_ID_CURR")["CNT_PAYMENT"].mean()
    asked = granted[granted["AMT_APPLICATION"] > 0].groupby("SK_ID_CURR")
    made["previous_granted_to_asked_all"] = asked["AMT_CREDIT"].sum() / asked["AMT_APPLICATION"].sum()
    return made


def pos_cash_balance(files: Any, _: Frame) -> Made:  # noqa: ANN401 - a mapping of paths
    """Monthly records of instalment loans here."""
    rows = _read(files, "POS_CASH_balance", ["SK_ID_CURR", "SK_ID_PREV", "MONTHS_BALANCE", "SK_DPD", "SK_DPD_DEF"])
    rows = rows[rows["MONTHS_BALANCE"] <= 0]
    late = rows["SK_DPD"] > 0
    made: Made = {}
    for name, inside in _windows(rows, "MONTHS_BALANCE", MONTHS, "12m", "all"):
        made[f"pos_months_n_{name}"] = _count(rows, inside)
    for name, inside in _windows(rows, "MONTHS_BALANCE", MONTHS, "6m", "12m", "24m", "all"):
        made[f"pos_late_days_max_{name}"] = inside.groupby("SK_ID_CURR")["SK_DPD"].max()
        if name != "6m":
            made[f"pos_late_days_tolerant_max_{name}"] = inside.groupby("SK_ID_CURR")["SK_DPD_DEF"].max()
            made[f"pos_late_share_{name}"] = _share(inside, late)
    per_loan = rows.groupby(["SK_ID_CURR", "SK_ID_PREV"])["SK_DPD"].max() > 0
    made["pos_late_loans_share_all"] = per_loan.groupby("SK_ID_CURR").mean()
    made["pos_last_late_months_all"] = -rows[late].groupby("SK_ID_CURR")["MONTHS_BALANCE"].max()
    return made


def installments(files: Any, _: Frame) -> Made:  # noqa: ANN401 - a mapping of paths
    """Instalments here, rows of one instalment brought together first."""
    key = ["SK_ID_CURR", "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT"]
    rows = _read(files, "installments_payments", [*key, "DAYS_ENTRY_PAYMENT", "AMT_INSTALMENT", "AMT_PAYMENT"])
    rows = rows[rows["DAYS_ENTRY_PAYMENT"].fillna(rows["DAYS_INSTALMENT"]) <= 0]
    in_time = rows["DAYS_ENTRY_PAYMENT"] <= rows["DAYS_INSTALMENT"]
    rows["paid_in_time"] = rows["AMT_PAYMENT"].where(in_time, 0)
    due = rows.groupby(key, as_index=False, dropna=False).agg(
        due=("AMT_INSTALMENT", "max"),
        paid=("AMT_PAYMENT", "sum"),
        paid_in_time=("paid_in_time", "sum"),
        paid_day=("DAYS_ENTRY_PAYMENT", "max"),
    )
    every, due = due, due[due["DAYS_INSTALMENT"] <= 0]
    due["late"] = (due["paid_day"].fillna(0) - due["DAYS_INSTALMENT"]).clip(lower=0)
    due["early"] = (due["DAYS_INSTALMENT"] - due["paid_day"]).clip(lower=0)
    due["missing"] = (due["due"] - due["paid"]).clip(lower=0)
    made: Made = {}
    for name, inside in _windows(due, "DAYS_INSTALMENT", DAYS, *DAYS):
        by_client = inside.groupby("SK_ID_CURR")
        made[f"installments_late_days_max_{name}"] = by_client["late"].max()
        made[f"installments_late_days_mean_{name}"] = by_client["late"].mean()
        made[f"installments_late_share_{name}"] = _share(inside, due["late"] > 0)
        if name in {"180d", "365d", "all"}:
            made[f"installments_paid_to_due_{name}"] = by_client["paid"].sum() / by_client["due"].sum()
            made[f"installments_paid_in_time_{name}"] = by_client["paid_in_time"].sum() / by_client["due"].sum()
        if name in {"365d", "all"}:
            made[f"installments_n_{name}"] = _count(every, inside)
            made[f"installments_late_week_share_{name}"] = _share(inside, due["late"] > 7)  # noqa: PLR2004 - a week
            made[f"installments_early_days_mean_{name}"] = by_client["early"].mean()
            made[f"installments_short_sum_{name}"] = by_client["missing"].sum(min_count=1) / 1000
    made["installments_last_late_days_all"] = -due[due["late"] > 0].groupby("SK_ID_CURR")["DAYS_INSTALMENT"].max()
    return made


def credit_card_balance(files: Any, _: Frame) -> Made:  # noqa: ANN401 - a mapping of paths
    """Monthly records of cards here."""
    rows = _read(
        files,
        "credit_card_balance",
        [
            *("SK_ID_CURR", "MONTHS_BALANCE", "AMT_BALANCE", "AMT_CREDIT_LIMIT_ACTUAL", "AMT_DRAWINGS_CURRENT"),
            *("AMT_DRAWINGS_ATM_CURRENT", "AMT_INST_MIN_REGULARITY", "AMT_PAYMENT_TOTAL_CURRENT", "SK_DPD"),
        ],
    )
    rows = rows[rows["MONTHS_BALANCE"] <= 0]
    rows["owed"] = rows["AMT_BALANCE"].clip(lower=0)
    made: Made = {}
    for name, inside in _windows(rows, "MONTHS_BALANCE", MONTHS, *MONTHS):
        by_client = inside.groupby("SK_ID_CURR")
        if name != "24m":
            made[f"card_utilisation_mean_{name}"] = _ratio(by_client, "owed", "AMT_CREDIT_LIMIT_ACTUAL")
        if name in {"3m", "12m", "all"}:
            made[f"card_balance_mean_{name}"] = by_client["owed"].mean() / 1000
            made[f"card_drawings_mean_{name}"] = by_client["AMT_DRAWINGS_CURRENT"].mean() / 1000
        if name in {"12m", "24m", "all"}:
            made[f"card_late_days_max_{name}"] = by_client["SK_DPD"].max()
        if name in {"12m", "all"}:
            made[f"card_cash_share_{name}"] = _ratio(by_client, "AMT_DRAWINGS_ATM_CURRENT", "AMT_DRAWINGS_CURRENT")
            made[f"card_late_share_{name}"] = _share(inside, rows["SK_DPD"] > 0)
        if name in {"6m", "12m", "all"}:
            due = inside[inside["AMT_INST_MIN_REGULARITY"] > 0].groupby("SK_ID_CURR")
            made[f"card_paid_to_minimum_{name}"] = _ratio(due, "AMT_PAYMENT_TOTAL_CURRENT", "AMT_INST_MIN_REGULARITY")
    return made


def _ratio(by_client: Frame, top: str, bottom: str) -> Frame:
    summed = by_client[bottom].sum(min_count=1)
    return by_client[top].sum(min_count=1) / summed.where(summed != 0)


def _names() -> tuple[str, ...]:
    """Names of the features that the functions above make."""
    families = {
        "bureau_credits_n": DAYS,
        "bureau_credit_sum": ("365d", "all"),
        "bureau_debt_sum": ("365d", "all"),
        "bureau_worst_overdue_max": ("730d", "all"),
        "bureau_balance_late_share": ("6m", "12m", "24m", "all"),
        "bureau_balance_worst_days": ("12m", "24m", "all"),
        "previous_applications_n": DAYS,
        "previous_refused_n": ("365d", "730d", "all"),
        "previous_refused_share": ("365d", "all"),
        "previous_approved_share": ("365d", "all"),
        "pos_months_n": ("12m", "all"),
        "pos_late_days_max": ("6m", "12m", "24m", "all"),
        "pos_late_days_tolerant_max": ("12m", "24m", "all"),
        "pos_late_share": ("12m", "24m", "all"),
        "installments_late_days_max": DAYS,
        "installments_late_days_mean": DAYS,
        "installments_late_share": DAYS,
        "installments_paid_to_due": ("180d", "365d", "all"),
        "installments_paid_in_time": ("180d", "365d", "all"),
        "installments_n": ("365d", "all"),
        "installments_late_week_share": ("365d", "all"),
        "installments_early_days_mean": ("365d", "all"),
        "installments_short_sum": ("365d", "all"),
        "card_utilisation_mean": ("3m", "6m", "12m", "all"),
        "card_balance_mean": ("3m", "12m", "all"),
        "card_drawings_mean": ("3m", "12m", "all"),
        "card_late_days_max": ("12m", "24m", "all"),
        "card_cash_share": ("12m", "all"),
        "card_late_share": ("12m", "all"),
        "card_paid_to_minimum": ("6m", "12m", "all"),
    }
    over_all_history = (
        *("bureau_active_share", "bureau_history_days", "bureau_last_credit_days", "bureau_cards_n"),
        *("bureau_credit_mean", "bureau_debt_to_credit", "bureau_debt_to_income", "bureau_overdue_sum"),
        *("bureau_overdue_days_max", "bureau_prolonged_n", "bureau_balance_late_credits_share"),
        *("bureau_balance_last_late_months", "previous_history_days", "previous_last_days"),
        *("previous_last_refused_days", "previous_credit_mean", "previous_term_mean", "previous_granted_to_asked"),
        *("pos_late_loans_share", "pos_last_late_months", "installments_last_late_days"),
    )
    windowed = (f"{stem}_{window}" for stem, windows in families.items() for window in windows)
    return (*windowed, *(f"{stem}_all" for stem in over_all_history))


NAMES = _names()


def _compare(folder: Path) -> tuple[int, list[str]]:
    """Number of columns compared, and the names of those whose values differ beyond the rounding of floats."""
    left, right = pq.read_table(folder / "duckdb.parquet"), pq.read_table(folder / "pandas.parquet")
    if left["SK_ID_CURR"].to_pylist() != right["SK_ID_CURR"].to_pylist():
        raise SystemExit("The two engines found different clients.")
    numbers: Callable[[Any], Any] = lambda column: column.to_pandas().to_numpy(dtype=float)  # noqa: E731 - said once
    same = (np.allclose(numbers(left[n]), numbers(right[n]), rtol=1e-9, atol=1e-9, equal_nan=True) for n in NAMES)
    return len(NAMES), [name for name, agrees in zip(NAMES, same, strict=True) if not agrees]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        make, place = {"duckdb": by_duckdb, "pandas": by_pandas}[sys.argv[2]], Path(sys.argv[3])
        print_spent(lambda: make(place / "accepted", place / f"{sys.argv[2]}.parquet"))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else SCALE)
