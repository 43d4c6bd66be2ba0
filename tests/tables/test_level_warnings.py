"""Warnings about values are counted over blocks and stay short."""

from garant.tables.categories import Noticed
from garant.tables.level_warnings import LevelWarnings


def test_blocks_add_up_and_only_a_few_values_are_shown():
    counted = LevelWarnings("application")
    counted.add({"A": Noticed(2, {"x": 3}), "B": Noticed(1)})
    counted.add({"A": Noticed(0, dict.fromkeys("xyzuvw", 1))})
    new, stripped = counted.warnings()
    assert (new.rule, stripped.rule) == ("warning.new_levels", "warning.stripped_spaces")
    assert new.table == "application"
    assert new.en.startswith(
        'values that the public data do not have, in 9 cell(s): A × 9 ("x", "y", "z", "u", "v", …).'
    )
    assert new.fr.startswith("valeurs absentes des données publiques, dans 9 cellule(s) : A × 9")
    assert stripped.en == "spaces around values, removed from 3 cell(s): A × 2, B × 1."


def test_nothing_noticed_is_no_warning():
    assert LevelWarnings("bureau").warnings() == []
