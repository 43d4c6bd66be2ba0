"""A client whom the data do not have is answered with those whose ids come nearest."""

import numpy as np

from garant.runs.cut_out import unknown_client


def test_the_ids_nearest_to_an_unknown_one_are_named_in_their_order() -> None:
    known = np.array([10, 90, 53, 49, 60, 1_000], dtype=np.int64)
    assert "Near ids: 49, 53, 60." in str(unknown_client(52, known))
    assert "Near ids: 60, 90, 1000." in str(unknown_client(2_000, known))


def test_where_nobody_was_accepted_no_id_is_near() -> None:
    assert "The application table is empty." in str(unknown_client(52, np.array([], dtype=np.int64)))
