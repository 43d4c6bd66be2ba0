"""The fuller validation of a trained model: ranking, other costs, segments, challenger, population."""

import lightgbm
import numpy as np
import numpy.typing as npt

from garant.models.bundle.reference import feature_references, reference_table
from garant.models.bundle.score_reference import ScoreReference, score_reference
from garant.models.population import PopulationStability, population_stability
from garant.reports.sections.population import Compared
from garant.runs.findings.finding import Finding, Inquiry
from garant.runs.judged_model import JudgedModel
from garant.runs.segment import judged_segments
from garant.runs.validation_sections import Validated, population_lines, segment_lines, validation_sections

Matrix = npt.NDArray[np.float32]


def validation(inquiry: Inquiry) -> Finding:
    """Judge the model of a training as `garant bundle validate` judges a bundle on other data."""
    model, column, threads = inquiry.model, inquiry.options.segment, inquiry.settings.threads
    judged_on = model.judged_on
    challenger = inquiry.challenger
    score = score_reference(_pd(model, model.learned_from.matrix, threads=threads))
    populations = _populations(model, score, threads=threads)
    found = Validated(
        evaluation=model.judged,
        label=judged_on.label,
        challenger=None if challenger is None else challenger.later or challenger.evaluation,
        segment=column,
        segments=judged_segments(
            model.accepted,
            column,
            model.judged,
            label=judged_on.label,
            ids=judged_on.ids,
            seed=model.trained.seed,
        ),
        populations=populations,
        features=model.features,
    )
    segments = () if column is None else segment_lines(column, found.segments, page="validation.html")
    return Finding(
        bundle={"score_reference": score},
        sections=validation_sections(found),
        said=(*segments, *population_lines(populations)),
    )


def _populations(model: JudgedModel, score: ScoreReference, *, threads: int) -> dict[Compared, PopulationStability]:
    """Later applicants, and those without an outcome, against those that the model was trained on."""
    matrices: dict[Compared, Matrix] = {}
    if model.split is not None:
        matrices["later"] = model.judged_on.matrix
    if model.unlabelled is not None and len(model.unlabelled):
        matrices["unlabelled"] = model.unlabelled
    if not matrices:
        return {}
    learned_from = model.learned_from
    references = feature_references(reference_table(learned_from.matrix, learned_from.columns))
    return {
        who: population_stability(
            references, score, matrix=matrix, columns=learned_from.columns, pd=_pd(model, matrix, threads=threads)
        )
        for who, matrix in matrices.items()
    }


def _pd(model: JudgedModel, matrix: Matrix, *, threads: int) -> npt.NDArray[np.float64]:
    booster = lightgbm.Booster(model_str=model.trained.model_text)
    return model.calibrator.pd(np.asarray(booster.predict(matrix, raw_score=True, num_threads=threads)))
