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
    assert new.en.startswith('9 cells hold values that were never seen before: A × 9 ("x", "y", "z", "u", "v", …).')
    assert new.fr.startswith("9 cellules")
    assert stripped.en == "3 cells had spaces around their value, which were removed: A × 2, B × 1."


def test_nothing_noticed_is_no_warning():
    assert LevelWarnings("bureau").warnings() == []
