"""Settings come from garant.toml and the environment, which wins."""

from pathlib import Path

import pytest

from garant.exceptions import UsageError
from garant.settings import load_settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_wins_over_the_file(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "garant.toml").write_text('costs = "1:12"\nlanguage = "fr"\n')
    monkeypatch.setenv("GARANT_COSTS", "1:15")
    settings = load_settings()
    assert (settings.costs, settings.language) == ("1:15", "fr")


def test_every_wrong_entry_is_named_at_once(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text('cots = "1:12"\nlanguage = "de"\n')
    with pytest.raises(UsageError, match=r"(?s)language.*cots.*Known entries: costs") as caught:
        load_settings()
    assert caught.value.exit_code == 2


def test_an_unknown_entry_suggests_the_near_one(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text('cost = "1:8"\nzzz = 1\n')
    with pytest.raises(UsageError, match=r"cost: .*, did you mean 'costs'\?; zzz: [^?]*Known entries"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("GARANT_COST", "GARANT_COST .* did you mean 'costs'"),
        ("garant_zzz", r"garant_zzz .* no setting\. Known entries"),
    ],
)
def test_a_variable_that_would_change_nothing_is_refused(
    variable: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1:20")
    with pytest.raises(UsageError, match=said):
        load_settings()


def test_variables_of_the_notebook_and_of_kill_points_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GARANT_NOTEBOOK_DATA", "GARANT_FAILPOINT", "GARANT_FAILPOINT_LOG", "garant_language"):
        monkeypatch.setenv(name, "fr")
    assert load_settings().language == "fr"


def test_a_file_that_is_no_toml_is_a_usage_error(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text("costs = [")
    with pytest.raises(UsageError, match=r"garant\.toml cannot be read"):
        load_settings()


LINES = ("ed25519:" + "A" * 43 + "=", "ed25519:" + "B" * 42 + "A=")


def test_trusted_keys_are_a_list_in_the_file_and_words_in_the_environment(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().trusted_keys == ()
    (empty_folder / "garant.toml").write_text(f'trusted_keys = ["{LINES[0]}"]\n')
    assert load_settings().trusted_keys == LINES[:1]
    monkeypatch.setenv("GARANT_TRUSTED_KEYS", ", ".join(LINES))
    assert load_settings().trusted_keys == LINES


def test_a_trusted_key_that_cannot_be_one_is_named(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text(f'trusted_keys = ["{LINES[0]}", "release.key"]\n')
    with pytest.raises(UsageError, match=r"trusted_keys\.1: String should match"):
        load_settings()


def test_the_development_key_is_the_users_own(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GARANT_DEVELOPMENT_KEY")
    monkeypatch.setenv("XDG_DATA_HOME", str(empty_folder / "data"))
    assert load_settings().development_key == empty_folder / "data" / "garant" / "development.key"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(empty_folder))
    assert load_settings().development_key == empty_folder / ".local/share/garant/development.key"


@pytest.mark.parametrize("text", ["eu-west-3,eu-north-1", " eu-west-3 , eu-north-1 ,"])
def test_regions_are_words_with_commas_in_the_environment_and_a_list_in_the_file(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (empty_folder / "garant.toml").write_text('regions = ["eu-west-3", "eu-north-1"]\n')
    assert load_settings().regions == ("eu-west-3", "eu-north-1")
    (empty_folder / "garant.toml").unlink()
    monkeypatch.setenv("GARANT_REGIONS", text)
    assert load_settings().regions == ("eu-west-3", "eu-north-1")


def test_region_and_address_come_from_the_variables_of_aws_unless_ours_say_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    assert (load_settings().s3_region, load_settings().s3_endpoint) == ("eu-north-1", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2")
    assert (load_settings().s3_region, load_settings().s3_endpoint) == ("eu-west-3", "http://127.0.0.1:2")
    monkeypatch.setenv("GARANT_S3_REGION", "eu-west-1")
    assert load_settings().s3_region == "eu-west-1"


@pytest.mark.parametrize("address", ["127.0.0.1:9000", "ftp://x", "http://key:hush@127.0.0.1", "http://"])
def test_an_address_is_one_of_a_web_server_without_a_secret_in_it(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    with pytest.raises(UsageError, match="s3_endpoint") as caught:
        load_settings()
    assert "hush" not in str(caught.value)


def test_tls_needs_both_certificate_and_key(empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text('tls_cert = "cert.pem"\n')
    with pytest.raises(UsageError, match="tls_cert and tls_key belong together"):
        load_settings()


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.5:80", ""])
def test_a_proxy_that_is_believed_is_named_by_its_address(wrong: str, empty_folder: Path) -> None:
    (empty_folder / "garant.toml").write_text(f'trusted_proxy = ["{wrong}"]\n')
    with pytest.raises(UsageError, match="is no IP address or network"):
        load_settings()


def test_proxies_of_the_environment_stand_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARANT_TRUSTED_PROXY", "10.0.0.5, 10.1.0.0/16")
    assert load_settings().trusted_proxy == ("10.0.0.5", "10.1.0.0/16")


@pytest.mark.parametrize("url", ["records.db", "sqlite://", "mysql://u:HUSH@host/db", "postgres://u:HUSH@host/db"])
def test_an_address_of_no_record_store_is_refused_without_showing_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GARANT_STORE_URL", url)
    with pytest.raises(UsageError, match=r"store_url: .*expected sqlite:///path or postgresql://") as caught:
        load_settings()
    assert "HUSH" not in str(caught.value)


def test_a_password_in_the_address_of_the_record_store_stands_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARANT_STORE_URL", "postgresql://garant:HUSH@host/db")
    settings = load_settings()
    assert settings.store_url.endswith(":HUSH@host/db")
    assert "HUSH" not in repr(settings)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('oidc_issuer = "http://login.bank.example"\noidc_client_id = "x"', "oidc_issuer: .*expected https"),
        ('oidc_issuer = "https://u:HUSH@login.bank.example"\noidc_client_id = "x"', "oidc_issuer: .*without user"),
        ('oidc_issuer = "https://login.bank.example/?x=1"\noidc_client_id = "x"', "oidc_issuer: .*parameters"),
        ('oidc_issuer = "ftp://login.bank.example"\noidc_client_id = "x"', "oidc_issuer: .*expected https"),
        ('oidc_issuer = "https://login.bank.example"', "oidc_issuer and oidc_client_id belong together"),
        ('oidc_client_secret = "HUSH"', "oidc_client_secret needs"),
        ('oidc_client_secret = ["HUSH"]', "oidc_client_secret: .*string"),
        ('oidc_algorithms = ["HS256"]', "oidc_algorithms.0: .*RS256"),
        ('oidc_algorithms = ["none"]', "oidc_algorithms.0: .*RS256"),
        ("jwt_algorithms = []", "jwt_algorithms: "),
        ('oidc_scope = "profile"', "oidc_scope: "),
        ('public_url = "https://garant.bank.example/pages"', "public_url: .*without a path"),
        ('jwt_issuer = "https://login.bank.example"', "jwt_issuer and jwt_audience belong together"),
        ('jwt_jwks_url = "https://login.bank.example/keys"', "jwt_jwks_url needs"),
        (
            'oidc_issuer = "https://a.b"\noidc_client_id = "x"\njwt_issuer = "https://a.b"\njwt_audience = "x"',
            "jwt_audience must be another",
        ),
    ],
)
def test_who_gets_in_is_set_wholly_and_safely(empty_folder: Path, wrong: str, said: str) -> None:
    (empty_folder / "garant.toml").write_text(wrong + "\n")
    with pytest.raises(UsageError, match=said) as caught:
        load_settings()
    assert "HUSH" not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.parametrize(
    "issuer", ["http://127.0.0.1:9/x", "http://localhost:9", "http://[::1]:9", "https://a.example/"]
)
def test_an_issuer_is_reached_over_tls_or_is_on_this_machine(empty_folder: Path, issuer: str) -> None:
    (empty_folder / "garant.toml").write_text(f'oidc_issuer = "{issuer}"\noidc_client_id = "x"\n')
    assert load_settings().oidc_issuer == issuer, "to the letter: it is compared with what tokens say"


def test_the_secret_of_the_client_stands_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARANT_OIDC_ISSUER", "https://login.bank.example")
    monkeypatch.setenv("GARANT_OIDC_CLIENT_ID", "garant-pages")
    monkeypatch.setenv("GARANT_OIDC_CLIENT_SECRET", "HUSH")
    monkeypatch.setenv("GARANT_OIDC_ALGORITHMS", "RS256, ES256")
    settings = load_settings()
    assert settings.oidc_client_secret is not None
    assert settings.oidc_client_secret.get_secret_value() == "HUSH"
    assert settings.oidc_algorithms == ("RS256", "ES256")
    assert "HUSH" not in f"{settings!r}{settings}{settings.model_dump_json()}"
