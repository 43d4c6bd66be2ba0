"""The page of a model as a whole, made of contributions whose structure is known."""

import numpy as np
import pytest

from garant.explanations.global_views import ExplainedRows, GlobalViews, global_views
from garant.features.catalogue import feature
from garant.features.encode import InputColumn
from garant.reports.explanation_sections import explanation_sections
from garant.reports.feature_words import FeatureWords
from garant.reports.section import Section
from garant.wording.catalogue import LANGUAGES, Wording

FEATURES = tuple(
    feature(name)
    for name in ("application_income", "application_credit", "application_external_score_2", "application_organization")
)
HOSTILE = "<script>alert(1)</script> \" ' & \\"
COLUMNS = (*(InputColumn(each.name) for each in FEATURES[:3]), InputColumn(FEATURES[3].name, ("School", HOSTILE)))


def views(n: int = 2_000, *, scale: float = 1.0, groups: bool = True) -> GlobalViews:
    """Income counts only for small credits; the employer is a category; half the external scores are missing."""
    rng = np.random.default_rng(4)
    values = np.column_stack(
        [
            rng.lognormal(12, 0.5, n),
            rng.lognormal(13, 0.5, n),
            np.where(rng.random(n) < 0.5, np.nan, rng.random(n)),
            rng.integers(0, 3, n),
        ]
    ).astype(np.float32)
    income, credit, score, employer = values.T
    small = credit < np.median(credit)
    effects = scale * np.column_stack(
        [
            0.5 * (np.log(income) - 12) * small,
            0.1 * (np.log(credit) - 13),
            0.2 - 0.4 * np.nan_to_num(score),
            0.1 * employer,
        ]
    )
    risky = effects.sum(axis=1) > np.median(effects.sum(axis=1))
    rows = ExplainedRows(
        names=[each.name for each in FEATURES],
        families=[each.family for each in FEATURES],
        is_category=[each.is_category for each in FEATURES],
        values=values,
        effects=effects.astype(np.float32),
        base_value=-2.5,
        groups={"refuse": risky, "accept": ~risky} if groups else {},
    )
    return global_views(rows, seed=3)


def sections(found: GlobalViews, language: str, notice: str | None = None) -> dict[str, Section]:
    words = FeatureWords(FEATURES, COLUMNS, Wording(language))
    return {section.name: section for section in explanation_sections(found, words, notice=notice)}


@pytest.fixture(scope="module")
def english() -> dict[str, Section]:
    return sections(views(), "en")


def test_the_sections_come_in_the_order_in_which_they_are_read(english: dict[str, Section]) -> None:
    assert list(english) == ["importance", "beeswarm", "dependence", "interactions", "scores"]


def test_the_planted_pair_is_the_first_of_the_table_and_has_a_picture(english: dict[str, Section]) -> None:
    found = english["interactions"]
    (table,) = found.tables
    assert table.rows[0][0] == "Stated income × Amount of the loan asked for"
    assert found.figures[0].heading == "Stated income – by: Amount of the loan asked for"


def test_every_figure_has_its_numbers_as_a_table_and_an_alternative(english: dict[str, Section]) -> None:
    figures = [figure for section in english.values() for figure in section.figures]
    assert len(figures) >= 10
    for figure in figures:
        assert figure.rows, figure.name
        assert all(len(row) == len(figure.columns) for row in figure.rows), figure.name
        assert len(figure.alternative) > 40, figure.name
    assert len({figure.name for figure in figures}) == len(figures)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_level_of_the_data_that_looks_like_markup_stays_text(language: str) -> None:
    figures = sections(views(), language)["dependence"].figures
    (employer,) = [figure for figure in figures if figure.name.endswith("application_organization")]
    assert any(HOSTILE in row[0] for row in employer.rows)
    assert "<script" not in employer.picture
    assert "&lt;script&gt;" in employer.picture


def test_a_model_that_says_nothing_of_anybody_makes_a_page_all_the_same() -> None:
    found = sections(views(200, scale=0.0, groups=False), "fr")
    assert not found["beeswarm"].figures
    assert not found["dependence"].figures
    assert "additionne" in found["interactions"].paragraphs[-1]
    assert len(found["scores"].paragraphs) == 3


def test_profile_kaggle_is_said_loudly_and_first() -> None:
    found = sections(views(300), "fr", "notice.kaggle")
    assert "PROFIL KAGGLE" in found["importance"].alarms[0]
