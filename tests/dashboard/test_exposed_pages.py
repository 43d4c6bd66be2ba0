"""Pages that others reach need a provider that says who people are, and no API key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garant.api.serve import (
    ServeOptions,
    _say_key,  # pyright: ignore[reportPrivateUsage]
    _Served,  # pyright: ignore[reportPrivateUsage]
    serve,
)
from garant.dashboard.app import served_pages
from garant.decisions.api_keys import ApiKeys
from garant.decisions.store import RecordStore
from garant.exceptions import KeyFileError, UsageError
from garant.keys import MasterKey
from garant.settings import Settings

PROXIED = {"trusted_proxy": ("10.0.0.5",)}
PROVIDER = {"oidc_issuer": "https://login.bank.example", "oidc_client_id": "garant-pages"}
PLACE = {"public_url": "https://garant.bank.example"}
ISSUER = {"jwt_issuer": "https://login.bank.example", "jwt_audience": "garant"}


def start(folder: Path, only: Any = None, **settings: Any) -> None:  # noqa: ANN401 - of ServeOptions and Settings
    """Begin to serve from an empty folder; where nothing else is wrong, the master key is missing."""
    own: dict[str, Any] = {
        "store_url": f"sqlite:///{folder / 'records.db'}",
        "master_key": folder / "master.key",
        **settings,
    }
    options = ServeOptions(bundle=folder / "model", port=0, only=only)
    serve(options, Settings(**own), say=lambda _: None, pages=served_pages)


@pytest.mark.parametrize("only", [None, "dashboard"])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "Set oidc_issuer and oidc_client_id"),
        (ISSUER, "Set oidc_issuer and oidc_client_id"),
        (PLACE, "Set oidc_issuer and oidc_client_id"),
        (PROVIDER, "Set public_url"),
        ({**PROVIDER, "public_url": "http://127.0.0.1:8000"}, "Set public_url"),
    ],
)
def test_pages_that_others_reach_are_not_served_where_nobody_could_log_in(
    tmp_path: Path, only: str | None, settings: dict[str, Any], said: str
):
    with pytest.raises(UsageError, match=said):
        start(tmp_path, only, **PROXIED, **settings)


@pytest.mark.parametrize(
    ("only", "settings"), [("api", {}), ("dashboard", {**PROVIDER, **PLACE}), (None, {**PROVIDER, **PLACE})]
)
def test_with_a_provider_or_without_pages_the_start_goes_on(tmp_path: Path, only: str | None, settings: dict[str, Any]):
    with pytest.raises(KeyFileError, match="master key"):
        start(tmp_path, only, **PROXIED, **settings)


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[ApiKeys]:
    """A record store without any API key."""
    master = MasterKey.new(tmp_path / "master.key")
    with RecordStore.open(f"sqlite:///{tmp_path / 'records.db'}", master, serving=False) as store:
        yield ApiKeys(store)


def test_a_key_is_asked_for_only_where_programs_are_answered_and_have_no_issuer(tmp_path: Path, keys: ApiKeys):
    def say(only: Any, **settings: Any) -> None:  # noqa: ANN401 - of ServeOptions and Settings
        served = _Served(ServeOptions(bundle=tmp_path, only=only), Settings(**settings), exposed=True, pages=None)
        _say_key(keys, served, say=pytest.fail)

    say("dashboard")
    say(None, **ISSUER)
    for only in (None, "api"):
        with pytest.raises(UsageError, match="garant key create"):
            say(only)
    assert not keys.list()
