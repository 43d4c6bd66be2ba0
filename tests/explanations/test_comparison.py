"""A person beside groups: only what a bundle keeps of them, nothing of who the person is."""

from garant.explanations.comparison import ComparedFact, GroupValues, compare
from garant.features.catalogue import feature
from garant.models.bundle.cells import Bound, Cell
from garant.models.bundle.groups import FeatureGroups, Spread
from garant.wording.catalogue import Wording

LATE = feature("installments_late_days_max_all")
EMPLOYER = feature("application_organization")
SEX = feature("application_sex")
FEATURES = {f.name: f for f in (LATE, EMPLOYER, SEX)}
GROUPS = {
    LATE.name: FeatureGroups(1, 0.0, Spread(500, 0, 3, 10), Spread(90, None, 20, None)),
    EMPLOYER.name: FeatureGroups(accepted=Spread(500, shares={"School": 0.31}), refused=Spread(90)),
}
CELL = Cell(rows=230, bounds=(Bound(feature=LATE.name, at_least=5.0), Bound(feature=LATE.name, below=50.0)))


def test_a_number_stands_beside_the_median_and_the_middle_of_each_group() -> None:
    found = compare(
        [LATE],
        {LATE.name: 42.0},
        features=FEATURES,
        groups=GROUPS,
        cell=CELL,
        similar={LATE.name: Spread(230, 6, 12, 40)},
        words=Wording("en"),
    )
    (fact,) = found.facts
    assert (fact.label, fact.value) == ("Longest delay of one instalment", "42\N{NO-BREAK SPACE}days")
    assert fact.accepted == GroupValues(
        500, "3\N{NO-BREAK SPACE}days", "0\N{NO-BREAK SPACE}days", "10\N{NO-BREAK SPACE}days"
    )
    assert fact.refused == GroupValues(90, "20\N{NO-BREAK SPACE}days")
    assert fact.similar.median == "12\N{NO-BREAK SPACE}days"
    assert (found.similar, found.alike_in) == (230, ("Longest delay of one instalment",))


def employer(value: str | None) -> ComparedFact:
    (fact,) = compare(
        [EMPLOYER],
        {EMPLOYER.name: value},
        features=FEATURES,
        groups=GROUPS,
        cell=None,
        similar={},
        words=Wording("fr"),
    ).facts
    return fact


def test_a_level_stands_beside_its_share() -> None:
    school, other, unknown = employer("School"), employer("Circus"), employer(None)
    assert (school.accepted.share, school.refused.share) == (0.31, None)
    assert other.accepted.share is None
    assert (unknown.value, unknown.accepted.share) == (None, None)


def test_nothing_protected_is_compared_and_no_cell_means_nobody_similar() -> None:
    found = compare(
        [SEX, LATE],
        {SEX.name: "F", LATE.name: None},
        features=FEATURES,
        groups={},
        cell=None,
        similar={},
        words=Wording("en"),
    )
    assert [fact.feature for fact in found.facts] == [LATE.name]
    assert found.facts[0].value is None
    assert found.facts[0].accepted == GroupValues(0)
    assert (found.similar, found.alike_in) == (0, ())


def test_the_label_of_a_fact_says_its_window() -> None:
    recent = feature("installments_late_days_max_365d")
    (fact,) = compare(
        [recent],
        {recent.name: 4.0},
        features={recent.name: recent},
        groups={},
        cell=None,
        similar={},
        words=Wording("en"),
    ).facts
    assert "12 months" in fact.label
