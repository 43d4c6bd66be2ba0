"""The section on equal treatment says what was found, in both languages, and draws what was judged."""

import re

import numpy as np
import pytest

from garant.metrics.fairness import Grouping
from garant.models.cutoff import Costs, ReferBand
from garant.models.fairness import NOT_STATED, OTHER_LEVELS, Fairness
from garant.models.fairness_judgement import judge_fairness
from garant.models.product_cutoffs import Cutoffs
from garant.models.proxies import Proxy
from garant.reports.fairness_section import fairness_section
from garant.reports.section import Section
from garant.wording.catalogue import Wording

ROWS = 3_000
FR, EN = Wording("fr"), Wording("en")
NO_BREAK = "\N{NO-BREAK SPACE}"

PROXIES = (Proxy(attribute="sex", auc={"F": 0.87, "M": 0.87}, telling=(("job", 0.43), ("car", 0.15))),)


@pytest.fixture(scope="module")
def fairness() -> Fairness:
    """Young people are refused more often, widows default twice as often as their PDs say, few live in region 3."""
    rng = np.random.default_rng(2)
    pd = rng.beta(1, 9, ROWS)
    age, family = (rng.random(ROWS) < 0.4).astype(np.int64), (rng.random(ROWS) < 0.1).astype(np.int64)
    pd = np.where(age == 0, np.minimum(2 * pd, 0.9), pd)
    label = (rng.random(ROWS) < np.where(family == 1, np.minimum(2 * pd, 1), pd)).astype(np.int8)
    region = np.zeros(ROWS, dtype=np.int64)
    region[:7], region[7:47] = 1, 2
    groupings = {
        "sex": None,
        "age": Grouping(("under_25", "65_and_over"), age),
        "family_status": Grouping(("Married", "Widow"), family),
        "region": Grouping(("1", "2", "3"), region),
        "education": Grouping((OTHER_LEVELS, NOT_STATED), np.arange(ROWS) % 2),
    }
    cutoffs = Cutoffs.of(Costs(1, 9), {"Revolving loans": Costs(1, 8)}, band=ReferBand(0.08, 0.12))
    return judge_fairness(label, pd, groupings, cutoffs=cutoffs, rows=cutoffs.rows(np.full(ROWS, None)))


@pytest.fixture(scope="module")
def english(fairness: Fairness) -> Section:
    return fairness_section(fairness, EN, profile="eu", proxies=PROXIES, label={"job": "Job", "car": "Car"}.__getitem__)


@pytest.fixture(scope="module")
def french(fairness: Fairness) -> Section:
    return fairness_section(
        fairness, FR, profile="eu", proxies=PROXIES, label={"job": "Métier", "car": "Auto"}.__getitem__
    )


def test_who_needs_a_waiver_is_said_first(english: Section):
    unknown, waiver, *faults = english.alarms
    assert unknown.endswith(": Sex.")
    assert waiver.startswith("2 of 7 groups that were judged need a signed waiver")
    assert [re.sub(r"\d\.\d\d", "#", fault) for fault in faults] == [
        "Age, under 25: approval ratio of # (# to #), so surely below the limit.",
        "Family status, widowed: # (# to #) observed defaults for each expected one, so surely outside the limits.",
    ]


def test_the_figures_are_those_that_were_judged(fairness: Fairness, english: Section):
    young = fairness.attributes["age"][0]
    ages = next(table for table in english.tables if table.caption == "Age")
    row = ages.rows[0]
    assert row[0] == "under 25"
    assert row[1] == f"{young.rows:,}"
    assert row[2] == f"{young.approved / young.rows:.1%}"
    assert row[3] == f"{young.referred:,}"
    ratio = young.approval_ratio
    assert row[4] == f"{ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"
    assert row[7] == "needs a waiver"
    assert {len(cells) for cells in ages.rows} == {len(ages.columns)}


def test_a_cutoff_of_a_product_is_told(english: Section, french: Section):
    assert any("revolving credit 11.11%" in said for said in english.paragraphs)
    assert any(f"11,11{NO_BREAK}%" in said for said in french.paragraphs)


def test_small_groups_are_flagged_and_the_smallest_only_named(english: Section):
    regions = next(table for table in english.tables if table.caption == "Home region")
    _, few, some = regions.rows
    assert few == ("rating 2", "fewer than 20", *(EN.text("report.none"),) * 5, "too few to judge")
    assert (some[1], some[-1]) == ("40", "too few to judge")


def test_only_judged_groups_are_drawn(fairness: Fairness, english: Section):
    (drawn,) = english.figures
    assert len(drawn.rows) == len(fairness.judged) == 7
    picture = str(drawn.picture)
    for word in ("Age", "under 25", "widowed", "not stated", "other values, rare", "rating 1"):
        assert f">{word}</text>" in picture
    assert ">rating 3</text>" not in picture
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', picture)) >= 12


def test_an_alarm_is_told_by_shape_and_not_only_by_colour(english: Section):
    (drawn,) = english.figures
    points = re.findall(r'<path aria-label[^>]* d="([^"]+)"[^>]* fill="(#\w+)"', str(drawn.picture))
    shapes: dict[str, set[str]] = {}
    for outline, colour in points:
        shapes.setdefault(colour, set()).add(re.sub(r"[\d.,-]+", "", outline))
    assert len(shapes) == 2
    assert len(set.union(*shapes.values())) == 2


def test_proxies_are_named_in_words(english: Section, french: Section):
    told, telling = english.tables[-2:]
    assert told.rows == (("Sex", "woman", "0.87"), ("Sex", "man", "0.87"))
    assert telling.rows == (("Sex", "Job", "43.0%"), ("Sex", "Car", "15.0%"))
    assert french.tables[-1].rows[0] == ("Sexe", "Métier", f"43,0{NO_BREAK}%")


def test_french_is_french(french: Section):
    assert french.heading == "Égalité de traitement"
    said = " ".join((*french.alarms, *french.paragraphs, french.figures[0].alternative, french.figures[0].caption))
    assert f"Âge, moins de 25 ans{NO_BREAK}: rapport d’acceptation de 0," in said
    assert not re.search(r"\b(?:the|waiver|group is|below|approved)\b", said)


def test_without_proxies_nothing_is_said_of_them(fairness: Fairness):
    section = fairness_section(fairness, EN, profile="eu")
    assert len(section.tables) == len(fairness.attributes)
    assert EN.text("report.fairness.proxies") not in section.paragraphs


def test_profile_kaggle_says_that_the_model_reads_the_attributes(fairness: Fairness):
    section = fairness_section(fairness, EN, profile="kaggle")
    assert EN.text("report.fairness.read_kaggle") in section.paragraphs


def test_a_sample_too_small_to_judge_says_so_and_draws_nothing():
    cutoffs = Cutoffs.of(Costs(1, 9))
    few = judge_fairness(
        np.zeros(60, dtype=np.int8),
        np.full(60, 0.05),
        {"sex": Grouping(("F", "M"), np.arange(60) % 2)},
        cutoffs=cutoffs,
        rows=cutoffs.rows(np.full(60, None)),
    )
    section = fairness_section(few, EN, profile="eu")
    assert section.figures == ()
    assert section.alarms == ("No group has 100 applications: equal treatment could not be judged.",)
