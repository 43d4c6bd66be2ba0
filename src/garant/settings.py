"""Settings of the program: ``garant.toml`` in the working folder, then ``GARANT_*`` of the environment, which win.

Built once by an entry point and passed down; nothing reads them at import.
"""

import difflib
import os
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from garant.exceptions import UsageError
from garant.login_settings import LoginSettings, words

EU_REGIONS = (
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-3",
    "eusc-de-east-1",
)
"""Regions of AWS inside the European Union: London (eu-west-2) and Zurich (eu-central-2) are not."""


def _from_environment(*names: str) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def default_cache_folder() -> Path:
    """Cache folder of the user, by the XDG convention."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "garant"


def default_development_key() -> Path:
    """File of this user's development key, by the XDG convention."""
    return _data_folder() / "development.key"


def default_suppression_key() -> Path:
    """File of this user's key of suppression lists, by the XDG convention."""
    return _data_folder() / "suppression.key"


def default_master_key() -> Path:
    """File of this user's master key of the record store, by the XDG convention."""
    return _data_folder() / "master.key"


def default_store_url() -> str:
    """Address of this user's record store: a SQLite file, by the XDG convention."""
    return f"sqlite:///{_data_folder() / 'records.db'}"


def _data_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "garant"


PublicKeyLine = Annotated[str, Field(pattern=r"^ed25519:[A-Za-z0-9+/]{43}=$")]


