"""Any client that hypothesis thinks of has the plain features; the smallest one that has not is shown."""

from collections.abc import Iterator, Mapping

import pytest
from bits import differing
from hypothesis import HealthCheck, given, settings
from lenders.drawn import clients, numbered
from lenders.writing import Row, as_arrow
from matrices import client_features
from plain.matrix import PlainMatrix

from garant.features.catalogue import catalogue
from garant.features.feature import Profile
from garant.runs.client_features import ClientFeatures

NAMES = [feature.name for feature in catalogue(profile=Profile.KAGGLE)]

pytestmark = pytest.mark.xdist_group("parity")


@pytest.fixture(scope="module")
def sqlite() -> Iterator[ClientFeatures]:
    """The engine that answers about one client in milliseconds."""
    with client_features() as opened:
        yield opened


@settings(max_examples=100, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
@given(rows=clients())
def test_a_client_has_the_plain_features(sqlite: ClientFeatures, rows: Mapping[str, list[Row]]):
    lender = numbered(rows, 7)
    found = sqlite.of({table: as_arrow(table, cells) for table, cells in lender.items()})
    plain = PlainMatrix(lender)
    wrong = {name: differing(found[name].to_pylist(), plain.column(name), [7]) for name in NAMES}
    assert {name: difference for name, difference in wrong.items() if difference} == {}
