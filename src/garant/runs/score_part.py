"""One stored part of the matrix becomes one part of the scores: what a worker does, on a laptop and on a cluster."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from garant.engines.protocol import BATCH_ROWS
from garant.explanations.accepted import Accepted
from garant.explanations.external_notes import external_notes
from garant.explanations.reasons import ReasonWriter
from garant.models.bundle.content import CHALLENGER_FILE, MODEL_FILE
from garant.models.bundle.reading import Bundle
from garant.models.bundle.reference import REFERENCE_FILE
from garant.models.scorecard.reading import read_scorecard
from garant.policy.policy import Policy
from garant.runs.bundle_features import bundle_features
from garant.runs.score_counts import ScoreCounts
from garant.runs.score_rows import SCORES, Explain, Scorer, scores_schema
from garant.runs.since import KEY, Earlier, EarlierPart, merged
from garant.runs.words import words_of
from garant.storage.parquet import write_parquet
from garant.storage.reach import Reach, Written

_SCORED_WITH = (MODEL_FILE, CHALLENGER_FILE, REFERENCE_FILE)
"""Files of a bundle that a score is made of; the others stay where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWork:
    """What all parts of a run are scored with: plain data, sent to every worker once.

    Parameters
    ----------
    bundle : Bundle
        Verified on the driver; workers get the bytes that were checked, without the files that scores are not made of.
    policy : Policy
        Rules outside the model.
    explain : {"refused", "all", "none"}
        Who gets reasons; ``refused`` is everybody not accepted.
    language : {"fr", "en"}
        Language of the sentences.
    currency : str or None
        What money is written in.
    period_declared : bool
        Whether the period of money is known.
    charges_declared : bool
        Whether the lender names a column with the person's charges.
    threads : int
        Threads of one prediction.
    folder : Path
        Folder of the scores.
    reach : Reach
        How workers reach that folder.
    earlier : Earlier or None
        An earlier run whose scores are kept for clients whose row of the matrix is the same.
    """

    bundle: Bundle
    policy: Policy
    explain: Explain
    language: Literal["fr", "en"]
    currency: str | None
    period_declared: bool
    charges_declared: bool
    threads: int
    folder: Path
    reach: Reach
    applicants: int
    earlier: Earlier | None = None

    @property
    def schema(self) -> pa.Schema:
        """Columns of the scores."""
        return scores_schema(self.bundle.content)

    def to_send(self) -> "ScoreWork":
        """The same without what workers do not need; above all without a model that is loaded."""
        files = {name: text for name, text in self.bundle.files.items() if name in _SCORED_WITH}
        return replace(self, bundle=replace(self.bundle, files=files))


@dataclass(frozen=True, slots=True)
class PartScorer:
    """What one worker process makes of the work, once."""

    work: ScoreWork
    scorer: Scorer


def prepare_scorer(work: ScoreWork) -> PartScorer:
    """Make features, words and reasons of `work`; the model is built at its first use and kept.

    Raises
    ------
    BundleFormatError
        When this process has other definitions of the features than the bundle was trained with.
    """
    bundle = work.bundle
    features = bundle_features(bundle)
    words = words_of(features, work.language, currency=work.currency)
    scorer = Scorer(
        bundle=bundle,
        policy=work.policy,
        writer=ReasonWriter(
            features,
            words,
            accepted=Accepted.of(bundle),
            period_declared=work.period_declared,
            notes=external_notes(features, bundle.content.external_scores, words),
        ),
        words=words,
        explain=work.explain,
        period_declared=work.period_declared,
        charges_declared=work.charges_declared,
        threads=work.threads,
        scorecard=read_scorecard(bundle),
        applicants=work.applicants,
    )
    return PartScorer(work, scorer)


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """What is known of a part that was scored."""

    written: Written
    counts: ScoreCounts


def score_part(part: Path, tool: PartScorer) -> ScoredPart:
    """Score the rows of the matrix in `part` into a file of the same name in the folder of the work."""
    counts = ScoreCounts()
    work = tool.work
    write = partial(write_parquet, batches=_scored(part, tool, counts), schema=work.schema)
    return ScoredPart(work.reach.write(work.folder / part.name, write), counts)


def _scored(part: Path, tool: PartScorer, counts: ScoreCounts) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(part) as file:
        score = tool.scorer.score
        if tool.work.earlier is not None:
            earlier = EarlierPart(tool.work.earlier, part.name, file.read(columns=[KEY]).column(KEY))
            score = partial(_score_changed, earlier=earlier, scorer=tool.scorer, counts=counts)
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            scores = score(batch)
            counts.add(scores)
            counts.unknown_levels.update(tool.scorer.unknown_levels(batch))
            yield scores


def _score_changed(
    batch: pa.RecordBatch, *, earlier: EarlierPart, scorer: Scorer, counts: ScoreCounts
) -> pa.RecordBatch:
    """Scores of `batch`: kept where the row is that of the earlier run, made where it is not."""
    is_same, kept = earlier.unchanged(batch)
    counts.rows["kept"] += kept.num_rows
    if not kept.num_rows:
        return scorer.score(batch)
    made = pa.Table.from_batches([] if is_same.all() else [scorer.score(batch.filter(pa.array(~is_same)))], SCORES)
    return merged(is_same, kept, made)
