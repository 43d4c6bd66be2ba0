"""Content of ``bundle.json``: the only source of every threshold, price and label that garant shows."""

import math
import re
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from garant.features.encode import InputColumn
from garant.metrics.intervals import Interval
from garant.models.bundle.cells import CellsEntry
from garant.models.bundle.economics import Economics, check_cutoffs
from garant.models.bundle.fairness import FairnessEntry
from garant.models.bundle.feature_entry import FeatureEntry
from garant.models.bundle.leak_checks import LeakChecksEntry
from garant.models.bundle.money import MoneyEntry
from garant.models.bundle.online import OnlineEntry
from garant.models.bundle.part import Part, Sha256
from garant.models.bundle.retrains import RetrainsEntry, check_retrains
from garant.models.bundle.score_reference import ScoreReference
from garant.models.bundle.selection import SelectionEntry
from garant.models.bundle.training_entry import SplitEntry, TrainingEntry
from garant.models.bundle.tuning import TuningEntry
from garant.models.bundle.variants import VariantsEntry
from garant.models.calibrator import Calibrator
from garant.models.cutoff import Costs, ReferBand
from garant.models.pd_bands import PdBand
from garant.models.product_cutoffs import Cutoffs, CutoffTerms
from garant.tables.config import Extra
from garant.tables.external_score import ExternalScore

MAJOR, MINOR = 1, 0
"""Format that this garant writes. It reads every minor of this major: a higher one adds optional sections only."""

MODEL_FILE = "model.txt"
CHALLENGER_FILE = "challenger.json"
SQL_FILE = "features.sql"
REQUIRED_FILES = frozenset({MODEL_FILE, SQL_FILE, "schema.json", "wording.json", "reference.parquet"})

HEADER = frozenset({"format", "sections"})
"""Keys of ``bundle.json`` that are no sections."""

BINDING_SECTIONS = frozenset({"product_cutoffs"})
"""Optional sections that no reader may pass over where they are there: they decide outcomes."""

_SAFE_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


class Format(Part):
    """Version of the format: another major is another format, a higher minor only adds optional sections."""

    major: int = MAJOR
    minor: int = MINOR


class Sections(Part):
    """Names of the sections: what a reader must understand, and what it may pass over."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class LabelEntry(Part):
    """What a PD means here; shown wherever a PD is shown."""

    name: str
    text_fr: str
    text_en: str
    days_past_due: int | None = None
    window_months: int | None = None
    is_default: bool = False

    def text(self, language: Literal["fr", "en"]) -> str:
        """What stands beside a PD in `language`."""
        return self.text_fr if language == "fr" else self.text_en


class PointsScale(Part):
    """Affine in the calibrated log-odds: `base` points at `odds` good to one bad, `pdo` points double the odds."""

    base: float = 600.0
    odds: float = Field(default=50.0, gt=0)
    pdo: float = Field(default=20.0, gt=0)


class MetricEntry(Part):
    """A measure with its 95 % interval; null where the sample cannot tell it."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, interval: Interval) -> "MetricEntry":
        """The entry of an interval."""
        known = [None if math.isnan(x) else x for x in (interval.value, interval.low, interval.high)]
        return cls(value=known[0], low=known[1], high=known[2])


class MetricsEntry(Part):
    """Measures by name: out of fold, and on later applicants where there was an out-of-time split."""

    out_of_fold: dict[str, MetricEntry]
    out_of_time: dict[str, MetricEntry] | None = None


class ChallengerEntry(Part):
    """The second model, judged on the same folds by the same cut-off; what it is stands in ``challenger.json``.

    Parameters
    ----------
    kind : str
        ``scorecard``.
    features : int
        How many features it uses.
    pd_bands : tuple of PdBand
        Counts by its PD, out of fold; without contributions.
    metrics : MetricsEntry
        Measures with intervals.
    product_bands : dict of str to (tuple of PdBand), or None
        As that of the champion.
    """

    kind: Literal["scorecard"] = "scorecard"
    features: int = Field(gt=0)
    pd_bands: tuple[PdBand, ...] = Field(min_length=1)
    metrics: MetricsEntry
    product_bands: dict[str, tuple[PdBand, ...]] | None = None


