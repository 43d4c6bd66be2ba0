"""Parameters by size of the sample."""

from dataclasses import fields

import pytest

from garant.cli.train import train
from garant.exceptions import UsageError
from garant.features.encode import InputColumn
from garant.models.parameters import Parameters, default_parameters, fast_parameters, lightgbm_parameters

COLUMNS = (InputColumn("late_days"), InputColumn("income"), InputColumn("region", ("north",)))


def test_a_smaller_sample_gets_smaller_trees() -> None:
    leaves = [default_parameters(rows).num_leaves for rows in (1_000, 5_000, 5_001, 100_000, 100_001)]
    assert leaves == sorted(leaves)
    assert leaves[0] < leaves[-1] <= 31
    assert default_parameters(1_000).learning_rate < default_parameters(300_000).learning_rate


def test_only_a_large_sample_pays_for_speed_with_rows_that_its_folds_do_not_learn_from() -> None:
    assert [default_parameters(rows).refit for rows in (1_000, 100_000, 100_001)] == [True, True, False]
    large = default_parameters(100_001)
    assert large.inner_folds == 1, "only one part can be left out of a model that is kept"
    assert 1 / large.inner_parts < 0.1


def test_a_quick_look_gets_the_few_trees_and_large_steps_that_the_command_names() -> None:
    usual, quick = default_parameters(6_000), fast_parameters(6_000)
    assert quick.max_rounds < usual.max_rounds / 10
    assert quick.learning_rate > 3 * usual.learning_rate
    assert quick.num_leaves == usual.num_leaves
    help_texts = [str(annotation) for annotation in train.__annotations__.values()]
    assert any(f"At most {quick.max_rounds} trees in large steps" in text for text in help_texts)


def test_classes_are_never_weighted() -> None:
    for rows in (1_000, 50_000, 300_000):
        found = lightgbm_parameters(default_parameters(rows), COLUMNS, seed=1, num_threads=1)
        assert not {"is_unbalance", "scale_pos_weight"} & set(found)


def test_every_parameter_of_a_tree_reaches_lightgbm() -> None:
    own = {"max_rounds", "patience", "inner_parts", "inner_folds", "refit", "monotone"}
    parameters = default_parameters(1_000)
    found = lightgbm_parameters(parameters, COLUMNS, seed=1, num_threads=1)
    for name in {f.name for f in fields(parameters)} - own:
        assert found[name] == getattr(parameters, name)


def test_directions_stand_in_the_order_of_the_columns() -> None:
    found = lightgbm_parameters(Parameters(monotone={"income": -1}), COLUMNS, seed=1, num_threads=1)
    assert found["monotone_constraints"] == [0, -1, 0]


@pytest.mark.parametrize("name", ["region", "late_day"])
def test_a_direction_for_a_category_or_an_unknown_feature_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"A direction is set for {name}"):
        lightgbm_parameters(Parameters(monotone={name: 1}), COLUMNS, seed=1, num_threads=1)
