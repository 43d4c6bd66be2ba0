"""From a batch of the matrix to a batch of scores: what one worker does, on a laptop and later on a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from garant.explanations.contributions import check_additive, contributions
from garant.explanations.reasons import MAX_REASONS, ReasonWriter, Words
from garant.features.encode import encode, unknown_levels
from garant.models.bundle.content import BundleContent
from garant.models.bundle.reading import Bundle
from garant.models.loans import Loans
from garant.models.product_cutoffs import PRODUCT
from garant.models.scorecard.content import Scorecard
from garant.policy.outcome import ACCEPT, OUTCOMES, Facts, PolicyCode, Proposals, propose
from garant.policy.policy import Policy
from garant.policy.rule_words import rule_sentence, share_of_income
from garant.scoring.expected_loss import expected_loss, why_no_loss
from garant.scoring.predict import predict
from garant.scoring.scorecard import predict_scorecard

Explain = Literal["refused", "all", "none"]

REASON_FIELDS = [
    pa.field(f"reason_{number}_{part}", pa.string())
    for number in range(1, MAX_REASONS + 1)
    for part in ("code", "text")
]

LOSS_FIELDS = [pa.field(name, pa.float64()) for name in ("ead", "lgd", "expected_loss")]
"""Columns that are written only where the bundle gives an expected loss."""

SCORES = pa.schema(
    [
        pa.field("SK_ID_CURR", pa.int64()),
        pa.field("pd", pa.float64()),
        pa.field("points", pa.float64()),
        pa.field("outcome", pa.string()),
        pa.field("product", pa.string()),
        pa.field("cutoff", pa.float64()),
        *LOSS_FIELDS,
        *REASON_FIELDS,
        pa.field("base_value", pa.float64()),
        pa.field("margin", pa.float64()),
        pa.field("challenger_pd", pa.float64()),
        pa.field("challenger_points", pa.float64()),
        pa.field("source_file", pa.string()),
        pa.field("source_line", pa.int64()),
    ]
)
"""One row per applicant; `pd`, `points`, `margin` are NULL for a row that was set aside and is referred.

`cutoff` is the one that the applicant's product was judged by, NULL for a row that was set aside.

