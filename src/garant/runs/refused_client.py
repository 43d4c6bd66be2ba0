"""One client whom a run refuses, without anything that names the person: the example of a talk."""

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.explanations.accepted import Accepted
from garant.explanations.contributions import check_additive, contributions_of_few
from garant.explanations.external_notes import external_notes
from garant.explanations.reasons import ReasonWriter
from garant.features.encode import encode
from garant.features.feature import Feature
from garant.features.matrix import KEY
from garant.models.bundle.reading import Bundle
from garant.models.cutoff import Outcome
from garant.runs.stored_matrix import StoredMatrix
from garant.scoring.predict import predict
from garant.wording.catalogue import Wording


def refused_client(
    stored: StoredMatrix, bundle: Bundle, features: Sequence[Feature], words: Wording
) -> dict[str, Any] | None:
    """The client in the middle, by PD, of all whom the run refuses with a PD above the cut-off; None without any.

    The middle says something of all of them, and nobody chose it. What is returned holds no id, no row and no file.
    """
    refused = _refused(stored)
    if not refused.num_rows:
        return None
    chosen = refused.slice(refused.num_rows // 2, 1).to_pylist()[0]
    row = _row_of(stored, chosen[KEY])
    matrix = encode(row, bundle.columns)
    scored = predict(bundle, matrix)
    values = contributions_of_few(bundle.booster, matrix)
    check_additive(values, scored.margin)
    content = bundle.content
    writer = ReasonWriter(
        features,
        words,
        accepted=Accepted.of(bundle),
        period_declared=content.money is not None and content.money.period is not None,
        notes=external_notes(features, content.external_scores, words),
    )
    # Points as the scale of the bundle counts them: a higher log-odds takes points away.
    per_log_odds = -content.points.pdo / math.log(2) * content.calibrator.slope
    effects = zip(writer.families, writer.by_family(values)[0].tolist(), strict=True)
    families = sorted(effects, key=lambda pair: -abs(pair[1]))
    return {
        "pd": float(scored.pd[0]),
        "cutoff": float(chosen["cutoff"]),
        "points": float(scored.points[0]),
        "reasons": [
            {"text": reason.text, "family": words.text(f"family.{reason.family}.label")}
            for reason in next(writer.reasons(values, row))
        ],
        "families": [
            {"label": words.text(f"family.{family}.label"), "points": effect * per_log_odds}
            for family, effect in families
        ],
        "refused": refused.num_rows,
    }


def _refused(stored: StoredMatrix) -> pa.Table:
    """Who is refused with a PD above the cut-off, lowest PD first."""
    columns = [KEY, "pd", "cutoff", "outcome"]
    scores = pa.concat_tables([pq.read_table(part, columns=columns) for part in stored.scores])
    by_pd = pc.greater_equal(scores.column("pd"), scores.column("cutoff"))
    is_refused = pc.equal(scores.column("outcome"), Outcome.REFUSE.value)
    return scores.filter(pc.and_(is_refused, by_pd)).sort_by([("pd", "ascending"), (KEY, "ascending")])


def _row_of(stored: StoredMatrix, client: int) -> pa.RecordBatch:
    """Row of the matrix of a client."""
    parts = [pq.read_table(part, filters=[(KEY, "=", client)]) for part in stored.parts]
    return pa.concat_tables(parts).combine_chunks().to_batches()[0]