class Settings(LoginSettings):
    """All settings with their defaults; those of logins stand in `garant.login_settings`.

    Parameters
    ----------
    costs : str
        Cost of refusing a good payer against the cost of accepting a bad one, ``"1:10"``; gives the cut-off.
    product_costs : dict of str to str
        Section ``[product_costs]``: the same for a product, ``"Revolving loans" = "1:6"``.
    economics : dict or None
        Section ``[economics]``: margin, LGD, exposure and costs of a loan, the alternative to ratios. Read by
        `garant.models.economics_file`.
    points_base, points_odds, points_pdo : float
        Points scale: `points_base` points at `points_odds` good to one bad, `points_pdo` points double the odds.
    language : str
        Language of sentences when a command does not say it.
    memory_limit : str
        What DuckDB may hold in memory before it spills to disk; the heap of Spark's driver and of each executor, where
        garant starts Spark.
    threads : int
        Threads of DuckDB and LightGBM.
    spark_master : str or None
        Where ``--engine spark`` runs: ``spark://host:7077``, ``local[2]``; `threads` of this machine by default, and
        what spark-submit says where it started the program.
    cache_folder : Path
        Where accepted tables of earlier commands are kept.
    policy_file : Path or None
        Policy of the lender; the shipped default when None.
    moves_file : Path or None
        Moves that a search for what would have changed a result tries, with their limits; the shipped ones when None.
    letter_file : Path or None
        Who the lender is for letters to clients: name, addresses, deadlines; placeholders stand in them when None.
    trusted_keys : tuple of str
        Public keys whose signature makes a bundle usable, ``"ed25519:…"`` as ``garant key show`` prints it; in the
        environment separated by commas.
    development_key : Path
        Private key that training signs with; made at first need. Trusted on this machine alone.
    suppression_key : Path
        Secret key that names erased clients on the suppression list of a folder of runs; made by the first
        `garant run erase`, needed by whoever scores into that folder.
    store_url : str
        Where decisions are recorded: ``sqlite:///path`` for one serving process, ``postgresql://user@host/database``
        for several. Its password may come from a file or be a token of Amazon RDS (docs/ledger.md).
    master_key : Path
        Secret key that opens the keys in the record store; made at first need by a service on loopback alone. Without
        it no record can be read again.
    master_key_text : str or None
        The key itself instead of its file, where a secret store hands it over as a variable (GARANT_MASTER_KEY_TEXT);
        shown in no text.
    decision_mode : {"assisted", "automated"}
        Who makes a proposal of the decision service final: a named person, or the service itself, which then needs
        `legal_basis`. What is referred is a person's in both.
    legal_basis : str or None
        What automated decisions rest on, in the lender's words; recorded with each.
    review_days : int
        Days in which a reviewer decides what was referred or contested; what waits longer is marked.
    four_eyes_amount : float or None
        Amount of a loan above which two reviewers must agree; one decides when None.
    owner : str
        Branch of what is decided on this machine: by `garant decide` and with the development key.
    regions : tuple of str
        Regions in which buckets may lie; those of the European Union by default.
    s3_region : str or None
        Region of the buckets; by default what AWS_REGION or AWS_DEFAULT_REGION says.
    s3_endpoint : str or None
        Address of another S3 server than that of AWS; by default what AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL says.
    s3_attempts : int
        How often a request to S3 is tried before the command gives up.
    cloud_limit : float
        US dollars that a job in the cloud may cost at most without being asked about.
    cloud_poll_seconds : float
        How often a job in the cloud is looked at while it is followed.
    rate_limit : float
        Requests a second that one API key may make of the service; each worker counts for itself.
    tls_cert, tls_key : Path or None
        Certificate chain and private key of the service, PEM; both or neither.
    trusted_proxy : tuple of str
        Addresses or networks of the proxies before the service that end TLS, ``"10.0.0.5"``: their X-Forwarded-For and
        X-Forwarded-Proto are believed, and nobody else's; in the environment separated by commas.
    docs_pages : bool
        Whether the service shows its OpenAPI document and a list of its routes.
    """

    # A wrong entry is told by its name: what stands in it may be a secret.
    model_config = SettingsConfigDict(
        env_prefix="GARANT_",
        toml_file="garant.toml",
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )

    costs: str = "1:10"
    product_costs: dict[str, str] = Field(default_factory=dict)
    economics: dict[str, Any] | None = None
    points_base: float = 600.0
    points_odds: float = Field(default=50.0, gt=0)
    points_pdo: float = Field(default=20.0, gt=0)
    language: Literal["fr", "en"] = "en"
    memory_limit: str = Field(default="2GB", pattern=r"^\d+(\.\d+)?\s*[KMGT]i?B$")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    spark_master: str | None = None
    cache_folder: Path = Field(default_factory=default_cache_folder)
    policy_file: Path | None = None
    moves_file: Path | None = None
    letter_file: Path | None = None
    trusted_keys: Annotated[tuple[PublicKeyLine, ...], NoDecode, BeforeValidator(words)] = ()
    development_key: Path = Field(default_factory=default_development_key)
    suppression_key: Path = Field(default_factory=default_suppression_key)
    # It may hold a password.
    store_url: str = Field(default_factory=default_store_url, repr=False)
    master_key: Path = Field(default_factory=default_master_key)
    master_key_text: Annotated[SecretStr, Field(min_length=1, max_length=500)] | None = None
    decision_mode: Literal["assisted", "automated"] = "assisted"
    legal_basis: str | None = Field(default=None, max_length=500)
    review_days: int = Field(default=14, ge=1, le=365)
    four_eyes_amount: float | None = Field(default=None, ge=0)
    owner: str = Field(default="main", pattern=r"^[\w.-]{1,50}$")
    regions: Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)] = EU_REGIONS
    s3_region: str | None = Field(default_factory=lambda: _from_environment("AWS_REGION", "AWS_DEFAULT_REGION"))
    s3_endpoint: str | None = Field(
        default_factory=lambda: _from_environment("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"), validate_default=True
    )
    s3_attempts: int = Field(default=5, ge=1, le=20)
    cloud_limit: float = Field(default=5.0, ge=0)
    cloud_poll_seconds: float = Field(default=10.0, ge=0.05, le=600)
    rate_limit: float = Field(default=200.0, gt=0, le=100_000)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_proxy: Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)] = ()
    docs_pages: bool = False

    @field_validator("spark_master")
    @classmethod
    def _is_master(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"local(\[.+\])?|spark://.+|yarn|k8s://.+", value):
            raise ValueError(f"'{value}' is no master of Spark: write spark://host:7077, local[2], yarn or k8s://host")
        return value

    @field_validator("trusted_proxy")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a name or a star: who is believed must be known exactly."""
        for address in value:
            try:
                ip_network(address, strict=False)
            except ValueError:
                raise ValueError(f"'{address}' is no IP address or network: write 10.0.0.5 or 10.0.0.0/24") from None
        return value

    @model_validator(mode="after")
    def _has_both_of_tls(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together: set both, or neither")
        return self

    @field_validator("store_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        if not re.fullmatch(r"(sqlite:///|postgresql(\+psycopg)?://).+", value):
            raise ValueError("expected sqlite:///path or postgresql://user@host/database")
        return value

    @field_validator("cache_folder")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        """Name the same folder for a worker of Spark, which runs elsewhere."""
        return value.absolute()

    @property
    def memory(self) -> ByteSize:
        """`memory_limit` in bytes."""
        return TypeAdapter(ByteSize).validate_python(self.memory_limit)

    @field_validator("s3_endpoint")
    @classmethod
    def _is_plain_address(cls, value: str | None) -> str | None:
        """Keep secrets out of an address that messages may show."""
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            plain = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        except ValueError:
            plain = False
        if not plain:
            raise ValueError("expected http(s)://host:port without user and password")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of sources: arguments, environment, ``garant.toml``."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


_OTHER_VARIABLES = re.compile(r"garant_(failpoint(_log)?|notebook_.*|api_key)")
"""Variables that are no settings: read by `garant.failpoints` and by the notebook of the portfolio; and the key of a
client of the service, which no file of settings should hold."""


def _near(name: str) -> str:
    """Suggest the entry that an unknown one may be meant to be."""
    near = difflib.get_close_matches(name.casefold(), Settings.model_fields, n=1)
    return f", did you mean '{near[0]}'?" if near else ""


def _require_known_variables() -> None:
    """Refuse a variable that would silently change nothing: who wrote GARANT_COST meant to move the cut-off."""
    known = {f"garant_{name}" for name in Settings.model_fields}
    for variable in sorted(os.environ):
        name = variable.casefold()
        if name.startswith("garant_") and name not in known and not _OTHER_VARIABLES.fullmatch(name):
            near = _near(name.removeprefix("garant_"))
            raise UsageError(f"Settings: {variable} of the environment is no setting{near or '.'} {_known_entries()}")


def _said(problem: Mapping[str, Any]) -> str:
    near = _near(str(problem["loc"][0])) if problem["type"] == "extra_forbidden" else ""
    where = ".".join(map(str, problem["loc"]))
    return f"{where}: {problem['msg']}{near}" if where else str(problem["msg"])


def _known_entries() -> str:
    names = ", ".join([*Settings.__annotations__, *LoginSettings.model_fields])
    return f"Known entries: {names} (garant.toml or GARANT_*)."


def load_settings() -> Settings:
    """Read the settings; raise UsageError that names every wrong entry.

    Raises
    ------
    UsageError
        When ``garant.toml`` cannot be read or an entry, there or in the environment, is unknown or out of range.
    """
    _require_known_variables()
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(map(_said, error.errors()))
        raise UsageError(f"Settings: {wrong}. {_known_entries()}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"garant.toml cannot be read: {error}") from error
