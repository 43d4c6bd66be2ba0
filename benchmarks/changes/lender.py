"""Refused people of a synthetic lender, with their rows, and the model that refused them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from garant.models.cutoff import Outcome
from garant.policy.policy import load_policy
from garant.runs.accept import tables_for_bundle
from garant.runs.bundle_features import bundle_features
from garant.runs.score import ScoreOptions, score
from garant.runs.score_files import read_scores
from garant.runs.train import train
from garant.runs.train_options import TrainOptions
from garant.runs.variant_scoring import ScoredVariants, VariantScoring
from garant.settings import Settings
from garant.tables.synthetic import generate
from garant.tables.variants import ClientRows

BURDEN, INTERCEPT = 12.0, -4.0
"""Log-odds of a burdened lender's outcomes: instalment as a share of income, and where they begin."""

CHUNK = 1_000
"""Variants that the public path scores in one question."""


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """People whom a bundle refuses.

    Parameters
    ----------
    scoring : VariantScoring
        Scores variants of theirs.
    ids : list of int
        Who they are.
    applicants : int
        Everybody who was scored.
    """

    scoring: VariantScoring
    ids: list[int]
    applicants: int

    def rows(self) -> Iterator[ClientRows]:
        """Accepted rows of each."""
        files = self.scoring.accepted.files
        tables = {name: pa.concat_tables([pq.read_table(part) for part in files[name]]) for name in files}
        credit = tables["bureau"].select(["SK_ID_BUREAU", "SK_ID_CURR"])
        months = tables.pop("bureau_balance").join(credit, "SK_ID_BUREAU", join_type="inner")
        by_client = {name: _sorted(table) for name, table in {**tables, "bureau_balance": months}.items()}
        keys = {name: table["SK_ID_CURR"].to_numpy() for name, table in by_client.items()}
        for client in self.ids:
            own: dict[str, pa.Table] = {}
            for name, table in by_client.items():
                begin, end = np.searchsorted(keys[name], [client, client + 1])
                own[name] = table.slice(begin, end - begin)
            schema = pq.read_schema(files["bureau_balance"][0])
            yield {**own, "bureau_balance": own["bureau_balance"].select(schema.names)}

    def known(self, all_rows: Sequence[ClientRows]) -> Iterator[ScoredVariants]:
        """Each as the public path scores it."""
        for start in range(0, len(all_rows), CHUNK):
            batch = self.scoring.publicly(all_rows[start : start + CHUNK]).batch
            for row in range(batch.num_rows):
                yield self.scoring.of_batch(batch.slice(row, 1))


def refused_people(
    lender: Path, folder: Path, *, seed: int, most: int, without: tuple[str, ...], settings: Settings
) -> Refused:
    """Train on a lender and score everybody; those refused, at most `most`."""
    # Without retrained members there is no refer band: whoever is at or above the cut-off is refused.
    options = TrainOptions(seed=seed, challenger=False, variants=False, members=0, without=without)
    bundle = train(lender, folder / "model", options=options, settings=settings).bundle
    asked = ScoreOptions(explain="none", without=without)
    done = score(lender, bundle.folder, folder / "runs", options=asked, settings=settings)
    scores = pa.concat_tables(read_scores(done.run))
    refused = scores.filter(pc.equal(scores["outcome"], Outcome.REFUSE.value))["SK_ID_CURR"].to_pylist()
    accepted = tables_for_bundle(lender, bundle.content.tables, without=without, settings=settings)
    scoring = VariantScoring(bundle, bundle_features(bundle), accepted, load_policy(), settings)
    return Refused(scoring, refused[:most], scores.num_rows)


def synthetic(folder: Path, *, scale: float, seed: int, burdened: bool) -> Path:
    """Tables of a synthetic lender.

    Parameters
    ----------
    burdened : bool
        Whether outcomes are drawn anew from the instalment's share of the income: those of the synthetic lender hardly
        depend on what is asked for.
    """
    lender = generate(folder / "lender", scale=scale, seed=seed, file_format="parquet").folder
    if burdened:
        _draw_outcomes(lender, seed)
    return lender


def _draw_outcomes(lender: Path, seed: int) -> None:
    path = next(lender.glob("application_train*"))
    for part in [path] if path.is_file() else sorted(path.glob("*.parquet")):
        table = pq.read_table(part)
        share = np.nan_to_num(table["AMT_ANNUITY"].to_numpy() / table["AMT_INCOME_TOTAL"].to_numpy())
        drawn = np.random.default_rng(seed).random(len(share)) < 1 / (1 + np.exp(-(INTERCEPT + BURDEN * share)))
        place = table.schema.get_field_index("TARGET")
        field = table.schema.field(place)
        pq.write_table(table.set_column(place, field, pa.array(drawn.astype(np.int64)).cast(field.type)), part)


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by("SK_ID_CURR").combine_chunks()
