"""Which values speak against a person, and beside which limit they are told, at the edges of what is known."""

from dataclasses import replace

import pyarrow as pa

from garant.explanations.kinds import Kind, kind_of
from garant.explanations.yardstick import Yardstick, shown_value
from garant.features.catalogue import feature
from garant.features.feature import Feature, OwnColumn, Unit
from garant.models.bundle.groups import FeatureGroups, Spread
from garant.tables.config import Extra
from garant.wording.catalogue import Wording

LATE_SHARE = feature("installments_late_share_all")
RATING = feature("application_external_score_2")
EMPLOYER = feature("application_organization")


def against(member: Feature, groups: FeatureGroups, *values: float | str | None) -> list[bool]:
    column = pa.array(values, pa.string() if member.is_category else pa.float64())
    return Yardstick(member, groups, Wording("en")).speaks_against(column).tolist()


def said(member: Feature, value: float, groups: FeatureGroups) -> str:
    words = Wording("en")
    text = Yardstick(member, groups, words).sentence(value, shown_value(member, value, words))
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_only_values_beyond_the_median_on_the_adverse_side_speak_against_a_person() -> None:
    middle = Spread(500, 0.2, 0.5, 0.8)
    assert against(RATING, FeatureGroups(1, 0.0, middle), 0.4, 0.5, 0.6, None) == [False, False, True, False]
    assert against(RATING, FeatureGroups(-1, 0.0, middle), 0.4, 0.5, 0.6, None) == [True, False, False, False]


def test_where_neither_side_is_clear_no_value_speaks_against_anybody() -> None:
    assert against(RATING, FeatureGroups(0, 0.0, Spread(500, 0.2, 0.5, 0.8)), 0.4, 0.6) == [False, False]


def test_a_level_is_compared_only_where_its_share_among_the_refused_is_known() -> None:
    # Too few were refused to say how common their levels are.
    groups = FeatureGroups(accepted=Spread(500, shares={"School": 0.3}), refused=Spread(9))
    assert against(EMPLOYER, groups, "School", None) == [False, False]


def test_a_level_that_is_as_common_among_both_speaks_against_nobody() -> None:
    shares = {"School": 0.3, "Construction": 0.1}
    groups = FeatureGroups(accepted=Spread(500, shares=shares), refused=Spread(500, shares={**shares, "School": 0.31}))
    assert against(EMPLOYER, groups, "School", "Construction") == [True, False]


def test_nothing_is_said_to_be_rarely_above_none() -> None:
    never = FeatureGroups(1, 0.0, Spread(500, 0, 0, 0))
    assert said(LATE_SHARE, 0.5, never) == "For most clients whose application was accepted: 0%."


def test_a_limit_that_reads_like_the_value_is_not_said() -> None:
    # 0.6001 lies beyond 0.6, and both are written 60%.
    groups = FeatureGroups(1, 0.0, Spread(500, 0.1, 0.3, 0.6))
    assert said(LATE_SHARE, 0.6001, groups).endswith("this share is at most 30%.")


def test_a_flag_is_beside_what_most_of_the_accepted_have() -> None:
    flag = feature("application_home_phone")
    assert flag.unit is Unit.FLAG
    groups = FeatureGroups(1, 0.0, Spread(500, 0, 0, 1))
    assert said(flag, 1.0, groups).startswith("For most clients whose application was accepted: ")


def test_a_column_of_the_lenders_own_may_be_negative_so_that_none_is_no_end_of_its_scale() -> None:
    declared = Extra(type="money", text_fr="Solde", text_en="Balance")
    own = replace(feature("application_income"), own=OwnColumn("Balance", declared))
    groups = FeatureGroups(1, 0.0, Spread(500, -50, 0, 900))
    assert said(own, 100.0, groups).endswith("this amount is at most 0.")


def test_a_family_of_the_lenders_own_columns_is_nothing_to_act_on() -> None:
    assert kind_of("savings_with_us") is Kind.CORRECT
