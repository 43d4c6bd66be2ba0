"""`garant ledger migrate --service-role`: what serves may add records, and no more than the documentation grants."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from garant.decisions.migrating import migrate
from garant.decisions.service_role import grant_service
from garant.decisions.store import RecordStore
from garant.exceptions import UsageError
from garant.keys import MasterKey
from postgres_server import PostgresServer
from store_records import new_decision, record

pytestmark = pytest.mark.xdist_group("postgres")

_RIGHTS = """
    SELECT table_name, '', privilege_type FROM information_schema.role_table_grants WHERE grantee = '{role}'
    UNION SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges
    WHERE grantee = '{role}' AND privilege_type = 'UPDATE'"""


@pytest.fixture
def owner(postgres: PostgresServer) -> str:
    url = postgres.new_database()
    migrate(url)
    return url


@pytest.fixture
def role(postgres: PostgresServer, owner: str) -> Iterator[str]:
    name = f"service_{secrets.token_hex(4)}"
    yield name
    if postgres.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):
        postgres.execute(f"DROP OWNED BY {name}", url=owner)
        postgres.execute(f"DROP ROLE {name}")


def test_the_role_serves_and_changes_nothing(
    postgres: PostgresServer, owner: str, role: str, master: MasterKey
) -> None:
    assert grant_service(owner, role)
    assert not grant_service(owner, role), "a second time it is there already"

    url = owner.replace("postgres@", f"{role}@")
    with RecordStore.open(url, master, serving=True) as store:
        record(store, new_decision("somebody"))
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (b"DELETE FROM decisions", b"UPDATE leaves SET hash = hash", b"CREATE TABLE mine (a int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    assert postgres.execute(f"SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = '{role}'") == [
        (False, False, False)
    ]


def test_its_rights_are_those_of_the_documentation(
    postgres: PostgresServer, owner: str, role: str, project: Path
) -> None:
    grant_service(owner, role)
    (block,) = re.findall(r"```sql\n(.*?)```", (project / "docs" / "ledger.md").read_text("utf-8"), re.DOTALL)
    by_hand = f"{role}_by_hand"
    statements = [line for line in re.split(r";\s*", re.sub(r"--.*", "", block)) if "garant_service" in line]
    for statement in statements:
        postgres.execute(statement.replace("garant_service", by_hand), url=owner)
    try:
        found = postgres.execute(_RIGHTS.format(role=role), url=owner)
        assert len(statements) >= 4
        assert set(found) == set(postgres.execute(_RIGHTS.format(role=by_hand), url=owner))
        assert ("decisions", "", "INSERT") in found
    finally:
        postgres.execute(f"DROP OWNED BY {by_hand}", url=owner)
        postgres.execute(f"DROP ROLE {by_hand}")


def test_a_password_is_kept_as_what_proves_it_and_stands_in_no_log(
    postgres: PostgresServer, owner: str, role: str
) -> None:
    postgres.execute(f"ALTER DATABASE {owner.rpartition('/')[2]} SET log_statement = 'all'")
    password = secrets.token_hex(8) + "'%s"

    grant_service(owner, role, password=password)

    ((kept,),) = postgres.execute(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{role}'")
    assert kept.startswith("SCRAM-SHA-256$")
    assert "ALTER ROLE" in postgres.log
    assert password[:16] not in postgres.log


def test_on_amazon_rds_it_logs_in_by_tokens_unless_it_has_a_password(
    postgres: PostgresServer, owner: str, role: str
) -> None:
    postgres.execute("CREATE ROLE rds_iam")
    member = f"SELECT pg_has_role('{role}', 'rds_iam', 'MEMBER')"
    try:
        grant_service(owner, role, password="p")  # noqa: S106
        assert postgres.execute(member) == [(False,)]
        grant_service(owner, role)
        assert postgres.execute(member) == [(True,)]
    finally:
        postgres.execute("DROP ROLE rds_iam")


@pytest.mark.parametrize("name", ["", "Service", 'a"; DROP', "1a", "a" * 64])
def test_what_is_no_name_of_a_role_is_refused(owner: str, name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a role"):
        grant_service(owner, name)


def test_a_sqlite_file_has_no_roles(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="SQLite file has no roles"):
        grant_service(f"sqlite:///{tmp_path / 'a.db'}", "garant_service")
