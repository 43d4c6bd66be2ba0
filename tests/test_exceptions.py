"""The tree of errors."""

import inspect

from garant import exceptions
from garant.exceptions import GarantError, UnknownNameError


def test_every_error_stands_in_the_drawing() -> None:
    classes = [c for _, c in inspect.getmembers(exceptions, inspect.isclass) if issubclass(c, GarantError)]
    assert exceptions.__doc__ is not None
    assert [c.__name__ for c in classes if c.__name__ not in exceptions.__doc__] == []


def test_an_unknown_name_suggests_near_ones() -> None:
    error = UnknownNameError("feature", "instalments_late_days_max", ["installments_late_days_max", "bureau_count"])
    assert str(error) == "Unknown feature 'instalments_late_days_max'. Did you mean 'installments_late_days_max'?"


def test_a_name_near_to_nothing_gets_no_suggestion() -> None:
    assert (
        str(UnknownNameError("command", "zzz", ["check"], hint="See --help.")) == "Unknown command 'zzz'. See --help."
    )
