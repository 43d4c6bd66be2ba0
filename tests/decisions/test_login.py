"""A password that stands in no address: from a file, read again for each connection, or a token of Amazon RDS."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from garant.decisions.login import with_password
from garant.decisions.migrating import migrate
from garant.decisions.store import RecordStore
from garant.exceptions import GarantError, StoreError
from garant.keys import MasterKey
from postgres_server import PostgresServer, started_postgres

HOST = "garant.abc123.eu-west-3.rds.amazonaws.com"
RDS = {"host": HOST, "port": "6432", "user": "garant_service", "password_from": "rds-iam", "sslmode": "verify-full"}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "no-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_a_password_comes_from_its_file_and_nothing_else_changes(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("s3cret \n")
    asked = {"host": "db", "user": "garant", "password_file": str(tmp_path / "p")}

    assert with_password(asked) == {"host": "db", "user": "garant", "password": "s3cret "}
    assert "password" not in asked
    assert with_password({"host": "db"}) == {"host": "db"}


def test_a_token_names_database_and_role_and_counts_a_quarter_of_an_hour() -> None:
    options = with_password(RDS)

    assert "password_from" not in options
    token = urlsplit("https://" + options["password"])
    words = {name: values[0] for name, values in parse_qs(token.query).items()}
    assert (token.hostname, token.port) == (HOST, 6432)
    assert (words["Action"], words["DBUser"], words["X-Amz-Expires"]) == ("connect", "garant_service", "900")
    assert "/eu-west-3/rds-db/" in words["X-Amz-Credential"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sslmode": "prefer"}, "token in clear"),
        ({"sslmode": None}, "token in clear"),
        ({"password_from": "vault"}, "vault is not known"),
        ({"host": "db.bank.example"}, "no address of a database of Amazon RDS"),
        ({"host": "x.eu-west-3.rds.amazonaws.com.evil.example"}, "no address of a database"),
        ({"password_file": "/run/secrets/p"}, "Keep one of them"),
    ],
)
def test_a_token_is_not_signed_for_whoever_asks(changed: dict[str, str], said: str) -> None:
    with pytest.raises(GarantError, match=said):
        with_password(RDS | changed)


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"\n", "is empty"), (b"\xff", "cannot be")])
def test_a_file_without_a_password_says_so(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "p"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoreError, match=said):
        with_password({"password_file": str(file)})


def scram(postgres: PostgresServer, password: str) -> None:
    verifier = psycopg.pq.PGconn.connect(postgres.url().encode()).encrypt_password(
        password.encode(), b"keeper", b"scram-sha-256"
    )
    postgres.execute(f"ALTER ROLE keeper PASSWORD '{verifier.decode()}'")


def test_a_changed_password_counts_at_the_next_connection(tmp_path: Path, master: MasterKey) -> None:
    with started_postgres() as postgres:
        postgres.execute("CREATE ROLE keeper LOGIN")
        postgres.execute("CREATE DATABASE records OWNER keeper")
        scram(postgres, "first")
        (postgres.folder / "pg_hba.conf").write_text("host all postgres all trust\nhost all all all scram-sha-256\n")
        postgres.execute("SELECT pg_reload_conf()")
        file = tmp_path / "password"
        file.write_text("first")
        url = f"{postgres.url('records').replace('postgres@', 'keeper@')}?password_file={file}"

        migrate(url)
        with RecordStore.open(url, master, serving=True) as store:
            store.database.check()
            scram(postgres, "second")
            file.write_text("second\n")
            postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keeper'")
            store.database.check()
            file.write_text("neither")
            postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keeper'")
            with pytest.raises(StoreError, match="password authentication failed") as caught:
                store.database.check()
        assert "neither" not in str(caught.value)
