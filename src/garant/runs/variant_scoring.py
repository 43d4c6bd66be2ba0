"""Variants of one applicant scored, from their rows by the public path or from features that are there already.

The public path is that of every command: DuckDB's matrix, the bundle's encoding, model and calibration, the policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.duckdb import DuckDBEngine
from garant.exceptions import InvariantError
from garant.explanations.counterfactuals import Judged
from garant.features.encode import encode
from garant.features.feature import Feature
from garant.models.bundle.reading import Bundle
from garant.policy.outcome import ACCEPT, Proposals, propose
from garant.policy.policy import Policy
from garant.runs.matrix import build_matrix, read_matrix
from garant.runs.score_rows import facts_of, loans_of_batch
from garant.scoring.predict import Scored, predict
from garant.settings import Settings
from garant.storage.scratch import scratch_folder
from garant.tables.accepted import AcceptedTables
from garant.tables.variants import ClientRows, side_by_side


@dataclass(frozen=True, slots=True, eq=False)
class ScoredVariants:
    """Variants with everything that was computed of them, one row each.

    Parameters
    ----------
    batch : RecordBatch
        Features before any cast, policy facts and product.
    matrix : array of float32, shape (n, features)
        What the model read.
    scored : Scored
        Margin, PD and points.
    proposals : Proposals
        Outcome and deciding rule.
    judged : Judged
        What a search needs of it.
    """

    batch: pa.RecordBatch
    matrix: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    scored: Scored
    proposals: Proposals
    judged: Judged


@dataclass(frozen=True, slots=True, eq=False)
class VariantScoring:
    """Scores variants of applicants of some accepted tables by one bundle and policy.

    Parameters
    ----------
    bundle : Bundle
        The model.
    features : sequence of Feature
        Its inputs, in the order of its columns.
    accepted : AcceptedTables
        Tables that are there, and what ``tables.toml`` says of money; their rows are not read.
    policy : Policy
        Rules outside the model.
    settings : Settings
        Memory and threads.
    """

    bundle: Bundle
    features: Sequence[Feature]
    accepted: AcceptedTables
    policy: Policy
    settings: Settings

    def publicly(self, variants: Sequence[ClientRows]) -> ScoredVariants:
        """Scores of `variants` by the path of every command, as if each were an applicant.

        Raises
        ------
        InvariantError
            When a variant is lost on the way.
        """
        with (
            scratch_folder("variants") as scratch,
            DuckDBEngine(memory_limit=self.settings.memory_limit, threads=self.settings.threads) as engine,
        ):
            files = {}
            for name, table in side_by_side(variants).items():
                files[name] = (scratch / f"{name}.parquet",)
                pq.write_table(table, files[name][0])
            told = replace(self.accepted, files=files)
            batch = read_matrix(build_matrix(engine, told, self.features, scratch / "matrix"))
        if batch.num_rows != len(variants):
            raise InvariantError(f"{len(variants)} variants became {batch.num_rows} rows of the matrix.")
        return self.of_batch(batch)

    def of_batch(self, batch: pa.RecordBatch) -> ScoredVariants:
        """Scores of a batch with all inputs of the bundle, policy facts and product."""
        matrix = encode(batch, self.bundle.columns)
        scored = predict(self.bundle, matrix, threads=self.settings.threads)
        cutoffs = self.bundle.content.cutoffs.rows(loans_of_batch(batch).product)
        proposals = propose(
            scored.pd,
            facts_of(batch),
            policy=self.policy,
            cutoffs=cutoffs,
            period_declared=self.accepted.config.money.period is not None,
        )
        judged = Judged(scored.margin, scored.pd, proposals.outcome == ACCEPT, scored.pd < cutoffs.lower)
        return ScoredVariants(batch, matrix, scored, proposals, judged)


def have_equal_features(one: ScoredVariants, other: ScoredVariants) -> bool:
    """Whether the first rows hold the same inputs of the model, and facts of the policy."""
    names = [name for name in one.batch.schema.names if name.startswith("policy_")]
    facts = [batch.slice(0, 1).select(names).to_pylist() for batch in (one.batch, other.batch)]
    return facts[0] == facts[1] and np.array_equal(one.matrix[0], other.matrix[0], equal_nan=True)
