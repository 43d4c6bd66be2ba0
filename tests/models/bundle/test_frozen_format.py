"""Bundles of formats that were promised load for ever, and predict what they predicted on the day they were made."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from garant.exceptions import BundleSignatureError
from garant.keys import PublicKey
from garant.models.bundle.content import MAJOR
from garant.models.bundle.members import read_members
from garant.models.bundle.reading import Bundle, read_bundle
from garant.models.bundle.trust import Trust
from garant.models.scorecard.reading import read_scorecard
from garant.scoring.predict import predict
from garant.scoring.scorecard import predict_scorecard

Matrix = npt.NDArray[np.float32]

ARTEFACTS = Path(__file__).parents[1] / "artefacts"

SIGNED_BY = "ed25519:o/W+Yg9iheJ9LOrSe84QPLJsE7yjKObIS7LN9MywLag="
"""Key of the artefact; its private part was thrown away, so that nobody can make another one."""

DIGEST = "9673f0d3ae40186284b899113ac108ba32358efd9d00f8e4aea8a353a3165bc5"

TOLERANCE = 1e-12
"""Log-odds; another LightGBM may add up the trees otherwise in the last digits, and no more."""


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """Rows as the model reads them, and what it said of them."""
    return json.loads((ARTEFACTS / "bundle-1.0.json").read_text())


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """Trust in the key of the artefact alone."""
    loaded = tmp_path_factory.mktemp("loaded")
    return Trust(keys=(PublicKey.parse(SIGNED_BY),), own=None, development=False, loaded=loaded)


@pytest.fixture(scope="module")
def bundle(trust: Trust) -> Bundle:
    return read_bundle(ARTEFACTS / "bundle-1.0", trust)


@pytest.fixture(scope="module")
def matrix(said: dict[str, Any]) -> Matrix:
    return np.array(said["rows"], dtype=np.float64).astype(np.float32)


def test_a_bundle_of_format_1_0_is_read_with_every_section(bundle: Bundle) -> None:
    content = bundle.content
    assert (content.format.major, content.format.minor, bundle.digest) == (1, 0, DIGEST)
    assert MAJOR == 1, "a later major needs a reader of its own for these bundles"
    assert content.money is not None
    assert content.money.period == "month"
    assert content.online is not None
    assert content.online.is_equal
    assert content.extras is not None
    assert set(content.extras) == {"BureauScore", "segment"}
    assert content.external_scores is not None
    assert content.product_cutoffs is not None
    assert content.cells is not None


def test_it_predicts_what_it_predicted(bundle: Bundle, said: dict[str, Any], matrix: Matrix) -> None:
    assert [column.name for column in bundle.columns] == said["inputs"]
    assert np.isnan(matrix).any()
    found = predict(bundle, matrix)
    for name in ("margin", "pd", "points"):
        assert getattr(found, name) == pytest.approx(said[name], rel=0, abs=TOLERANCE), name
    assert len(set(said["margin"])) > len(said["margin"]) / 2


def test_its_scorecard_says_what_it_said(bundle: Bundle, said: dict[str, Any], matrix: Matrix) -> None:
    scorecard = read_scorecard(bundle)
    assert scorecard is not None
    found = predict_scorecard(scorecard, matrix, bundle.columns)
    assert found.pd == pytest.approx(said["challenger_pd"], rel=0, abs=TOLERANCE)
    assert found.points == pytest.approx(said["challenger_points"], rel=0, abs=1e-9)


def test_its_retrained_models_load(bundle: Bundle, trust: Trust) -> None:
    assert bundle.content.retrains is not None
    assert len(read_members(bundle, trust)) == bundle.content.retrains.members


def test_nobody_else_could_have_made_it(trust: Trust) -> None:
    stranger = PublicKey.parse("ed25519:PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=")
    with pytest.raises(BundleSignatureError, match="not trusted"):
        read_bundle(ARTEFACTS / "bundle-1.0", Trust(keys=(stranger,), own=None, development=False, loaded=trust.loaded))