`challenger_pd` and `challenger_points` decide nothing; they are NULL where the bundle holds no challenger.
"""


@dataclass(frozen=True, slots=True)
class Scorer:
    """Everything that scoring a batch needs.

    Parameters
    ----------
    bundle : Bundle
        The model.
    policy : Policy
        Rules outside the model.
    writer : ReasonWriter
        Reasons for the bundle's inputs.
    words : Words
        Language of the sentences.
    explain : {"refused", "all", "none"}
        Who gets reasons; ``refused`` is everybody not accepted.
    period_declared : bool
        Whether the period of money is known.
    charges_declared : bool
        Whether the lender names a column with the person's charges; else only instalments are known.
    threads : int
        Threads of one prediction.
    scorecard : Scorecard or None
        The bundle's challenger.
    applicants : int
        All that are scored, of whom a batch is a part: how they are explained follows from their number.
    """

    bundle: Bundle
    policy: Policy
    writer: ReasonWriter
    words: Words
    explain: Explain
    period_declared: bool
    charges_declared: bool
    threads: int = 1
    scorecard: Scorecard | None = None
    applicants: int = 0

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Scores of the rows of `batch`, in the same order; schema `SCORES`."""
        matrix = encode(batch, self.bundle.columns)
        scored = predict(self.bundle, matrix, threads=self.threads)
        loans = loans_of_batch(batch)
        cutoffs = self.bundle.content.cutoffs.rows(loans.product)
        proposals = propose(
            scored.pd,
            facts_of(batch),
            policy=self.policy,
            cutoffs=cutoffs,
            period_declared=self.period_declared,
        )
        reasons = self._reasons(batch, matrix, scored.margin, proposals)
        return pa.RecordBatch.from_arrays(
            [
                batch.column("SK_ID_CURR"),
                pa.array(scored.pd),
                pa.array(scored.points),
                pa.array([OUTCOMES[code] for code in proposals.outcome], pa.string()),
                batch.column(PRODUCT),
                pa.array(cutoffs.cutoff),
                *self._losses(scored.pd, loans),
                *reason_columns(reasons),
                pa.array(np.full(len(matrix), self.bundle.content.base_value)),
                pa.array(scored.margin),
                *self._challenger(matrix),
                batch.column("source_file"),
                batch.column("source_line"),
            ],
            schema=SCORES,
        )

    def unknown_levels(self, batch: pa.RecordBatch) -> dict[str, int]:
        """Rows of `batch` per category whose level the bundle never met."""
        return unknown_levels(batch, self.bundle.columns)

    def _losses(self, pd: npt.NDArray[np.float64], loans: Loans) -> list[pa.Array]:
        content = self.bundle.content
        economics = content.economics
        if economics is None or why_no_loss(is_default=content.label.is_default, economics=economics) is not None:
            return [pa.nulls(len(pd), pa.float64()) for _ in LOSS_FIELDS]
        found = expected_loss(pd, loans, economics)
        # What is not stated is NULL in every file.
        return [pa.array(column, from_pandas=True) for column in (found.ead, found.lgd, found.expected_loss)]

    def _challenger(self, matrix: npt.NDArray[np.float32]) -> tuple[pa.Array, pa.Array]:
        if self.scorecard is None:
            return pa.nulls(len(matrix), pa.float64()), pa.nulls(len(matrix), pa.float64())
        scored = predict_scorecard(self.scorecard, matrix, self.bundle.columns)
        return pa.array(scored.pd), pa.array(scored.points)

    def _reasons(
        self,
        batch: pa.RecordBatch,
        matrix: npt.NDArray[np.float32],
        margin: npt.NDArray[np.float64],
        proposals: Proposals,
    ) -> list[list[tuple[str, str]]]:
        """Code and text of the reasons of each row: a rule outside the model first, then the model's."""
        reasons: list[list[tuple[str, str]]] = [[] for _ in range(len(margin))]
        if self.explain == "none":
            return reasons
        wanted = np.ones(len(margin), bool) if self.explain == "all" else proposals.outcome != ACCEPT
        rows = np.flatnonzero(wanted)
        facts = facts_of(batch)
        for row in rows:
            rule = PolicyCode(proposals.rule[row])
            if rule:
                text = rule_sentence(
                    rule.name,
                    self.words,
                    policy=self.policy,
                    charges_declared=self.charges_declared,
                    share=share_of_income(facts, int(row)),
                )
                reasons[row].append((rule.name, text))
        # Where income or charges are unknown the PD decides nothing, and its reasons would mislead.
        judged = rows[proposals.rule[rows] != PolicyCode.INSUFFICIENT_INFORMATION]
        values = contributions(self.bundle.booster, matrix[judged], threads=self.threads, of=self.applicants)
        check_additive(values, margin[judged])
        for row, found in zip(judged, self.writer.reasons(values, batch.take(pa.array(judged))), strict=True):
            reasons[row] += [(reason.code, reason.said) for reason in found]
        return reasons


def policy_reason(code: str, words: Words) -> tuple[str, str]:
    """Code and sentence of a rule that has one sentence, such as that of a row which was set aside."""
    return code, words.text(f"policy.{code.lower()}")


def facts_of(batch: pa.RecordBatch) -> Facts:
    """Facts that the policy judges, from the ``policy_*`` columns of the matrix."""
    columns = (batch.column(f"policy_{name}").to_numpy(zero_copy_only=False) for name in Facts.__slots__)
    return Facts(*(np.asarray(column, dtype=np.float64) for column in columns))


def loans_of_batch(batch: pa.RecordBatch) -> Loans:
    """What the applicants of a batch of the matrix ask for."""
    product = batch.column(PRODUCT).to_numpy(zero_copy_only=False)
    credit = batch.column("policy_credit").to_numpy(zero_copy_only=False)
    return Loans(product.astype(object), np.asarray(credit, dtype=np.float64))


def scores_schema(content: BundleContent) -> pa.Schema:
    """Columns of the scores of a bundle: `SCORES`, without those of losses where it gives none."""
    if why_no_loss(is_default=content.label.is_default, economics=content.economics) is None:
        return SCORES
    left_out = {field.name for field in LOSS_FIELDS}
    return pa.schema([field for field in SCORES if field.name not in left_out])


def reason_columns(reasons: Sequence[Sequence[tuple[str, str]]]) -> list[pa.Array]:
    """Columns reason_1_code, reason_1_text, … of rows with at most four reasons."""
    columns: list[pa.Array] = []
    for number in range(MAX_REASONS):
        for part in (0, 1):
            cells = [row[number][part] if len(row) > number else None for row in reasons]
            columns.append(pa.array(cells, pa.string()))
    return columns