class BundleContent(Part):
    """Everything in ``bundle.json``; each key but ``format`` and ``sections`` is a section.

    Parameters
    ----------
    format, sections, files
        Filled in by `write_bundle`: version, names of the sections, sha256 of every other file.
    garant_version : str
        Version of garant that trained the model.
    profile : str
        ``eu`` or ``kaggle``.
    seed : int
        Seed of folds and trees.
    inputs : dict of str to str
        Digest of the manifest of each accepted table.
    tables : tuple of str
        Tables trained on; data with another set are refused.
    features : tuple of FeatureEntry
        Inputs in the order of the matrix.
    feature_fingerprint : str
        Digest of the definitions, see `feature_fingerprint`.
    training : TrainingEntry
        Rows, folds, trees, parameters, versions of libraries.
    calibrator : Calibrator
        Line from margin to calibrated log-odds.
    label : LabelEntry
        What a PD means.
    costs : Costs
        Give the cut-off.
    cutoff : float
        ``c_fp / (c_fp + c_fn)``, and nothing else.
    refer_band : ReferBand
        Around the cut-off.
    points : PointsScale
        Scale of the score.
    base_value : float
        Margin that contributions start from.
    pd_bands : tuple of PdBand
        Counts and mean contributions by PD, out of fold.
    accepted_contributions : dict of str to float
        Mean contribution per family of accepted applicants.
    split : SplitEntry
        How the model was tested.
    metrics : MetricsEntry
        Measures with intervals.
    recut_from : str or None
        Digest of the bundle that this one is a recut of.
    extras : dict of str to Extra, or None
        The lender's own columns among the inputs, as ``tables.toml`` declared them; None without any.
    external_scores : dict of str to ExternalScore, or None
        Where the external scores among the inputs come from, by column; None without any.
    absent_columns : dict of str to tuple of str, or None
        Table → optional columns that the data trained on did not have; None when all were there.
    rare_levels : dict of str to (tuple of str or None), or None
        Category → digests of the levels that training met too seldom to freeze, see `InputColumn`.
    challenger : ChallengerEntry or None
        The scorecard trained beside the champion; its file is listed exactly when this section is there.
    selection : SelectionEntry or None
        How the features were chosen, where fewer than all were asked for.
    tuning : TuningEntry or None
        How the parameters were tuned, where they were.
    fairness : FairnessEntry or None
        How the cut-off treats groups of protected attributes; None when it was not judged.
    economics : Economics or None
        What loans earn and lose: gives the costs where it has margins, and expected losses.
    product_cutoffs : dict of str to CutoffTerms, or None
        Product → its own costs, cut-off and refer band; every other applicant is judged by those above.
    product_bands : dict of str to (tuple of PdBand), or None
        `pd_bands` by product; None where there is one product.
    variants : VariantsEntry or None
        What the model's choices cost or bring in AUC.
    cells : CellsEntry or None
        Who is similar to whom; None where training had too few applicants for one cell.
    money : MoneyEntry or None
        What amounts meant in training; None of a bundle that does not say.
    online : OnlineEntry or None
        Whether SQLite gives the same features; None where nobody compared.
    """

    format: Format = Format()
    sections: Sections = Sections()
    garant_version: str
    profile: Literal["eu", "kaggle"]
    seed: int
    inputs: dict[str, str]
    tables: tuple[str, ...]
    features: tuple[FeatureEntry, ...] = Field(min_length=1)
    feature_fingerprint: Sha256
    training: TrainingEntry
    calibrator: Calibrator
    label: LabelEntry
    costs: Costs
    cutoff: float = Field(gt=0, lt=1)
    refer_band: ReferBand
    points: PointsScale
    base_value: float
    pd_bands: tuple[PdBand, ...] = Field(min_length=1)
    accepted_contributions: dict[str, float]
    split: SplitEntry
    metrics: MetricsEntry
    recut_from: Sha256 | None = None
    extras: dict[str, Extra] | None = None
    external_scores: dict[str, ExternalScore] | None = None
    absent_columns: dict[str, tuple[str, ...]] | None = None
    rare_levels: dict[str, tuple[str, ...] | None] | None = None
    challenger: ChallengerEntry | None = None
    selection: SelectionEntry | None = None
    tuning: TuningEntry | None = None
    fairness: FairnessEntry | None = None
    economics: Economics | None = None
    product_cutoffs: dict[str, CutoffTerms] | None = None
    product_bands: dict[str, tuple[PdBand, ...]] | None = None
    variants: VariantsEntry | None = None
    cells: CellsEntry | None = None
    leak_checks: LeakChecksEntry | None = None
    retrains: RetrainsEntry | None = None
    score_reference: ScoreReference | None = None
    money: MoneyEntry | None = None
    online: OnlineEntry | None = None
    files: dict[str, Sha256] = Field(default_factory=dict)

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """Inputs of the model in the order of the matrix."""
        rare = self.rare_levels or {}
        return tuple(
            InputColumn(f.name) if f.levels is None else InputColumn(f.name, f.levels, rare.get(f.name))
            for f in self.features
        )

    @property
    def cutoffs(self) -> Cutoffs:
        """What applicants are judged by."""
        return Cutoffs(CutoffTerms(self.costs, self.cutoff, self.refer_band), self.product_cutoffs or {})

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        names = [feature.name for feature in self.features]
        if len(set(names)) != len(names):
            raise ValueError("features: a name comes twice")
        check_cutoffs(self.cutoffs, self.economics)
        if self.files and (self.challenger is not None) != (CHALLENGER_FILE in self.files):
            raise ValueError(f"challenger: the section and the file {CHALLENGER_FILE} belong together")
        check_retrains(self.retrains, self.refer_band, self.files)
        unsafe = [name for name in self.files if not _SAFE_PATH.fullmatch(name)]
        if unsafe:
            raise ValueError(f"files: {unsafe[0]!r} is no path inside the bundle")
        return self


OPTIONAL_SECTIONS = frozenset(n for n, field in BundleContent.model_fields.items() if field.default is None) - {
    "recut_from"
}
"""Sections that a bundle may lack: those that are None without."""


def metric_entries(measures: Mapping[str, Interval]) -> dict[str, MetricEntry]:
    """Entries of the measures of an evaluation."""
    return {name: MetricEntry.of(interval) for name, interval in measures.items()}
