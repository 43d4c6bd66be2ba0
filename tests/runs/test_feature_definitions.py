"""The SQL text of a bundle: every statement of every group is found in it again, as it was compiled."""

import pytest

from garant.engines.sql_text import sql_text
from garant.features.catalogue import catalogue, groups
from garant.features.extra import feature_extras
from garant.features.feature import Profile
from garant.features.matrix import only
from garant.models.bundle.content import SQL_FILE
from garant.runs.bundle_features import bundle_features
from garant.runs.deciding import online_engine
from garant.runs.deciding.bundle_config import config_of
from garant.runs.deciding.online_engine import EngineChoice, opened_engine
from garant.runs.feature_definitions import DIALECTS, features_sql, statements_of
from garant.runs.train_result import TrainResult
from garant.settings import Settings
from garant.tables.config import TablesConfig
from garant.tables.schema import TABLES

pytestmark = pytest.mark.xdist_group("own")

OWN = TablesConfig.model_validate(
    {"extra": {"Épargne, -- net": {"type": "money", "text_fr": "Épargne", "text_en": "Savings", "family": "savings"}}}
)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_statement_is_found_again(dialect: str) -> None:
    extras = feature_extras(OWN)
    features = catalogue(tuple(TABLES), Profile.KAGGLE, extras)
    found = statements_of(features_sql(features, tuple(TABLES)), dialect)
    parts = only(groups(tuple(TABLES), extras), [feature.name for feature in features])
    assert found == {part.name: sql_text(part.per_client(), dialect).rstrip() for part in parts}
    assert len(found) == 9


def test_the_service_asks_the_statements_of_the_bundle(
    short: TrainResult, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, seen = short.bundle, list[str]()

    def recorded(*_: object, compiled: dict[str, str]) -> None:
        seen.extend(compiled.values())

    monkeypatch.setattr(online_engine.ClientFeatures, "for_decisions", recorded)
    opened_engine(EngineChoice("sqlite", ""), bundle_features(bundle), bundle, config_of(bundle.content), settings)
    text = bundle.files[SQL_FILE].decode()
    assert len(seen) == text.count(", sqlite\n-- reads: ") > 0
    assert all(statement in text for statement in seen)
