"""What the reasons of refused people state, each fact beside the median of the accepted, and the time it takes."""

import time
from collections import Counter
from typing import Any

import pyarrow as pa

from changes.lender import CHUNK, Refused
from garant.explanations.accepted import Accepted
from garant.explanations.contributions import contributions
from garant.explanations.reasons import Reason, ReasonWriter
from garant.features.encode import encode
from garant.features.feature import Feature
from garant.models.bundle.groups import FeatureGroups
from garant.runs.words import words_of


def facts_stated(people: Refused) -> dict[str, Any]:
    """Reasons of everybody in `people`: what they state, and how many state what does not speak against the person."""
    all_rows = list(people.rows())
    scoring, typical = people.scoring, Accepted.of(people.scoring.bundle)
    writer = ReasonWriter(scoring.features, words_of(scoring.features, "fr"), accepted=typical, period_declared=True)
    known = {feature.name: feature for feature in scoring.features}
    kinds: Counter[str] = Counter()
    families: Counter[str] = Counter()
    wrong, sentences, seconds, reasons_n = 0, set[str](), 0.0, 0
    for start in range(0, len(all_rows), CHUNK):
        batch = scoring.publicly(all_rows[start : start + CHUNK]).batch
        values = contributions(scoring.bundle.booster, encode(batch, scoring.bundle.columns))
        begun = time.process_time()
        found = list(writer.reasons(values, batch))
        seconds += time.process_time() - begun
        for row, reasons in enumerate(found):
            families[reasons[0].family if reasons else "none"] += 1
            for reason in reasons:
                reasons_n += 1
                sentences.add(reason.text)
                kinds[_kind(reason, batch, row)] += 1
                if reason.feature is not None:
                    against = _speaks_against(known[reason.feature], batch, row, typical.features[reason.feature])
                    wrong += not against
    return {
        "people": len(all_rows),
        "reasons": reasons_n,
        "state": dict(kinds.most_common()),
        "facts_that_do_not_speak_against_the_person": wrong,
        "different_sentences": len(sentences),
        "first_families": dict(families.most_common(6)),
        "wording_cpu_ms_of_one": round(1e3 * seconds / len(all_rows), 3),
    }


def _kind(reason: Reason, batch: pa.RecordBatch, row: int) -> str:
    if reason.feature is None:
        return "the family"
    return "that a fact is not known" if batch.column(reason.feature)[row].as_py() is None else "a fact"


def _speaks_against(feature: Feature, batch: pa.RecordBatch, row: int, groups: FeatureGroups) -> bool:
    """Told anew, one value after the other: the product does it by column."""
    value = batch.column(feature.name)[row].as_py()
    if value is None:
        return True
    if isinstance(value, str):
        return groups.accepted.shares[value] < groups.refused.shares[value]
    median = groups.accepted.median
    return median is not None and (value - median) * groups.adverse > 0
