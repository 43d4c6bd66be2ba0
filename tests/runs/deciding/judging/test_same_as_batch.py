"""Who applies through the service is judged as in a portfolio: the same PD, proposal, reasons and sentences."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from garant.decisions.record import Judgement, Language
from garant.features.encode import encode
from garant.models.bundle.trust import Trust
from garant.runs.deciding.decider import Decider
from garant.runs.explain import explain
from garant.runs.score import ScoreOptions, ScoreResult, score
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.accepted import AcceptedTables
from garant.tables.records.client_records import ClientRecords

pytestmark = pytest.mark.xdist_group("own")

THREADS = 8


@pytest.fixture(scope="module")
def scored(
    lender: Path, model: TrainResult, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, ScoreResult]:
    """The lender's portfolio scored in both languages, everybody with reasons."""
    out = tmp_path_factory.mktemp("scored")
    found: dict[str, ScoreResult] = {}
    for language in ("fr", "en"):
        options = ScoreOptions(explain="all", language="fr" if language == "fr" else "en")
        found[language] = score(lender, model.bundle.folder, out / language, options=options, settings=settings)
    return found


@pytest.fixture(scope="module")
def judged(decider: Decider, records: Mapping[int, ClientRecords]) -> dict[int, Judgement]:
    return {client: decider.judge(each, stopped=False) for client, each in records.items()}


def table_of(result: ScoreResult, kind: str) -> pa.Table:
    """Rows of a run, sorted by applicant."""
    parts = sorted((result.run.folder / kind).glob("part-0*.parquet"))
    return pa.concat_tables([pq.read_table(part) for part in parts]).sort_by("SK_ID_CURR")


def rows_of(result: ScoreResult) -> dict[int, dict[str, Any]]:
    return {row["SK_ID_CURR"]: row for row in table_of(result, "scores").to_pylist()}


def test_pd_points_and_the_challenger_are_those_of_the_portfolio(
    judged: dict[int, Judgement], scored: Mapping[str, ScoreResult]
) -> None:
    rows = rows_of(scored["en"])
    assert len(judged) >= 50
    for client, found in judged.items():
        row = rows[client]
        told = (found.pd, found.points, found.margin, found.base_value, found.challenger_pd, found.challenger_points)
        names = ("pd", "points", "margin", "base_value", "challenger_pd", "challenger_points")
        assert told == pytest.approx([row[name] for name in names], rel=0, abs=1e-12), client


def test_outcome_cut_off_and_deciding_rule_are_those_of_the_portfolio(
    judged: dict[int, Judgement], scored: Mapping[str, ScoreResult]
) -> None:
    rows = rows_of(scored["en"])
    for client, found in judged.items():
        row = rows[client]
        assert (str(found.outcome), found.product, found.cutoff) == (row["outcome"], row["product"], row["cutoff"])
    assert len({found.outcome for found in judged.values()}) >= 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_reasons_and_their_sentences_are_those_of_the_portfolio(
    judged: dict[int, Judgement], scored: Mapping[str, ScoreResult], language: Language
) -> None:
    rows = rows_of(scored[language])
    with_rules = 0
    for client, found in judged.items():
        row = rows[client]
        batch = [(row[f"reason_{n}_code"], row[f"reason_{n}_text"]) for n in range(1, 5) if row[f"reason_{n}_code"]]
        said = [(each.code, each.texts[language]) for each in found.rules[:1]]
        with_rules += bool(said)
        if said and said != batch[:1]:
            # A refusal by PD is not softened by a rule that refers: the portfolio does not tell such a rule.
            assert str(found.outcome) == "refuse"
            said = []
        for each in found.reasons:
            note = "" if each.notes is None else each.notes[language]
            said.append((each.code, f"{each.texts[language]} {note}".rstrip()))
        assert said[:4] == batch, client
    assert with_rules > 0


def test_the_model_read_the_bits_of_the_stored_matrix(
    judged: dict[int, Judgement], scored: Mapping[str, ScoreResult], model: TrainResult
) -> None:
    table = table_of(scored["en"], "matrix")
    for client, found in judged.items():
        row = table.filter(pc.equal(table.column("SK_ID_CURR"), client)).combine_chunks().to_batches()[0]
        assert found.matrix == encode(row, model.bundle.columns).astype("<f4").tobytes(), client


def test_contributions_and_base_value_add_up_to_the_margin(judged: dict[int, Judgement]) -> None:
    for found in judged.values():
        assert sum(found.contributions.values()) + found.base_value == pytest.approx(found.margin, abs=1e-9)


def test_the_same_is_computed_with_the_data_folders_configuration_and_by_duckdb(
    judged: dict[int, Judgement],
    rows_of_clients: dict[int, Mapping[str, pa.Table]],
    accepted: AcceptedTables,
    model: TrainResult,
    settings: Settings,
    trust: Trust,
) -> None:
    unproven = replace(model.bundle, content=model.bundle.content.model_copy(update={"online": None}))
    for bundle, engine, few in ((model.bundle, "sqlite", 10), (unproven, "duckdb", 2)):
        with Decider.open(bundle, config=accepted.config, settings=settings, trust=trust) as other:
            assert other.engine == engine
            for client in list(judged)[:few]:
                found = other.judge(other.reader.of_accepted(rows_of_clients[client]), stopped=False)
                same = ("outcome", "pd", "rules", "reasons", "matrix", "contributions", "main_reason_kept", "warnings")
                assert [getattr(found, name) for name in same] == [getattr(judged[client], name) for name in same]


def test_eight_threads_give_the_answers_of_one(
    decider: Decider, records: Mapping[int, ClientRecords], judged: dict[int, Judgement]
) -> None:
    together = Barrier(THREADS)
    clients = list(records)[:50]

    def judge(start: int) -> dict[int, Judgement]:
        together.wait()
        order = clients[start:] + clients[:start]
        return {client: decider.judge(records[client], stopped=False) for client in order}

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(judge, range(0, THREADS * 6, 6)))
    for answer in answers:
        for client, found in answer.items():
            assert replace(found, timings={}) == replace(judged[client], timings={}), client


def test_the_main_reason_is_kept_as_often_as_garant_explain_says(
    judged: dict[int, Judgement], lender: Path, model: TrainResult, settings: Settings
) -> None:
    for client in list(judged)[:3]:
        told = explain(client, data=lender, bundle_folder=model.bundle.folder, language="en", settings=settings)
        assert told.stability is not None
        assert judged[client].main_reason_kept == told.stability.main_kept / told.stability.members
        assert [each.text for each in told.reasons] == [each.texts["en"] for each in judged[client].reasons]


def test_the_pd_is_a_probability_and_challengers_differ(judged: dict[int, Judgement]) -> None:
    pds = np.array([found.pd for found in judged.values()])
    assert ((pds > 0) & (pds < 1)).all()
    assert any(found.challenger_pd != found.pd for found in judged.values())
