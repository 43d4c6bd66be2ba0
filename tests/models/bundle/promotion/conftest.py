"""The content of a small bundle whose groups were judged."""

import numpy as np
import pytest

from garant.metrics.fairness import Grouping
from garant.models.bundle.content import BundleContent
from garant.models.bundle.fairness import FairnessEntry
from garant.models.fairness_judgement import judge_fairness
from garant.models.training import Trained
from garant.models.training_data import TrainingData


@pytest.fixture(scope="session")
def content(content: BundleContent, data: TrainingData, trained: Trained) -> BundleContent:
    """Two sexes drawn without regard to anything."""
    sexes = Grouping(("F", "M"), np.arange(len(data.label)) % 2)
    pd = content.calibrator.pd(trained.oof_margin)
    rows = content.cutoffs.rows(np.full(len(pd), None))
    found = judge_fairness(data.label, pd, {"sex": sexes}, cutoffs=content.cutoffs, rows=rows)
    return content.model_copy(update={"fairness": FairnessEntry.of(found)})
